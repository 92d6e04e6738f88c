"""Work recorded once: nothing runs while it is recorded, and work that fails spoils nobody's stream."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gpu_core.cuda.driver import Cuda, call, open_cuda
from gpu_core.cuda.graphs import capture
from gpu_core.errors import CudaError
from tests.emulation.emulator import Emulator

BYTES = 4096


@pytest.fixture
def cuda(emulator: Emulator) -> Iterator[Cuda]:
    with open_cuda() as opened:
        yield opened


def filling(buffer: object, value: int):
    """Work that fills a buffer."""
    return lambda stream: call("cuMemsetD8Async", int(buffer.handle), value, BYTES, stream)


def content(cuda: Cuda, stream, buffer) -> set[int]:
    """The different bytes in a buffer, after everything that is on a stream."""
    with cuda.pinned(BYTES) as memory:
        call("cuMemcpyDtoHAsync", memory.pointer, int(buffer.handle), BYTES, stream.handle)
        stream.sync()
        return set(memory.view.tolist())


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_it_runs_when_it_is_launched_and_as_often(mode: str, cuda: Cuda, emulator: Emulator):
    emulator.mode(mode)
    stream = cuda.stream()
    buffer = cuda.allocate(BYTES, stream)
    filling(buffer, 1)(stream.handle)
    graph = capture(cuda, filling(buffer, 7))
    assert content(cuda, stream, buffer) == {1}
    for _ in range(2):
        filling(buffer, 1)(stream.handle)
        graph.launch(stream)
        assert content(cuda, stream, buffer) == {7}
    graph.close()
    graph.close()
    buffer.close()


def test_work_that_fails_is_given_up_and_leaves_nothing(cuda: Cuda):
    stream = cuda.stream()
    buffer = cuda.allocate(BYTES, stream)

    def fails(handle: int) -> None:
        filling(buffer, 7)(handle)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        capture(cuda, fails)
    filling(buffer, 2)(stream.handle)
    assert content(cuda, stream, buffer) == {2}
    buffer.close()


@pytest.mark.parametrize("api", ["cuStreamBeginCapture", "cuStreamEndCapture", "cuGraphInstantiateWithParams"])
def test_what_the_driver_refuses_is_told(api: str, cuda: Cuda, emulator: Emulator):
    stream = cuda.stream()
    buffer = cuda.allocate(BYTES, stream)
    emulator.fail(api, 900, nth=1)
    with pytest.raises(CudaError, match="900"):
        capture(cuda, filling(buffer, 7))
    buffer.close()


def test_a_launch_that_is_refused_is_told(cuda: Cuda, emulator: Emulator):
    stream = cuda.stream()
    buffer = cuda.allocate(BYTES, stream)
    graph = capture(cuda, filling(buffer, 7))
    emulator.fail("cuGraphLaunch", 2, nth=1)
    with pytest.raises(CudaError, match="cuGraphLaunch failed: CUDA_ERROR_OUT_OF_MEMORY"):
        graph.launch(stream)
    graph.close()
    buffer.close()
