"""The whole report on this machine: every "no" has a reason and a remedy."""

from __future__ import annotations

import pytest

from gpu_core.doctor import inference, report
from gpu_core.doctor.surroundings import Surroundings
from gpu_core.doctor.trial import Trial
from gpu_core.openvino_import import cpu_capabilities


@pytest.mark.gl
def test_every_no_says_why_and_what_to_do(gl_context):
    found = report.findings()
    assert len({finding.name for finding in found}) == len(found)
    for finding in found:
        assert finding.value, finding
        assert finding.ok or (finding.reason and finding.remedy), finding
    assert found[-1].name == "path"


@pytest.mark.gpu
@pytest.mark.gl
def test_on_a_real_gpu_the_pieces_are_there():
    found = {finding.name: finding for finding in report.findings()}
    assert found["nvidia driver"].ok, found["nvidia driver"]
    assert found["cuda packages"].ok, found["cuda packages"]
    assert "passage" in found


def test_openvino_is_asked_once():
    cpu_capabilities.cache_clear()
    inference.openvino()
    inference.chosen_path(Trial(), Surroundings("libcuda.so.1 is not there"))
    assert cpu_capabilities.cache_info().misses == 1


@pytest.mark.parametrize(
    ("computes_in", "told"), [({"FP32", "BF16"}, "OpenVINO bf16"), ({"FP32"}, "OpenVINO int8 where"), (None, "ONNX")]
)
def test_the_path_on_a_cpu_is_the_one_that_auto_takes(monkeypatch, computes_in, told):
    def capabilities():
        if computes_in is None:
            raise ImportError("No module named 'openvino'")
        return frozenset(computes_in)

    monkeypatch.setattr(inference, "cpu_capabilities", capabilities)
    value = inference.chosen_path(Trial(), Surroundings("libcuda.so.1 is not there")).value
    assert value.startswith(f"host, {told}")
    assert value.endswith("not cuda: libcuda.so.1 is not there")
