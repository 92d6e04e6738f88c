"""Calls of the CUDA driver: every failure becomes one CudaError, and a lost device stays lost.

After a sticky error every call fails, and some crash. So the first one closes CUDA for the life of the process: nothing
is released any more, nothing is tried again, and `lost` says why.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gpu_core.errors import CudaError
from gpu_core.mps.explained import HINTS as MPS_HINTS

log = logging.getLogger(__name__)

SUCCESS, NOT_FOUND, NOT_READY, UNKNOWN = 0, 500, 600, 999

_RESTART = "restart Mien to use the NVIDIA path again"
_HINTS = {
    2: "the GPU's memory is full: close other programs on it, or choose fewer faces or a smaller size",
    34: "this libcuda is the stub meant for linking: install the NVIDIA driver itself",
    46: "another process holds the GPU for itself: `nvidia-smi -q -d COMPUTE` shows its mode",
    100: "the driver is there but sees no GPU: check `nvidia-smi` and CUDA_VISIBLE_DEVICES",
    219: "the current OpenGL context is not one of this GPU's",
    304: "OpenGL is not the NVIDIA driver's own, as under WSL",
    700: f"a kernel touched memory that is not its own; {_RESTART}",
    802: "the GPU is not ready yet: wait for it, or start nvidia-fabricmanager",
    803: "kernel module and library of the driver are of different versions: reboot",
    804: "this GPU does not serve the newer CUDA libraries that were installed: update its driver",
    **MPS_HINTS,
}
_NO_INTEROP = "as through VirtualGL: OpenGL draws on no display of this GPU"
_UVM = "after a suspend `sudo modprobe -r nvidia_uvm; sudo modprobe nvidia_uvm` mends it, else a reboot"

_loss: CudaError | None = None


def lose(error: CudaError) -> None:
    """Close CUDA for the life of this process: its device is lost, no call will succeed any more. The first counts."""
    global _loss
    if _loss is None:
        _loss = error
        log.error("CUDA is closed for this process: %s", error)


def lost() -> str | None:
    """Why CUDA is closed for this process, or None while it is not."""
    return None if _loss is None else str(_loss)


def check_not_lost() -> None:
    """For a process whose only use is the GPU: find out that it has lost it, and has to be started again.

    Raises:
        CudaError: CUDA is closed for this process; the same error that closed it, with its code and what to do.
    """
    if _loss is not None:
        raise CudaError(_loss.call, _loss.code, _loss.code_name, _hint(_loss.call, _loss.code))


def forget_loss() -> None:
    """For tests, whose driver can be mended: let CUDA be opened again."""
    global _loss
    _loss = None


def bindings() -> Any:
    """`cuda.bindings.driver`. Importing it needs no driver; raises ImportError where it is not installed."""
    return importlib.import_module("cuda.bindings.driver")


def call(name: str, *arguments: Any) -> Any:
    """Call a function of `cuda.bindings.driver`; returns and raises as `checked` does."""
    return checked(_called(name, *arguments), name)


def checked(result: tuple[Any, ...], call: str) -> Any:
    """What a binding returned without its status: None, a value, or a tuple of them.

    Raises:
        CudaError: the status is a failure. A sticky one closes CUDA for this process.
    """
    status, *values = result
    if int(status) != SUCCESS:
        raise _failure(call, int(status), getattr(status, "name", f"CUresult {int(status)}"))
    return values[0] if len(values) == 1 else tuple(values) or None


def is_done(name: str, *arguments: Any) -> bool:
    """Call one of the driver's queries: False for "not ready".

    Raises:
        CudaError: it failed otherwise, or work that was queued before did.
    """
    result = _called(name, *arguments)
    if int(result[0]) == NOT_READY:
        return False
    checked(result, name)
    return True


def release(name: str, *arguments: Any) -> None:
    """Call what gives something back. A failure is logged, nothing else is left to do. No call after a lost device."""
    if _loss is None:
        try:
            call(name, *arguments)
        except CudaError as error:
            log.warning("while closing: %s", error)


def close_quietly(thing: Any) -> None:
    """Close something of `cuda.core`, under the rules of `release`."""
    if _loss is None and thing is not None:
        try:
            with translated("close"):
                thing.close()
        except CudaError as error:
            log.warning("while closing: %s", error)


@contextmanager
def translated(call: str) -> Iterator[None]:
    """Turn what `cuda.core` raises within the block into CudaError(call, ...).

    Raises:
        CudaError: as `checked` does.
    """
    from cuda.core._utils.cuda_utils import CUDAError  # public from 1.3 on; its text begins with the code's name

    try:
        yield
    except CUDAError as error:
        name = str(error).partition(":")[0].strip()
        known = bindings().CUresult.__members__.get(name)
        raise _failure(call, UNKNOWN if known is None else int(known), name) from error


def _called(name: str, *arguments: Any) -> tuple[Any, ...]:
    """The binding's own result. A driver that lacks the function answers as one that does not find it."""
    if _loss is not None:
        raise CudaError(_loss.call, _loss.code, _loss.code_name, f"CUDA is closed since then: {_RESTART}")
    try:
        result: tuple[Any, ...] = getattr(bindings(), name)(*arguments)
    except RuntimeError as error:  # of the bindings: no library, or no such symbol in it
        raise CudaError(name, NOT_FOUND, "CUDA_ERROR_NOT_FOUND", str(error)) from error
    except ValueError as error:  # a status newer than the bindings
        raise _failure(name, UNKNOWN, f"CUDA_ERROR_UNKNOWN, {error}") from error
    return result


def _failure(call: str, code: int, name: str) -> CudaError:
    """The error of a call; a sticky one closes CUDA. At cuInit there is nothing to lose yet."""
    error = CudaError(call, code, name, _hint(call, code))
    if error.is_sticky and call != "cuInit":
        lose(error)
    return error


def _hint(call: str, code: int) -> str:
    if code == UNKNOWN:
        return _UVM if call == "cuInit" else _NO_INTEROP if call.startswith(("cuGraphics", "cuGL")) else _RESTART
    return _HINTS.get(code, "")
