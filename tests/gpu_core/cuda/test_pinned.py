"""Page-locked memory and the ring of it: what is held is never overwritten, and nobody waits."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_core.cuda.pinned import PinnedMemory, PinnedRing
from gpu_core.errors import CudaError
from tests.gpu_core.cuda.fake_driver import FakeCuda, FakeStream

STREAM = FakeStream()


def device(value: int, size: int = 64) -> np.ndarray:
    """What stands in for memory of the device."""
    return np.full(size, value, np.uint8)


@pytest.fixture
def ring(driver):
    ring = PinnedRing(FakeCuda(), 2, 64)
    yield ring
    ring.close()


def test_memory_can_be_written_and_is_freed_once(driver):
    with PinnedMemory(16) as memory:
        memory.view[:] = 7
        assert (memory.size, memory.view.dtype, memory.view.sum()) == (16, np.uint8, 112)
        assert driver.count("pinned") == 1
    memory.close()
    assert not driver.live
    assert memory.view.size == 0


def test_memory_that_is_refused_is_an_error(driver):
    with driver.failing("cuMemAllocHost", 2), pytest.raises(CudaError, match="memory is full"):
        PinnedMemory(16)


def test_a_copy_arrives(driver, ring):
    driver.lagging = True
    source = device(5)
    slot = ring.copy(source.ctypes.data, STREAM)
    assert not slot.ready()
    driver.catch_up()
    assert slot.ready()
    assert (slot.view == 5).all()


def test_a_shorter_copy_has_a_shorter_view(ring):
    source = device(5)
    assert ring.copy(source.ctypes.data, STREAM, 10).view.shape == (10,)
    with pytest.raises(ValueError, match="65 bytes do not fit a slot of 64"):
        ring.copy(source.ctypes.data, STREAM, 65)


def test_a_full_ring_gives_none_and_overwrites_nothing(ring):
    sources = [device(value) for value in range(3)]
    held = [ring.copy(source.ctypes.data, STREAM) for source in sources]
    assert held[2] is None
    assert ring.free == 0
    held[0].release()
    held[0].release()
    assert ring.free == 1
    again = ring.copy(sources[2].ctypes.data, STREAM)
    assert [int(slot.view[0]) for slot in (held[1], again)] == [1, 2]


def test_a_slot_released_early_is_used_only_when_its_copy_has_arrived(driver, ring):
    driver.lagging = True
    source = device(1)
    for _ in range(2):
        ring.copy(source.ctypes.data, STREAM).release()
    assert ring.copy(source.ctypes.data, STREAM) is None
    assert ring.free == 2
    driver.catch_up()
    assert ring.copy(source.ctypes.data, STREAM) is not None


def test_a_refused_copy_frees_its_slot(driver, ring):
    source = device(1)
    with driver.failing("cuMemcpyAsync", 2), pytest.raises(CudaError, match="cuMemcpyAsync"):
        ring.copy(source.ctypes.data, STREAM)
    assert ring.free == 2


@pytest.mark.parametrize("name", ["cuEventCreate", "cuEventRecord"])
def test_without_an_event_the_copy_is_waited_for(driver, ring, name, caplog):
    source = device(3)
    with driver.failing(name, 2):
        slot = ring.copy(source.ctypes.data, STREAM)
    assert slot.ready()
    assert "cuStreamSynchronize" in driver.calls
    assert "for want of an event" in caplog.text


def test_a_lost_device_is_told_by_the_slot(driver, ring):
    source = device(3)
    slot = ring.copy(source.ctypes.data, STREAM)
    with driver.failing("cuEventQuery", 700), pytest.raises(CudaError, match="700"):
        slot.ready()


def test_a_failing_query_loses_no_slot(driver, ring):
    source = device(3)
    ring.copy(source.ctypes.data, STREAM).release()
    ring.copy(source.ctypes.data, STREAM).release()
    with driver.failing("cuEventQuery", 2), pytest.raises(CudaError):
        ring.copy(source.ctypes.data, STREAM)
    assert ring.free == 2


def test_a_ring_half_built_is_given_back(driver):
    class Short(FakeCuda):
        def pinned(self, size: int) -> PinnedMemory:
            if driver.count("pinned") == 3:
                driver.fail("cuMemAllocHost", 2)
            return super().pinned(size)

    with pytest.raises(CudaError, match="memory is full"):
        PinnedRing(Short(), 5, 64)
    assert not driver.live


def test_closing_waits_for_copies_and_frees_everything(driver):
    driver.lagging = True
    ring, source = PinnedRing(FakeCuda(), 3, 64), device(1)
    ring.copy(source.ctypes.data, STREAM).release()
    ring.close()
    ring.close()
    assert "cuEventSynchronize" in driver.calls
    assert not driver.live


def test_what_is_still_held_stays_readable_and_is_told(driver, caplog):
    ring, source = PinnedRing(FakeCuda(), 2, 64), device(9)
    slot = ring.copy(source.ctypes.data, STREAM)
    ring.close()
    assert (slot.view == 9).all()
    assert "1 slots of page-locked memory are still held" in caplog.text
    slot.release()
    assert driver.count("pinned") == 1
