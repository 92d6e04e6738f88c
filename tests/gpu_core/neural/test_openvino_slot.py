"""gpu_core.neural.openvino_slot: several requests as one, whatever order they end in, and when some fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gpu_core.errors import InferenceError
from gpu_core.neural.openvino_slot import OpenVinoSlot


class FakeRequest:
    """A request that ends when it is told to; doubles its input."""

    latency = 0.0

    def __init__(self) -> None:
        self.tensors: dict[str, np.ndarray] = {}
        self.is_started = self.waited = False
        self.fails: RuntimeError | None = None
        self._ended: Callable[[Any], None] = lambda _: None

    def set_tensor(self, name: str, tensor: np.ndarray) -> None:
        self.tensors[name] = tensor

    def get_tensor(self, name: str) -> Any:
        return type("Tensor", (), {"data": self.tensors["in"] * 2})()

    def set_callback(self, ended: Callable[[Any], None], _data: object) -> None:
        self._ended = ended

    def start_async(self) -> None:
        self.is_started = True

    def end(self) -> None:
        if "out" in self.tensors:
            self.tensors["out"][:] = 2 * self.tensors["in"]
        self._ended(None)

    def wait(self) -> None:
        self.waited = True
        if self.fails is not None:
            raise self.fails


class FakeCompiled:
    shape = (1, 2)

    def __init__(self) -> None:
        self.requests: list[FakeRequest] = []

    @property
    def element_type(self) -> FakeCompiled:
        return self

    def to_dtype(self) -> type[np.float32]:
        return np.float32

    def output(self, _name: str) -> FakeCompiled:
        return self

    def create_infer_request(self) -> FakeRequest:
        self.requests.append(FakeRequest())
        return self.requests[-1]


class FakeOpenVino:
    @staticmethod
    def Tensor(array: np.ndarray, *, shared_memory: bool) -> np.ndarray:
        assert shared_memory
        return array


@pytest.fixture
def made() -> tuple[OpenVinoSlot, list[FakeRequest]]:
    compiled = FakeCompiled()
    rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    return OpenVinoSlot(FakeOpenVino, compiled, [("in", rows)], "out", parts=3), compiled.requests


def test_it_is_ready_and_says_so_once_when_the_last_of_them_has_ended(
    made: tuple[OpenVinoSlot, list[FakeRequest]],
) -> None:
    slot, requests = made
    for _ in range(2):
        told: list[bool] = []
        slot.start(lambda told=told: told.append(slot.ready()))  # type: ignore[misc]
        assert all(request.is_started for request in requests)
        for request in (requests[2], requests[0]):
            request.end()
            assert not slot.ready()
        assert told == []
        requests[1].end()
        assert told == [True]
        tensor, begin, end = slot.result()
        np.testing.assert_array_equal(tensor, 2 * np.arange(6).reshape(3, 2))
        assert 0 < begin <= end


def test_one_that_fails_fails_the_batch_once_all_have_ended(made: tuple[OpenVinoSlot, list[FakeRequest]]) -> None:
    slot, requests = made
    slot.start(lambda: None)
    requests[0].fails = RuntimeError("out of memory\nat line 7")
    for request in requests:
        request.end()
    with pytest.raises(InferenceError, match="OpenVINO failed: out of memory"):
        slot.result()
    assert all(request.waited for request in requests)
    requests[0].fails = None
    slot.start(lambda: None)
    for request in requests:
        request.end()
    assert slot.result()[0][0, 1] == 2.0, "the next batch is none the worse"


def test_closing_waits_for_all_and_asks_none_twice(made: tuple[OpenVinoSlot, list[FakeRequest]]) -> None:
    slot, requests = made
    requests[1].fails = RuntimeError("nobody asked")
    slot.close()
    assert all(request.waited for request in requests)
    assert slot.requests == ()
    slot.close()


def test_a_single_request_has_the_whole_batch() -> None:
    compiled = FakeCompiled()
    slot = OpenVinoSlot(FakeOpenVino, compiled, [("in", np.ones((4, 2), np.float32))], "out", parts=1)
    slot.start(lambda: None)
    compiled.requests[0].end()
    assert slot.result()[0].shape == (4, 2)
