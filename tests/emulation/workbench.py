"""Where kernels are tried on numpy arrays: on the CPU without a driver, or on whatever device the driver has.

    bench.surface(picture), bench.linear(picture), bench.memory(array)     what kernels read and write
    bench.read(that)                                                       how it is now

`HostWorkbench` is the first, the product's own `Trial` the second; both run the launchers of the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from gpu_core.cuda.sources import LinearSource, SurfaceSource
from gpu_core.cuda.trial import Trial, linear_source, pitched, unpitched
from tests.emulation.build import BUILT
from tests.emulation.direct import HostKernels, device_array

Array = NDArray[Any]


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
        rows = _copied(pitched(picture, pitch))
        source = linear_source(self.kernels.memory(rows), rows, picture)
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
        return unpitched(found, what) if isinstance(what, LinearSource) else found


Workbench = HostWorkbench | Trial


def workbenches(request: Any) -> Iterator[Workbench]:
    """Body of a fixture with the parameters "host", "emulated" (an emulated driver) and "gpu" (a real one)."""
    if request.param == "host":
        yield HostWorkbench()
        return
    if request.param == "emulated":
        request.getfixturevalue("emulator")
    with Trial(0, BUILT / "cubins") as bench:
        yield bench


def _copied(array: Array) -> Array:
    copy = device_array(array.shape, array.dtype)
    copy[...] = array
    return copy
