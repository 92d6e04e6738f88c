"""The emulated CUDA driver, seen from tests: switches, failures to come, and a report of what happened."""

from __future__ import annotations

import ctypes
import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MIB = 1 << 20
_SYMBOLS: dict[str, tuple[Any, ...]] = {  # result, arguments
    "mien_set": (ctypes.c_int, ctypes.c_char_p, ctypes.c_longlong),
    "mien_fail": (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int),
    "mien_register": (ctypes.c_char_p, ctypes.c_char_p),
    "mien_report": (ctypes.c_char_p,),
    "mien_reset": (None, ctypes.c_ulonglong),
    "mien_newest_handle": (ctypes.c_ulonglong,),
    "mien_finish": (None,),
    "mien_enqueue": (None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
    "mien_device_access": (None, ctypes.c_int),
    "mien_gl_context": (ctypes.c_ulonglong,),
    "mien_gl_position": (ctypes.c_ulonglong,),
    "mien_gl_settle": (None, ctypes.c_ulonglong, ctypes.c_ulonglong),
}


@dataclass(frozen=True)
class Fence:
    """A place in the commands of one OpenGL context."""

    context: int
    position: int


class Emulator:
    """Control of the one emulated driver of this process; `libcuda.so.1` for whoever looks for it from now on."""

    def __init__(self, driver: Path) -> None:
        self.path = driver
        self._library = ctypes.CDLL(str(driver), mode=ctypes.RTLD_GLOBAL)
        for name, (result, *arguments) in _SYMBOLS.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
        self._host_function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        self._enqueued: list[Any] = []
        self._kept_up_to = 0
        self._live: dict[str, int] = {}
        self._misuses_taken = 0

    # ---- switches ----------------------------------------------------------------------------------------------

    def mode(self, mode: str) -> None:
        """ "eager": work runs at once. "lazy": it runs when something waits for it, and OpenGL sees it no sooner."""
        if mode not in ("eager", "lazy"):
            raise ValueError(mode)
        self._set("lazy", mode == "lazy")

    def protect(self, on: bool = True) -> None:
        """Put device memory out of the host's reach: touching it ends the process with SIGSEGV."""
        self._set("protect", on)

    def count_sectors(self, on: bool = True) -> None:
        """Have kernels count the memory they touch, see `sectors`; slow."""
        self._set("count_traffic", on)

    def devices(self, count: int) -> None:
        """How many GPUs there are, 0 to 8. cuda.core asks once a thread: before the first `Device`, or see `fresh`."""
        self._set("devices", count)

    def gl_device(self, index: int | None) -> None:
        """Which GPU draws, as cuGLGetDevices says; None: none of CUDA's."""
        self._set("gl_device", -1 if index is None else index)

    def capability(self, version: str) -> None:
        """The compute capability of all devices, as in "8.9"; cuda.core remembers what it has read."""
        major, minor = version.split(".")
        self._set("major", int(major))
        self._set("minor", int(minor))

    def driver(self, version: int) -> None:
        """What cuDriverGetVersion says, 13050 for 13.5."""
        self._set("driver_version", version)

    def mps(self, on: bool = True, *, gl: int = 0) -> None:
        """Whether this process is a client of the multi-process service.

        It then keeps to CUDA_MPS_ACTIVE_THREAD_PERCENTAGE and CUDA_MPS_PINNED_DEVICE_MEM_LIMIT in the environment.
        `gl`: the CUresult that pictures of OpenGL are refused with; 0: they pass as ever. Which of both it is on
        hardware is not known.
        """
        self._set("mps", on)
        self._set("mps_gl", gl)

    def mps_fails(self, code: int) -> None:
        """How MPS fails this client from now on: 805 to 809 where each may come, 0 not any more.

        810, or another client's fault such as 719: the client's context is gone at whatever it calls next, for good.
        """
        self._set("mps_error", code)

    def memory_mb(self, megabytes: float) -> None:
        """Memory of each device."""
        self._set("memory_bytes", int(megabytes * _MIB))

    def _set(self, name: str, value: int) -> None:
        if not self._library.mien_set(name.encode(), int(value)):
            raise ValueError(f"the driver has no setting {name}")

    # ---- failures ----------------------------------------------------------------------------------------------

    def fail(self, api: str, code: int, nth: int = 0) -> None:
        """Have calls of an entry point answer with a CUresult: the n-th from now on, or all (0)."""
        self._fail(api, code, nth)

    def lose(self, api: str, code: int = 700, nth: int = 1) -> None:
        """Lose the device in the n-th call of an entry point from now: all later calls answer the same."""
        self._fail(api, code, nth, sticky=True)

    def null_handle(self, api: str, nth: int = 0) -> None:
        """Have cuGraphicsGLRegister* or cuGraphics*GetMapped* succeed and give nothing."""
        self._fail(api, 0, nth, null=True)

    def _fail(self, api: str, code: int, nth: int, *, sticky: bool = False, null: bool = False) -> None:
        if not any(hasattr(self._library, api + version) for version in ("", "_v2", "_v3", "_v4")):
            raise ValueError(f"the emulated driver has no {api}")
        self._library.mien_fail(api.encode(), int(code), nth, sticky, null)

    # ---- what happened -----------------------------------------------------------------------------------------

    def report(self) -> dict[str, Any]:
        """Everything since the last reset.

        calls: entry point without version -> calls; live: kind of object -> how many; launched: kernel -> launches;
        copied: "host to device" and so on -> bytes; faults and misuses: texts; graphs: the kinds of operations in each
        graph that was made executable; launches: see `sectors`; sticky: 0, or the CUresult of a lost device;
        pending: operations that have not run yet, and unmapped pictures that OpenGL has not seen yet.
        """
        found: dict[str, Any] = json.loads(self._library.mien_report())
        return found

    def is_lost(self) -> bool:
        """True after a fault or `lose`: every call answers with the same error."""
        return bool(self.report()["sticky"])

    def calls(self, api: str) -> int:
        """How often an entry point was called."""
        return int(self.report()["calls"].get(api, 0))

    def sectors(self) -> list[dict[str, Any]]:
        """Of every launch under `count_sectors`: kernel, grid, block, and of loads, stores, surface_loads,
        surface_stores and texture_fetches the requests (instructions x warps), 32-byte sectors, and bytes asked for."""
        return list(self.report()["launches"])

    def take_misuses(self) -> list[str]:
        """What was done that real drivers forbid or leave open, since this was last asked; the rest fails the test."""
        found = self.report()["misuses"]
        taken, self._misuses_taken = self._misuses_taken, len(found)
        return list(found[taken:])

    def live(self) -> dict[str, int]:
        """How many objects of each kind there are, after what was pending has run."""
        self.finish()
        return dict(self.report()["live"])

    # ---- kernels and work written in Python --------------------------------------------------------------------

    def use_kernels(self, library: Path) -> None:
        """Take in kernels that `host_kernels.build` compiled; they replace others of the same name."""
        problem = self._library.mien_register(str(library).encode()).decode()
        if problem:
            raise RuntimeError(problem)

    def enqueue(self, stream: int, work: Callable[[], None]) -> None:
        """Device work written in Python, for doubles: runs in the stream's order, without the driver's lock.

        It may be captured into a graph and run any number of times. Device memory is within its reach.
        """

        def run(_: int) -> None:
            with self.device_access():
                work()

        function = self._host_function(run)
        self._enqueued.append(function)
        self._library.mien_enqueue(stream, ctypes.cast(function, ctypes.c_void_p), None)

    @contextmanager
    def device_access(self) -> Iterator[None]:
        """Let the host touch device memory for a moment, although `protect` is on."""
        self._library.mien_device_access(1)
        try:
            yield
        finally:
            self._library.mien_device_access(0)

    # ---- OpenGL, as the driver sees it --------------------------------------------------------------------------

    def gl_context(self) -> int:
        """The OpenGL context of this thread, 0 without one."""
        return int(self._library.mien_gl_context())

    def fence(self) -> Fence:
        """A fence after all that OpenGL's current context was told, unmapped pictures included."""
        return Fence(self.gl_context(), int(self._library.mien_gl_position()))

    def wait(self, fence: Fence) -> None:
        """OpenGL has waited for a fence: what was unmapped before it is seen from now on. A context must be current."""
        self._library.mien_gl_settle(fence.context, fence.position)

    # ---- between tests -----------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Run whatever is pending, and let OpenGL see it where a context is current."""
        self._library.mien_finish()

    def start(self) -> None:
        """Begin a test: all switches as at first, no failures, counts at zero."""
        gc.collect()
        self.finish()
        self.reset()
        self._kept_up_to = int(self._library.mien_newest_handle())
        self._live = self.live()

    def reset(self) -> None:
        """All switches as at first; a lost device is there again, without anything that was made on it by this test."""
        self._library.mien_reset(self._kept_up_to)
        self._misuses_taken = 0

    def end(self) -> None:
        """End a test: as `reset`, and nothing that it enqueued is kept."""
        self.finish()
        self.reset()
        self._enqueued.clear()

    def leaks(self) -> dict[str, int]:
        """What there is more of than at `start`; nothing can be given back to a lost device, so nothing counts then."""
        if self.is_lost():
            return {}
        gc.collect()
        found = self.live()
        more = {kind: count - self._live[kind] for kind, count in found.items() if count > self._live[kind]}
        more.pop("libraries", None)  # cuda.core 1.2.2 never unloads one
        return more


def load(kernels: Sequence[Path] = ()) -> Emulator:
    """Build the driver if need be, load it before anything else looks for CUDA, and take kernels in.

    Raises:
        CannotBuild: a compiler or headers are missing.
    """
    from tests.emulation.build import build_driver

    emulator = Emulator(build_driver())
    for library in kernels:
        emulator.use_kernels(library)
    return emulator
