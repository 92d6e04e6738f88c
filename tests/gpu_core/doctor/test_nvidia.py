"""Every piece that the NVIDIA path needs: what is missing has its own remedy, and none of it is needed."""

from __future__ import annotations

import pytest

from gpu_core.doctor import nvidia as room
from gpu_core.doctor.nvidia import BAD_BINDINGS, PACKAGES, chosen_by_cuda, nvidia, try_nvidia
from gpu_core.doctor.surroundings import Surroundings
from gpu_core.doctor.trial import Trial

NO_LIBRARY = "libcuda.so.1 is not there"
THERE = Surroundings(module="580.65.06", has_gpu=True)
GPU = {"name": "NVIDIA L4", "architecture": "89"}
TOLD = {
    "driver": {"devices": [GPU], "driver_version": 13050, "problem": "", "remedy": ""},
    "watch": "580.65.06",
    "compiler": "13.5",
    "tensorrt": "TensorRT 11.4.0",
    "device": {"name": "NVIDIA L4", "index": 0, "architecture": "89", "opengl": "NVIDIA L4", "draws": 0, "why_not": ""},
    "passage": {"tier": "image", "reason": ""},
    "plans": {"swift": True, "fine": False},
}
VERSIONS = dict.fromkeys(PACKAGES, "13.4.4") | {"tensorrt": "11.4.0.106"}


@pytest.fixture
def versions(monkeypatch):
    """The packages that are installed; to be changed by the test."""
    there = dict(VERSIONS)
    monkeypatch.setattr(room, "version_of", there.get)
    return there


def trial(without=(), failed=None, **changed):
    told = {name: said for name, said in TOLD.items() if name not in without} | changed
    return Trial(told, failed or {}, "at passage: the trial died of signal 11: it said nothing" if without else "")


def pieces(trial, around=THERE):
    return {finding.name: finding for finding in nvidia(trial, around)}


def test_all_is_well(versions):
    found = pieces(trial())
    assert [*found] == ["nvidia driver", "cuda packages", "tensorrt", "opengl on gpu", "passage"]
    assert all(finding.ok for finding in found.values())
    assert found["nvidia driver"].value == "driver 580.65.06, CUDA 13.5: NVIDIA L4 (sm_89)"
    on_cuda, why_not = chosen_by_cuda(trial(), THERE)
    assert on_cuda == (
        "cuda, TensorRT 11.4.0 on NVIDIA L4, tier image; plans ready: swift; "
        "built at first use, the CPU serving meanwhile: fine"
    )
    assert why_not == ""


@pytest.mark.parametrize(
    ("around", "remedy"),
    [
        (Surroundings(NO_LIBRARY), "without one none is needed"),
        (Surroundings(NO_LIBRARY, has_gpu=True), "install NVIDIA's driver"),
        (Surroundings(NO_LIBRARY, module="580.65.06"), "--gpus all"),
        (Surroundings(NO_LIBRARY, is_wsl=True), "driver for Windows"),
    ],
)
def test_no_driver_depends_on_what_is_there(versions, around, remedy):
    versions.clear()
    nothing = try_nvidia(around=around)
    found = pieces(nothing, around)
    assert remedy in found["nvidia driver"].remedy
    assert [(finding.ok, finding.needed) for finding in found.values()] == [(False, False)] * 3
    assert all(finding.reason and finding.remedy for finding in found.values())
    on_cuda, why_not = chosen_by_cuda(nothing, around)
    assert (on_cuda, why_not.startswith(NO_LIBRARY)) == ("", True)


def test_without_a_driver_nothing_is_started():
    assert try_nvidia(("no-such-command",), Surroundings(NO_LIBRARY)).ending


def test_an_old_driver(versions):
    old = {"devices": [], "driver_version": 12080, "problem": "it serves CUDA 12.8", "remedy": "install 580"}
    finding = pieces(trial(without=("device",), driver=old))["nvidia driver"]
    assert (finding.ok, finding.reason, finding.remedy) == (False, "it serves CUDA 12.8", "install 580")


def test_a_gpu_that_is_hidden(versions):
    unseen = {"devices": [], "driver_version": 13050, "problem": "the driver sees no GPU", "remedy": "check nvidia-smi"}
    found = pieces(trial(without=("device",), driver=unseen), Surroundings(visible=""))
    assert found["nvidia driver"].reason == "the driver sees no GPU (CUDA_VISIBLE_DEVICES is '')"


@pytest.mark.parametrize(("module", "is_well"), [("580.65.06", True), ("550.90", False)])
def test_a_driver_that_nobody_can_ask_is_judged_by_its_version(versions, module, is_well):
    versions.clear()
    unasked = {"devices": [], "driver_version": 0, "problem": "not installed", "remedy": ""}
    around = Surroundings(module=module)
    found = pieces(trial(without=("device",), driver=unasked), around)
    assert found["nvidia driver"].ok is is_well
    assert found["cuda packages"].reason == "CUDA for Python is not installed"


