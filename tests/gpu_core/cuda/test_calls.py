"""Calls of the driver: one error for every failure, and a lost device stays lost."""

from __future__ import annotations

import logging

import pytest

from gpu_core.cuda.calls import call, checked, close_quietly, is_done, lose, lost, release, translated
from gpu_core.errors import CudaError
from tests.gpu_core.cuda.fake_driver import Result


@pytest.mark.parametrize(
    ("result", "value"),
    [((Result(0),), None), ((Result(0), 7), 7), ((Result(0), 0), 0), ((Result(0), 1, [2]), (1, [2]))],
)
def test_a_good_answer_is_its_values(result, value):
    assert checked(result, "cuAnything") == value


def test_a_failure_names_call_code_and_what_to_do(driver):
    with driver.failing("cuMemAllocHost", 2), pytest.raises(CudaError) as raised:
        call("cuMemAllocHost", 64)
    error = raised.value
    assert (error.call, error.code, error.is_out_of_memory) == ("cuMemAllocHost", 2, True)
    assert str(error).startswith("cuMemAllocHost failed: CUDA_ERROR_OUT_OF_MEMORY (2); the GPU's memory is full")
    assert "\n" not in str(error)
    assert lost() is None


def test_a_code_that_nobody_knows_is_told_as_a_number():
    with pytest.raises(CudaError, match=r"cuNew failed: CUresult 12345 \(12345\)"):
        checked((12345,), "cuNew")


def test_a_function_that_the_driver_lacks_is_not_found(monkeypatch):
    def missing(*_: object) -> None:
        raise RuntimeError("Function cuNew not found")

    monkeypatch.setattr("gpu_core.cuda.calls.bindings", lambda: type("Old", (), {"cuNew": staticmethod(missing)}))
    with pytest.raises(CudaError, match="cuNew failed: CUDA_ERROR_NOT_FOUND"):
        call("cuNew")


def test_a_status_newer_than_the_bindings_is_an_error(monkeypatch):
    def newer(*_: object) -> None:
        raise ValueError("921 is not a valid CUresult")

    monkeypatch.setattr("gpu_core.cuda.calls.bindings", lambda: type("New", (), {"cuInit": staticmethod(newer)}))
    with pytest.raises(CudaError, match="921"):
        call("cuInit", 0)


def test_after_a_sticky_error_the_driver_is_left_alone(driver, caplog):
    with driver.failing("cuStreamSynchronize", 700), pytest.raises(CudaError) as raised:
        call("cuStreamSynchronize", 1)
    assert raised.value.is_sticky
    reached = len(driver.calls)
    with pytest.raises(CudaError, match=r"cuStreamSynchronize failed: CUDA_ERROR_ILLEGAL_ADDRESS.*closed since then"):
        call("cuDriverGetVersion")
    release("cuMemFreeHost", 5)
    assert len(driver.calls) == reached
    assert lost() == str(raised.value)
    assert caplog.text.count("CUDA is closed for this process") == 1


@pytest.mark.parametrize(("code", "sticky"), [(226, True), (721, True), (720, False), (2, False), (304, False)])
def test_sticky_is_what_cuda_h_says_ends_the_process(code: int, sticky: bool):
    assert CudaError("cuEventQuery", code, "").is_sticky is sticky


def test_the_first_loss_counts():
    first = CudaError("cuEventQuery", 719, "CUDA_ERROR_LAUNCH_FAILED")
    lose(first)
    lose(CudaError("cuStreamSynchronize", 700, "CUDA_ERROR_ILLEGAL_ADDRESS"))
    assert lost() == str(first)


@pytest.mark.parametrize("name", ["cuGraphicsUnregisterResource", "cuInit"])
def test_refusals_of_interop_and_of_the_start_lose_no_device(driver, name):
    with driver.failing(name, 999), pytest.raises(CudaError, match="999"):
        call(name, 0)
    assert lost() is None


def test_what_is_not_ready_is_no_error(driver):
    driver.lagging = True
    event = call("cuEventCreate", 0)
    call("cuEventRecord", event, 1)
    assert not is_done("cuEventQuery", event)
    driver.catch_up()
    assert is_done("cuEventQuery", event)
    with driver.failing("cuEventQuery", 700), pytest.raises(CudaError):
        is_done("cuEventQuery", event)


def test_giving_back_never_raises(driver, caplog):
    release("cuMemFreeHost", 99)
    assert "while closing: cuMemFreeHost failed: CUDA_ERROR_INVALID_HANDLE (400)" in caplog.text


def test_errors_of_cuda_core_become_ours(driver):
    cuda_utils = pytest.importorskip("cuda.core._utils.cuda_utils")
    with pytest.raises(CudaError, match=r"cuMemAlloc failed: CUDA_ERROR_OUT_OF_MEMORY \(2\)"), translated("cuMemAlloc"):
        raise cuda_utils.CUDAError("CUDA_ERROR_OUT_OF_MEMORY: The API call failed because of memory.")
    with pytest.raises(CudaError, match="CUDA_ERROR_UNHEARD_OF"), translated("cuMemAlloc"):
        raise cuda_utils.CUDAError("CUDA_ERROR_UNHEARD_OF: news")


def test_closing_something_of_cuda_core_never_raises(driver, caplog):
    cuda_utils = pytest.importorskip("cuda.core._utils.cuda_utils")

    class Stubborn:
        closed = 0

        def close(self) -> None:
            self.closed += 1
            raise cuda_utils.CUDAError("CUDA_ERROR_INVALID_HANDLE: no")

    stubborn = Stubborn()
    with caplog.at_level(logging.WARNING):
        close_quietly(stubborn)
        close_quietly(None)
    assert "while closing" in caplog.text
    lose(CudaError("cuX", 700, "CUDA_ERROR_ILLEGAL_ADDRESS"))
    close_quietly(stubborn)
    assert stubborn.closed == 1
