"""Pictures and tensors on a device, to try kernels on and to measure them: surfaces, pitched rows, buffers.

Slow and simple: everything waits. The product's own pictures come from OpenGL, through `interop`.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.cuda.calls import call, translated
from gpu_core.cuda.driver import open_cuda
from gpu_core.cuda.kernels import Kernels
from gpu_core.cuda.sources import ITEM_BYTES, LinearSource, SurfaceSource

Array = NDArray[Any]
BETWEEN_ROWS = 0xAA  # bytes that no kernel may touch


class Trial:
    """Whatever is made here lives until `close`. A context manager, for one thread.

    Raises:
        PathUnavailable: there is no device.
        CudaError: the driver refuses; likewise from all methods.
    """

    def __init__(self, index: int | None = None, folder: Path | None = None, *, wide_surfaces: bool = True) -> None:
        self._owned = ExitStack()
        with ExitStack() as owned:
            self._cuda = owned.enter_context(open_cuda(index))
            self.info = self._cuda.info
            self.kernels = Kernels(self._cuda.device, folder, wide_surfaces=wide_surfaces)
            owned.callback(self.kernels.close)
            self.stream = self._cuda.stream()
            owned.callback(self.stream.close)
            self._owned = owned.pop_all()
        self._held: dict[Any, tuple[Any, Array]] = {}  # what it is on the device, and how it looks from outside

    def surface(self, picture: Array) -> SurfaceSource:
        """A CUDA array holding (height, width, 4) uint8 or (height, width) float32, behind a surface."""
        from cuda.core.texture import OpaqueArrayOptions, ResourceDescriptor

        height, width = picture.shape[:2]
        channels = 4 if picture.ndim == 3 else 1
        options = OpaqueArrayOptions(
            shape=(width, height), format=picture.dtype, num_channels=channels, is_surface_load_store=True
        )
        with translated("cuArray3DCreate"):
            array = self._owned.enter_context(self._cuda.device.create_opaque_array(options))
            resource = ResourceDescriptor.from_opaque_array(array)
            surface = self._owned.enter_context(self._cuda.device.create_surface_object(resource=resource))
            array.copy_from(np.ascontiguousarray(picture), stream=self.stream)
            self.stream.sync()
        source = SurfaceSource(
            int(surface.handle), width, height, channels, "uint8" if picture.ndim == 3 else "float32"
        )
        self._held[source] = (array, picture)
        return source

    def linear(self, picture: Array, pitch: int | None = None) -> LinearSource:
        """The same in linear memory; `pitch` in bytes, at least a row."""
        rows = pitched(picture, pitch)
        buffer = self.memory(rows)
        source = linear_source(int(buffer.handle), rows, picture)
        self._held[source] = (buffer, rows)
        return source

    def memory(self, array: Array) -> Any:
        """A cuda.core.Buffer that holds any array."""
        buffer = self._cuda.allocate(array.nbytes, self.stream)
        self._owned.callback(buffer.close)
        with self._cuda.pinned(array.nbytes) as pinned:
            pinned.view[:] = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
            self._copy(int(buffer.handle), pinned.pointer, array.nbytes)
        self._held[buffer] = (buffer, array)
        return buffer

    def read(self, what: Any) -> Array:
        """What a surface, rows or a buffer hold now, in the shape they were given in."""
        held, shape = self._held[what]
        found = np.empty(shape.shape, shape.dtype)
        if isinstance(what, SurfaceSource):
            with translated("cuMemcpy3DAsync"):
                held.copy_to(found, stream=self.stream)
                self.stream.sync()
            return found
        with self._cuda.pinned(found.nbytes) as pinned:
            self._copy(pinned.pointer, int(held.handle), found.nbytes)
            found.view(np.uint8).reshape(-1)[:] = pinned.view
        return unpitched(found, what) if isinstance(what, LinearSource) else found

    def time_us(self, launch: Any, runs: int) -> float:
        """Microseconds of one call of `launch`, by the device's clock over `runs` of them, caches warm."""
        from cuda.core import EventOptions

        options = EventOptions(timing_enabled=True)
        with translated("cuEventRecord"):
            started = self.stream.record(options=options)
            for _ in range(runs):
                launch()
            ended = self.stream.record(options=options)
            ended.sync()
            return float(ended - started) * 1000 / runs

    def close(self) -> None:
        """Release everything; idempotent."""
        self._held.clear()
        self._owned.close()

    def _copy(self, to: int, from_: int, size: int) -> None:
        call("cuMemcpyAsync", to, from_, size, self.stream.handle)
        call("cuStreamSynchronize", self.stream.handle)

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def pitched(picture: Array, pitch: int | None = None) -> NDArray[np.uint8]:
    """A picture's rows as bytes, `pitch` apart."""
    row = picture[0].nbytes
    rows = np.full((len(picture), pitch or row), BETWEEN_ROWS, np.uint8)
    rows[:, :row] = np.ascontiguousarray(picture).view(np.uint8).reshape(len(picture), row)
    return rows


def unpitched(rows: Array, source: LinearSource) -> Array:
    """The picture in such rows.

    Raises:
        ValueError: something has written between them.
    """
    row = source.width * source.channels * ITEM_BYTES[source.dtype]
    if (rows[:, row:] != BETWEEN_ROWS).any():
        raise ValueError("a kernel wrote between the rows")
    shape = (source.height, source.width, source.channels)[: 3 if source.channels > 1 else 2]
    return np.ascontiguousarray(rows[:, :row]).view(source.dtype).reshape(shape)


def linear_source(pointer: int, rows: Array, picture: Array) -> LinearSource:
    """Rows made by `pitched`, at an address."""
    height, width = picture.shape[:2]
    colours = picture.ndim == 3
    return LinearSource(pointer, rows.strides[0], width, height, 4 if colours else 1, "uint8" if colours else "float32")
