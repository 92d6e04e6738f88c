"""Asking for a driver that may be missing, old or broken: a reason and a remedy for each, never a crash."""

from __future__ import annotations

import builtins
import subprocess
import sys
from typing import Any

import pytest

from gpu_core.cuda.driver import device_of_current_gl, lose, open_cuda, probe
from gpu_core.errors import CudaError, PathUnavailable

pytest.importorskip("cuda.core")


def test_a_good_driver_is_described(driver):
    driver.devices = 2
    driver.attributes["mps"] = 1
    report = probe()
    assert not report.problem
    first, second = report.devices
    assert (first.name, first.index, first.architecture, first.mps_enabled) == ("Fake 0", 0, "89", True)
    assert (first.pci_bus_id, first.memory_bytes, first.driver_version) == ("0000:01:00.0", 8 << 30, 13050)
    assert second.uuid == "GPU-00000000-0000-0000-0000-000000000001"


def test_the_driver_is_asked_anew_each_time(driver):
    driver.devices = 0
    assert probe().problem == "the NVIDIA driver sees no GPU"
    driver.devices = 1
    assert not probe().problem
    assert driver.calls.count("cuInit") == driver.calls.count("cuDeviceGetCount") == 2


def test_without_bindings_the_extra_is_named(monkeypatch):
    def missing() -> Any:
        raise ImportError("no module named cuda")

    monkeypatch.setattr("gpu_core.cuda.driver.bindings", missing)
    report = probe()
    assert "not installed" in report.problem
    assert "mien[cuda]" in report.remedy


def test_half_of_the_bindings_is_none(driver, monkeypatch):
    whole = builtins.__import__

    def without_core(name: str, *rest: Any, **named: Any) -> Any:
        if name == "cuda.core":
            raise ImportError(name)
        return whole(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_core)
    assert "cuda-core" in probe().problem


def test_without_a_driver_nothing_but_its_version_is_asked(driver, monkeypatch):
    def no_library() -> None:
        driver.calls.append("cuDriverGetVersion")
        raise RuntimeError('"cuda" can only be found via system search')  # as DynamicLibNotFoundError does

    monkeypatch.setattr(driver, "cuDriverGetVersion", no_library, raising=False)
    report = probe()
    assert report.problem == "there is no NVIDIA driver"
    assert "580" in report.remedy
    assert driver.calls == ["cuDriverGetVersion"]


def test_on_this_machine_whatever_it_has_the_answer_comes_at_once():
    """With the real bindings, in a process of its own: some of cuda.core hangs without a driver."""
    code = (
        "from gpu_core.cuda.driver import probe; first, second = probe(), probe(); assert first == second; print(first)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("DriverReport(")


def test_an_old_driver_is_not_even_initialised(driver):
    driver.version = 12080
    report = probe()
    assert report.problem == "the NVIDIA driver serves CUDA 12.8 and 13.0 is needed"
    assert "580" in report.remedy
    assert "cuInit" not in driver.calls


@pytest.mark.parametrize(
    ("code", "said"), [(100, "sees no GPU"), (803, "reboot"), (999, "nvidia_uvm"), (46, "holds the GPU for itself")]
)
def test_each_failure_to_start_has_its_remedy(driver, monkeypatch, code, said):
    monkeypatch.setattr(driver, "cuInit", lambda flags: (code,), raising=False)
    assert said in probe().problem
    with pytest.raises(PathUnavailable, match=f"cuInit failed.*{said}"):
        open_cuda()


@pytest.mark.parametrize(
    "name",
    ["cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetName", "cuDeviceGetUuid", "cuDeviceGetPCIBusId",
     "cuDeviceGetAttribute", "cuDeviceTotalMem"],
)  # fmt: skip
def test_each_question_may_fail(driver, name):
    driver.fail(name, 2)
    assert name in probe().problem
    with pytest.raises(PathUnavailable, match=name):
        open_cuda()


def test_a_lost_device_is_not_tried_again(driver):
    lose(CudaError("cuEventQuery", 700, "CUDA_ERROR_ILLEGAL_ADDRESS"))
    assert "CUDA was lost in this process: cuEventQuery" in probe().problem
    with pytest.raises(PathUnavailable, match=r"restart Mien"):
        open_cuda()
    assert not driver.calls


@pytest.mark.parametrize("index", [1, -1])
def test_a_device_that_is_not_there_is_refused(driver, index):
    with pytest.raises(PathUnavailable, match=f"no CUDA device {index}"):
        open_cuda(index)


def test_a_device_older_than_turing_is_refused(driver):
    driver.attributes.update(major=6, minor=1)
    with pytest.raises(PathUnavailable, match="Fake 0 is older than Turing"):
        open_cuda()


def test_the_device_that_draws_is_found(driver):
    driver.gl_devices = [1, 0]
    assert device_of_current_gl() == 1


def test_opengl_that_no_device_draws_is_told(driver):
    driver.gl_devices = []
    with pytest.raises(CudaError, match="no device"):
        device_of_current_gl()
    driver.fail("cuGLGetDevices", 219)
    with pytest.raises(CudaError, match="219"):
        device_of_current_gl()


def test_a_device_lost_while_asking_who_draws_is_not_opened(driver):
    driver.fail("cuGLGetDevices", 700)
    with pytest.raises(PathUnavailable, match="cuGLGetDevices"):
        open_cuda()
