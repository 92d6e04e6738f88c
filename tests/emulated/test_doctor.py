"""The doctor on a machine with a GPU: driver, plans and passage as they are found, and each refusal with its remedy."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace

import pytest

from gpu_core.doctor import nvidia_trial
from gpu_core.doctor.nvidia import chosen_by_cuda, nvidia
from gpu_core.doctor.surroundings import Surroundings
from gpu_core.doctor.trial import read_trial

pytestmark = [pytest.mark.emulated, pytest.mark.gl]

AROUND = Surroundings(module="580.65.06", has_gpu=True)


@pytest.fixture
def tensorrt(monkeypatch, tmp_path):
    """TensorRT's double under the real name, and caches of the test's own."""
    monkeypatch.setitem(sys.modules, "tensorrt", importlib.import_module("tests.emulation.tensorrt.double"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def tried(emulator, tensorrt, capsys):
    """Run the trial, here: a process of its own would not see the emulated driver's switches."""

    def run():
        nvidia_trial.main()
        return read_trial(capsys.readouterr().out)

    return run


def pieces(trial):
    return {finding.name: finding for finding in nvidia(trial, AROUND)}


def test_all_is_there_and_a_plan_is_to_be_built(tried):
    trial = tried()
    assert trial.failed.keys() <= {"watch"}  # NVML's double is not part of this
    found = pieces(trial)
    assert found["nvidia driver"].value == "driver 580.65.06, CUDA 13.5: Emulated GPU 0 (sm_89)"
    assert found["passage"].ok
    on_cuda, why_not = chosen_by_cuda(trial, AROUND)
    assert (on_cuda.startswith("cuda, TensorRT 11"), why_not) == (True, "")
    assert "tier image; built at first use, the CPU serving meanwhile: " in on_cuda


@pytest.mark.parametrize(
    ("refused", "code", "tier"),
    [
        (("cuGraphicsGLRegisterImage",), 304, "pixel buffer"),
        (("cuGraphicsGLRegisterImage", "cuGraphicsGLRegisterBuffer"), 999, "host copy"),
    ],
)
def test_a_refusal_leads_to_the_next_tier_and_is_named(tried, emulator, refused, code, tier):
    for call in refused:
        emulator.fail(call, code)
    trial = tried()
    finding = pieces(trial)["passage"]
    assert (finding.ok, finding.value) == (False, tier)
    assert f"({code})" in finding.reason
    assert finding.remedy
    assert f"tier {tier}" in chosen_by_cuda(trial, AROUND)[0]


def test_another_draws(tried, emulator):
    emulator.gl_device(None)
    finding = pieces(tried())["opengl on gpu"]
    assert not finding.ok
    assert "CUDA device" in finding.reason
    assert "libnvidia-gl" in finding.remedy


def test_an_old_driver_ends_the_trial_there(tried, emulator):
    emulator.driver(12080)
    trial = tried()
    assert "12.8" in pieces(trial)["nvidia driver"].reason
    assert "device" not in trial.told
    assert "12.8" in chosen_by_cuda(trial, AROUND)[1]


def test_a_driver_without_a_gpu(tried, emulator):
    emulator.devices(0)
    finding = pieces(tried())["nvidia driver"]
    assert not finding.ok
    assert finding.remedy


def test_a_lost_device_is_a_finding(tried, emulator):
    emulator.lose("cuGraphicsGLRegisterImage")
    found = pieces(tried())
    assert "700" in found["passage"].reason


def test_a_client_of_mps_is_told_and_what_may_come_of_it(tried, emulator):
    around = replace(AROUND, mps="its daemon listens in /tmp/nvidia-mps")
    emulator.mps(gl=304)
    found = {finding.name: finding for finding in nvidia(tried(), around)}
    assert found["mps"].value.startswith("its daemon listens in /tmp/nvidia-mps; CUDA here is its client")
    assert (found["passage"].value, "MPS is on" in found["passage"].reason) == ("host copy", True)
    assert "try without MPS" in found["passage"].remedy
    emulator.mps(False)
    emulator.fail("cuGraphicsGLRegisterImage", 304)
    found = {finding.name: finding for finding in nvidia(tried(), around)}
    assert "CUDA here does without it" in found["mps"].value
    assert "without MPS" not in found["passage"].remedy
