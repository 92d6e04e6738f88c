"""Where kernels are tried on numpy arrays: on the CPU without a driver, or on whatever device the driver has.

    bench.surface(picture), bench.linear(picture), bench.memory(array)     what kernels read and write
    bench.read(that)                                                       how it is now

Both run the launchers of the product; the second does so through `cuda.core`, on an emulated driver or a real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.sources import ITEM_BYTES, LinearSource, Source, SurfaceSource
from tests.emulation.build import BUILT
from tests.emulation.direct import HostKernels, device_array

Array = NDArray[Any]


class Workbench(Protocol):
    """What tests of kernels need."""

    kernels: Any
    stream: Any

    def surface(self, picture: Array) -> SurfaceSource: ...
    def linear(self, picture: Array, pitch: int | None = None) -> LinearSource: ...
    def memory(self, array: Array) -> Any: ...
    def read(self, what: Any) -> Array: ...


class HostWorkbench:
    """Kernels compiled for the host, run at once; every access is checked against what was named here."""

    stream = None

    def __init__(self, *, wide_surfaces: bool = True, counting: bool = False) -> None:
        self.kernels = HostKernels(BUILT, wide_surfaces=wide_surfaces, counting=counting)
        self._arrays: dict[Any, Array] = {}

    def surface(self, picture: Array) -> SurfaceSource:
        """A copy of (height, width, 4) uint8 or (height, width) float32 behind a surface."""
        copy = _copied(picture)
        source = self.kernels.surface(copy)
        self._arrays[source] = copy
        return source

    def linear(self, picture: Array, pitch: int | None = None) -> LinearSource:
        """The same in linear memory; `pitch` in bytes, at least a row."""
        rows = _pitched(picture, pitch)
        source = _linear(self.kernels.memory(rows), rows, picture)
        self._arrays[source] = rows
        return source

    def memory(self, array: Array) -> int:
        """A copy of any array; its address."""
        copy = _copied(array)
        address = self.kernels.memory(copy)
        self._arrays[address] = copy
        return address

    def read(self, what: Any) -> Array:
        """What is there now, as it was given in."""
        found = self._arrays[what]
        return _unpitched(found, what) if isinstance(what, LinearSource) else found


class DeviceWorkbench:
    """The first CUDA device of the process. Use it as a context manager: everything is released at the end."""

    def __init__(self, *, wide_surfaces: bool = True) -> None:
        from gpu_core.cuda.driver import open_cuda
        from gpu_core.cuda.kernels import Kernels

        self._owned = ExitStack()
        self._cuda = self._owned.enter_context(open_cuda(0))
        self.kernels = Kernels(self._cuda.device, BUILT / "cubins", wide_surfaces=wide_surfaces)
        self.stream = self._cuda.stream()
        self._owned.callback(self.stream.close)
        self._owned.callback(self.kernels.close)
        self._held: dict[Any, tuple[Any, Array]] = {}  # the CUDA array or buffer, and how it looks from outside

    def surface(self, picture: Array) -> SurfaceSource:
        """A CUDA array holding (height, width, 4) uint8 or (height, width) float32, behind a surface."""
        from cuda.core.texture import OpaqueArrayOptions, ResourceDescriptor

        height, width = picture.shape[:2]
        channels = 4 if picture.dtype == np.uint8 else 1
        options = OpaqueArrayOptions(
            shape=(width, height), format=picture.dtype, num_channels=channels, is_surface_load_store=True
        )
        array = self._owned.enter_context(self._cuda.device.create_opaque_array(options))
        descriptor = ResourceDescriptor.from_opaque_array(array)
        surface = self._owned.enter_context(self._cuda.device.create_surface_object(resource=descriptor))
        array.copy_from(np.ascontiguousarray(picture), stream=self.stream)
        self.stream.sync()
        source = SurfaceSource(int(surface.handle), width, height, channels, picture.dtype.name)
        self._held[source] = (array, picture)
        return source

    def linear(self, picture: Array, pitch: int | None = None) -> LinearSource:
        """The same in linear memory; `pitch` in bytes, at least a row."""
        rows = _pitched(picture, pitch)
        buffer = self.memory(rows)
        source = _linear(int(buffer.handle), rows, picture)
        self._held[source] = (buffer, rows)
        return source

    def memory(self, array: Array) -> Any:
        """A buffer that holds any array."""
        buffer = self._cuda.allocate(array.nbytes, self.stream)
        self._owned.callback(buffer.close)
        with self._cuda.pinned(array.nbytes) as pinned:
            pinned.view[:] = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
            self._copy(int(buffer.handle), pinned.pointer, array.nbytes)
        self._held[buffer] = (buffer, array)
        return buffer

    def read(self, what: Any) -> Array:
        """What is there now, as it was given in."""
        held, shape = self._held[what]
        found = np.empty_like(shape, order="C")
        if isinstance(what, SurfaceSource):
            held.copy_to(found, stream=self.stream)
            self.stream.sync()
            return found
        with self._cuda.pinned(found.nbytes) as pinned:
            self._copy(pinned.pointer, int(held.handle), found.nbytes)
            found.view(np.uint8).reshape(-1)[:] = pinned.view
        return _unpitched(found, what) if isinstance(what, LinearSource) else found

    def _copy(self, to: int, from_: int, size: int) -> None:
        from gpu_core.cuda.calls import call

        call("cuMemcpyAsync", to, from_, size, self.stream.handle)
        self.stream.sync()

    def __enter__(self) -> DeviceWorkbench:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.clear()
        self._owned.close()


def _copied(array: Array) -> Array:
    copy = device_array(array.shape, array.dtype)
    copy[...] = array
    return copy


def _pitched(picture: Array, pitch: int | None) -> Array:
    """Rows of bytes, `pitch` apart; what is between them is 0xAA."""
    row = picture[0].nbytes
    rows = device_array((len(picture), pitch or row), np.uint8)
    rows[:] = 0xAA
    rows[:, :row] = np.ascontiguousarray(picture).view(np.uint8).reshape(len(picture), row)
    return rows


def _unpitched(rows: Array, source: Source) -> Array:
    assert isinstance(source, LinearSource)
    row = source.width * source.channels * ITEM_BYTES[source.dtype]
    assert (rows[:, row:] == 0xAA).all(), "a kernel wrote between the rows"
    picture = np.ascontiguousarray(rows[:, :row]).view(source.dtype)
    return picture.reshape(source.height, source.width, source.channels).squeeze()


def _linear(pointer: int, rows: Array, picture: Array) -> LinearSource:
    height, width = picture.shape[:2]
    return LinearSource(pointer, rows.strides[0], width, height, 4 if picture.ndim == 3 else 1, picture.dtype.name)


def workbenches(request: Any) -> Iterator[Workbench]:
    """Body of a fixture with the parameters "host", "emulated" (an emulated driver) and "gpu" (a real one)."""
    if request.param == "host":
        yield HostWorkbench()
        return
    if request.param == "emulated":
        request.getfixturevalue("emulator")
    with DeviceWorkbench() as bench:
        yield bench
