"""Each precision runs, or its reason is one line that serves command line and window alike."""

from __future__ import annotations

import pytest

from gpu_core.cuda.driver import DriverReport
from gpu_core.neural import precisions as room
from gpu_core.neural.model import load_model
from gpu_core.neural.precisions import ON_CPU, PRECISIONS, file_to_run, precisions
from gpu_core.settings import EngineSettings
from tests.networks import save_network, save_quantised, sha256


@pytest.fixture
def processor(monkeypatch):
    """Say what OpenVINO computes in here; None: it is not installed."""

    def set_to(*found, installed=True):
        def told():
            if not installed:
                raise ImportError("No module named 'openvino'")
            return frozenset(found)

        monkeypatch.setattr(room, "cpu_capabilities", told)

    set_to("FP32", "BF16")
    return set_to


@pytest.fixture(autouse=True)
def gpu(monkeypatch):
    """Say what the CUDA driver says here, at first that there is none, and whether TensorRT is installed."""

    def set_to(problem, *, tensorrt=True):
        monkeypatch.setattr(room, "probe", lambda: DriverReport(problem=problem))
        monkeypatch.setattr(room, "is_installed", lambda: tensorrt)

    set_to("there is no NVIDIA driver")
    return set_to


def test_what_runs_has_no_reason_against_it(tmp_path, processor):
    path = save_network(tmp_path)
    found = precisions(load_model(path), EngineSettings())
    assert tuple(found) == ON_CPU
    assert found == {"auto": "", "fp32": "", "bf16": "", "int8": found["int8"]}
    assert found["int8"] == "tiny has no int8 version (it would be tiny.int8.onnx); choose auto"
    save_quantised(path)
    assert not any(precisions(load_model(path), EngineSettings(precision="int8")).values())


def test_bf16_is_the_processors_and_openvinos(tmp_path, processor):
    model = load_model(save_network(tmp_path))
    assert "ONNX Runtime has no bf16" in precisions(model, EngineSettings(inference="onnxruntime"))["bf16"]
    processor("FP32")
    assert "no bf16 instructions; choose fp32" in precisions(model, EngineSettings())["bf16"]
    processor(installed=False)
    assert "OpenVINO is not installed here" in precisions(model, EngineSettings())["bf16"]


def test_an_int8_file_runs_as_it_is(tmp_path, processor):
    found = precisions(load_model(save_quantised(save_network(tmp_path))), EngineSettings())
    assert found["auto"] == found["int8"] == ""
    assert "runs as it is; choose auto" in found["fp32"]
    assert "runs as it is; choose auto" in found["bf16"]


def test_without_a_generator_there_is_nothing_to_choose(processor):
    assert all(precisions(None, EngineSettings()).values())


def test_no_reason_speaks_of_one_way_in_alone(tmp_path, processor):
    processor(installed=False)
    for path in (original := save_network(tmp_path), save_quantised(original)):
        reasons = precisions(load_model(path), EngineSettings()).values()
        assert not any("--" in reason or "\n" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("inference", "capabilities", "precision"),
    [
        ("auto", {"FP32", "INT8", "BF16"}, "int8"),
        ("openvino", {"FP32", "INT8"}, "int8"),
        ("auto", {"FP32"}, "fp32"),
        ("onnxruntime", {"FP32", "INT8"}, "fp32"),
    ],
)
def test_auto_takes_the_int8_file_only_where_it_pays(tmp_path, monkeypatch, inference, capabilities, precision):
    path = save_network(tmp_path)
    save_quantised(path)
    monkeypatch.setattr("gpu_core.neural.precisions.cpu_capabilities", lambda: frozenset(capabilities))
    assert file_to_run(load_model(path), EngineSettings(inference=inference)).precision == precision


def test_with_a_gpu_fp16_is_there_where_its_file_is_and_bf16_stays_the_processors(tmp_path, processor, gpu):
    gpu("")
    path = save_network(tmp_path)
    found = precisions(load_model(path), EngineSettings())
    assert tuple(found) == PRECISIONS
    assert found["fp16"] == "tiny has no fp16 version (it would be tiny.fp16.onnx); choose auto"
    assert found["fp32"] == found["bf16"] == ""
    save_network(tmp_path, "tiny.fp16", precision="fp16", made_from=sha256(path))
    assert precisions(load_model(path), EngineSettings())["fp16"] == ""


def test_a_gpu_without_tensorrt_leaves_all_to_the_processor(tmp_path, processor, gpu):
    gpu("", tensorrt=False)
    assert tuple(precisions(load_model(save_network(tmp_path)), EngineSettings())) == ON_CPU


def test_the_cuda_path_alone_has_nothing_of_a_processors(tmp_path, processor):
    found = precisions(load_model(save_network(tmp_path)), EngineSettings(path="cuda"))
    assert found["fp32"] == found["auto"] == ""
    assert "is the CPU's" in found["bf16"]
    assert "is the CPU's" in found["int8"]


def test_the_host_path_has_no_fp16_whatever_gpu_there_is(tmp_path, processor, gpu):
    gpu("")
    assert tuple(precisions(load_model(save_network(tmp_path)), EngineSettings(path="host"))) == ON_CPU
