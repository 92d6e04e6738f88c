"""device.h: threads of a GPU on the CPU. What must not happen is caught, and what happens is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.emulation.build import BUILT
from tests.emulation.direct import SECTOR_BYTES, HostKernels, KernelFault, device_array

SOURCE = Path(__file__).parent / "host_kernels.cu"


@pytest.fixture
def kernels() -> HostKernels:
    return HostKernels(BUILT, [SOURCE], counting=True)


def floats(kernels: HostKernels, count: int) -> tuple[np.ndarray, np.uint64]:
    array = device_array((count,), np.float32)
    return array, np.uint64(kernels.memory(array))


@pytest.mark.parametrize(("stride", "sectors"), [(1, 4), (2, 8), (8, 32), (100, 32)])
def test_loads_are_counted_in_sectors_of_each_warp(kernels: HostKernels, stride: int, sectors: int) -> None:
    from_, address = floats(kernels, 64 * stride)
    to, out = floats(kernels, 64)
    from_[:] = np.arange(64 * stride)
    kernels.launch(None, "strided", (2, 1, 1), (32,), address, out, np.int32(stride), np.int32(64))
    np.testing.assert_array_equal(to, from_[::stride])
    traffic = kernels.traffic
    assert (traffic.loads.requests, traffic.loads.sectors, traffic.loads.bytes) == (2, 2 * sectors, 256)
    assert (traffic.stores.requests, traffic.stores.sectors, traffic.stores.bytes) == (2, 8, 256)
    assert traffic.bytes_moved == SECTOR_BYTES * (2 * sectors + 8)


def test_threads_that_stay_away_touch_nothing(kernels: HostKernels) -> None:
    _, address = floats(kernels, 9)
    _, out = floats(kernels, 9)
    kernels.launch(None, "strided", (1, 1, 1), (32,), address, out, np.int32(1), np.int32(9))
    assert kernels.traffic.loads.sectors == 2


@pytest.mark.parametrize(("rows", "sectors"), [(1, 32), (2, 16), (4, 16)])
def test_sectors_of_textures_have_two_rows(kernels: HostKernels, rows: int, sectors: int) -> None:
    surface = kernels.surface(device_array((8, 128, 4), np.uint8))
    out = device_array((32, 4), np.uint32)
    address = np.uint64(kernels.memory(out))
    kernels.launch(None, "load_quads", (1, 1, 1), (32,), np.uint64(surface.handle), np.int32(rows), address)
    assert kernels.traffic.surface_loads.sectors == sectors


@pytest.mark.parametrize("index", [-1, 16, 1 << 20])
def test_a_store_beyond_an_allocation_is_a_fault(kernels: HostKernels, index: int) -> None:
    array, address = floats(kernels, 16)
    with pytest.raises(KernelFault, match="store_at: store to memory that is not CUDA's"):
        kernels.launch(None, "store_at", (1, 1, 1), (1,), address, np.int32(index))
    assert not array.any()
    kernels.launch(None, "store_at", (1, 1, 1), (1,), address, np.int32(15))
    assert array[15] == 1, "the next launch is none the worse for it"


def test_a_misaligned_store_is_a_fault(kernels: HostKernels) -> None:
    _, address = floats(kernels, 16)
    with pytest.raises(KernelFault, match="misaligned access of global memory"):
        kernels.launch(None, "store_between", (1, 1, 1), (1,), address)


@pytest.mark.parametrize(
    ("surface", "x_bytes", "y", "why"),
    [(0, 32, 0, "beyond the edge"), (0, -4, 0, "beyond the edge"), (0, 0, 4, "beyond the edge"),
     (0, 2, 0, "x counts bytes"), (9, 0, 0, "a surface that does not exist")],
)  # fmt: skip
def test_surfaces_are_left_at_no_side(kernels: HostKernels, surface: int, x_bytes: int, y: int, why: str) -> None:
    handle = kernels.surface(device_array((4, 8, 4), np.uint8)).handle
    _, out = floats(kernels, 1)
    with pytest.raises(KernelFault, match=why):
        kernels.launch(
            None, "load_pixel", (1, 1, 1), (1,), np.uint64(handle + 100 * surface), np.int32(x_bytes), np.int32(y), out
        )


def test_a_barrier_that_half_a_warp_misses_is_a_fault(kernels: HostKernels) -> None:
    _, address = floats(kernels, 1)
    with pytest.raises(KernelFault, match="never came to __syncwarp"):
        kernels.launch(None, "half_a_warp_waits", (1, 1, 1), (32,), address)


def test_warps_and_blocks_exchange_what_they_know(kernels: HostKernels) -> None:
    numbers, out = device_array((128,), np.int32), device_array((2,), np.int32)
    numbers[:] = np.arange(128)
    addresses = [np.uint64(kernels.memory(array)) for array in (numbers, out)]
    for _ in range(2):
        kernels.launch(None, "sum_of_block", (3, 1, 1), (128,), *addresses)
    assert out.tolist() == [6 * 127 * 64, int(numbers[64:96].sum())]