def test_a_driver_that_hangs_or_crashes(versions):
    dead = Trial(ending="at driver: no answer in 60 s")
    found = pieces(dead)
    assert found["nvidia driver"].reason == "at driver: no answer in 60 s"
    assert chosen_by_cuda(dead, THERE) == ("", "at driver: no answer in 60 s")


@pytest.mark.parametrize("version", BAD_BINDINGS)
def test_bindings_without_the_passage_are_known(versions, version):
    versions["cuda-bindings"] = version
    finding = pieces(trial())["cuda packages"]
    assert (finding.ok, "--upgrade" in finding.remedy) == (False, True)
    assert version in finding.reason


def test_half_of_the_packages(versions):
    del versions["cuda-core"]
    assert pieces(trial())["cuda packages"].reason == "not installed: cuda-core"


def test_a_compiler_that_does_not_load(versions):
    finding = pieces(trial(without=("compiler",), failed={"compiler": "libnvrtc.so.13: not found"}))["cuda packages"]
    assert finding.reason == "NVRTC does not load: libnvrtc.so.13: not found"


@pytest.mark.parametrize(
    ("version", "is_well"), [("11.4.0.106", True), ("10.12.0.36", True), ("10.9.0.34", False), (None, False)]
)
def test_tensorrt_without_a_driver_is_looked_up(versions, version, is_well):
    versions["tensorrt"] = version
    assert pieces(Trial(), Surroundings(NO_LIBRARY))["tensorrt"].ok is is_well


def test_tensorrt_that_does_not_load(versions):
    finding = pieces(trial(without=("tensorrt",), failed={"tensorrt": "libnvinfer.so.11: not found"}))["tensorrt"]
    assert (finding.value, finding.reason) == ("tensorrt 11.4.0.106", "libnvinfer.so.11: not found")


def draws(index, why_not="OpenGL is llvmpipe"):
    return TOLD["device"] | {"draws": index, "opengl": "llvmpipe (Mesa)", "why_not": "" if index else why_not}


@pytest.mark.parametrize(
    ("around", "remedy"),
    [
        (THERE, "NVIDIA_DRIVER_CAPABILITIES=all"),
        (Surroundings(is_wsl=True), "none under WSL"),
        (Surroundings(virtual_gl="VGL_DISPLAY is set"), "without vglrun"),
    ],
)
def test_opengl_that_another_draws(versions, around, remedy):
    finding = pieces(trial(device=draws(None)), around)["opengl on gpu"]
    assert (finding.ok, finding.reason) == (False, "OpenGL is llvmpipe")
    assert remedy in finding.remedy


def test_another_gpu_draws(versions):
    assert "GPU 1 draws, GPU 0 computes" in pieces(trial(device=draws(1)))["opengl on gpu"].reason


@pytest.mark.parametrize(
    ("around", "remedy"),
    [
        (THERE, "opengl on gpu"),
        (Surroundings(is_wsl=True), "304"),
        (Surroundings(virtual_gl="VGL_DISPLAY is set"), "without vglrun"),
        (Surroundings(mps="its daemon listens in /tmp/nvidia-mps"), "without MPS"),
    ],
)
def test_a_lower_tier_has_its_reason_and_remedy(versions, around, remedy):
    finding = pieces(trial(passage={"tier": "host copy", "reason": "304 says no"}), around)["passage"]
    assert (finding.ok, finding.value, finding.reason) == (False, "host copy", "304 says no")
    assert remedy in finding.remedy


def test_a_passage_that_crashes_costs_only_itself(versions):
    dead = trial(without=("passage", "plans"))
    found = pieces(dead)
    assert [name for name, finding in found.items() if not finding.ok] == ["passage"]
    assert "died of signal 11" in found["passage"].reason
    assert "died of signal 11" in chosen_by_cuda(dead, THERE)[1]


def test_mps_is_told_when_there_is_some(versions):
    assert "mps" not in pieces(trial())
    assert pieces(trial(), Surroundings(mps="its daemon listens in /tmp/nvidia-mps"))["mps"].ok
    around = Surroundings(mps="CUDA_MPS_LOG_DIRECTORY set", mps_problem="no daemon listens in x")
    finding = pieces(trial(), around)["mps"]
    assert (finding.ok, finding.needed, finding.reason) == (False, False, "no daemon listens in x")
    assert "mien mps start" in finding.remedy


def test_the_real_trial_ends_by_itself():
    # Whatever this machine has: nothing crashes, nothing hangs, and every step but those behind a failure is told.
    tried = room.run_trial(room.COMMAND, 60.0)
    assert tried.ending == ""
    assert "driver" in tried.told
