"""Copies to the host that nobody waits for, through the real bindings."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from gpu_core.cuda.driver import open_cuda
from gpu_core.cuda.pinned import PinnedRing
from gpu_core.errors import CudaError

SIZE = 4096


@pytest.fixture
def cuda(emulator):
    emulator.protect()
    with open_cuda() as cuda:
        yield cuda


@pytest.fixture
def buffer(cuda, stream):
    buffer = cuda.allocate(SIZE, stream)
    yield buffer
    buffer.close(stream)


@pytest.fixture
def ring(cuda, buffer):
    ring = PinnedRing(cuda, 3, SIZE)
    yield ring
    ring.close()


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_pictures_that_follow_each_other_do_not_mix(emulator, ring, buffer, stream, mode):
    emulator.mode(mode)
    slots = []
    for value in range(3):
        buffer.fill(value + 1, stream=stream)
        slots.append(ring.copy(buffer, stream))
    assert ring.copy(buffer, stream) is None
    for value, slot in enumerate(slots):
        while not slot.ready():
            assert mode == "lazy"
        np.testing.assert_array_equal(slot.view, np.full(SIZE, value + 1, np.uint8))
        slot.release()
    assert not emulator.calls("cuStreamSynchronize")
    assert not emulator.calls("cuEventSynchronize")


def test_lazily_nothing_has_arrived_and_nothing_is_overwritten(emulator, ring, buffer, stream):
    emulator.mode("lazy")
    buffer.fill(1, stream=stream)
    held = [ring.copy(buffer, stream) for _ in range(3)]
    assert not held[2].ready()
    for slot in held:
        slot.release()
    buffer.fill(2, stream=stream)
    assert ring.copy(buffer, stream) is None  # released, but their copies are still to come
    assert ring.free == 3
    stream.sync()
    ring.copy(buffer, stream).release()


def test_slots_are_released_from_another_thread(ring, buffer, stream):
    slot = ring.copy(buffer, stream)
    thread = threading.Thread(target=slot.release)
    thread.start()
    thread.join()
    assert ring.free == 3


@pytest.mark.parametrize("api", ["cuMemcpyAsync", "cuEventQuery"])
def test_a_refusal_is_an_error_and_costs_no_slot(emulator, ring, buffer, stream, api):
    for _ in range(3):
        ring.copy(buffer, stream).release()
    emulator.fail(api, 2, nth=1)
    with pytest.raises(CudaError, match=f"{api} failed: CUDA_ERROR_OUT_OF_MEMORY"):
        ring.copy(buffer, stream)
    assert ring.free == 3
    slot = ring.copy(buffer, stream)
    assert slot.ready()
    slot.release()


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_ring_half_made_is_given_back(emulator, cuda, nth):
    emulator.fail("cuMemAllocHost", 2, nth=nth)
    with pytest.raises(CudaError, match="cuMemAllocHost failed"):
        PinnedRing(cuda, 3, SIZE)


def test_without_an_event_the_copy_is_waited_for(emulator, ring, buffer, stream, caplog):
    emulator.mode("lazy")
    emulator.fail("cuEventRecord", 2)
    buffer.fill(7, stream=stream)
    slot = ring.copy(buffer, stream)
    assert slot.ready()
    assert (slot.view == 7).all()
    slot.release()
    assert "for want of an event" in caplog.text


def test_a_lost_device_is_told_and_left_alone(emulator, ring, buffer, stream):
    slot = ring.copy(buffer, stream)
    emulator.lose("cuEventQuery", 719)
    with pytest.raises(CudaError, match="719"):
        slot.ready()
    before = sum(emulator.report()["calls"].values())
    slot.release()
    ring.close()
    assert sum(emulator.report()["calls"].values()) == before


def test_closing_waits_for_what_is_under_way(emulator, cuda, buffer, stream):
    emulator.mode("lazy")
    before, ring = emulator.live(), PinnedRing(cuda, 2, SIZE)
    ring.copy(buffer, stream).release()
    ring.close()
    assert emulator.calls("cuEventSynchronize") == 1
    assert emulator.live() == before
