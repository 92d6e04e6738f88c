"""OpenGL's textures and buffers registered with CUDA: once each, mapped together, never twice.

A registered object is OpenGL's until it is mapped and again once it is unmapped: mapping puts CUDA's work behind what
OpenGL was told before, unmapping puts OpenGL's next work behind the stream. Neither makes the CPU wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpu_core.cuda.calls import SUCCESS, call, release
from gpu_core.errors import CudaError

_TEXTURE_2D = 0x0DE1  # GL_TEXTURE_2D
_SURFACE_LOAD_STORE = 4  # CU_GRAPHICS_REGISTER_FLAGS_SURFACE_LDST
_READ_ONLY, _WRITE_DISCARD = 1, 2  # CU_GRAPHICS_MAP_RESOURCE_FLAGS_*


@dataclass(eq=False)
class Registered:
    """One object of OpenGL's, registered."""

    handle: Any  # CUgraphicsResource
    use: int = 0  # the flags it is mapped with
    stream: Any = None  # where it is mapped; None while it is OpenGL's


class Registrations:
    """Everything one tier has registered; the owner closes it. Needs the GL context that the objects belong to.

    All methods but `forget`, `close` and `abandon` raise CudaError if the driver refuses, or answers with success and a
    null handle.
    """

    def __init__(self) -> None:
        self._known: dict[int, Registered] = {}

    def texture(self, name: int) -> Registered:
        """A 2D texture for kernels to read and write in place."""
        register = "cuGraphicsGLRegisterImage"
        return self._registered(name, register, lambda: call(register, name, _TEXTURE_2D, _SURFACE_LOAD_STORE))

    def buffer(self, name: int) -> Registered:
        """A buffer as linear memory."""
        register = "cuGraphicsGLRegisterBuffer"
        return self._registered(name, register, lambda: call(register, name, 0))

    def _registered(self, name: int, call_name: str, register: Callable[[], Any]) -> Registered:
        if name not in self._known:
            self._known[name] = Registered(not_null(register(), call_name))
        return self._known[name]

    @contextmanager
    def mapped(self, reads: Sequence[Registered], writes: Sequence[Registered], stream: Any) -> Iterator[None]:
        """Give objects to CUDA for the length of the block, with one call: what is read stays, what is written is lost.

        They are OpenGL's again afterwards, also if the block raises. What cannot be given back is registered anew.

        Raises:
            RuntimeError: one of them is mapped already.
        """
        chosen = [*reads, *writes]
        if len({id(entry) for entry in chosen}) < len(chosen) or any(entry.stream is not None for entry in chosen):
            raise RuntimeError("this texture is mapped already")
        for entry in chosen:
            self._declare(entry, _WRITE_DISCARD if entry in writes else _READ_ONLY)
        _on_all(call, "cuGraphicsMapResources", chosen, stream)
        for entry in chosen:
            entry.stream = stream
        try:
            yield
        except BaseException:
            self._unmap(chosen, release)
            raise
        self._unmap(chosen, call)

    def _declare(self, entry: Registered, use: int) -> None:
        """Tell the driver what CUDA will do with an object, if that is new."""
        if entry.use != use:
            call("cuGraphicsResourceSetMapFlags", entry.handle, use)
            entry.use = use

    def _unmap(self, chosen: Sequence[Registered], by: Callable[..., Any]) -> None:
        try:
            if held := [entry for entry in chosen if entry.stream is not None]:  # the others were forgotten meanwhile
                _on_all(by, "cuGraphicsUnmapResources", held, held[0].stream)
        except CudaError:
            for name in [name for name, entry in self._known.items() if entry in chosen]:
                self.forget(name)
            raise
        for entry in chosen:
            entry.stream = None

    def forget(self, name: int) -> None:
        """Unregister an object, before OpenGL deletes it; nothing happens if it is not known."""
        entry = self._known.pop(name, None)
        if entry is None:
            return
        if entry.stream is not None:
            _on_all(release, "cuGraphicsUnmapResources", [entry], entry.stream)
            entry.stream = None
        release("cuGraphicsUnregisterResource", entry.handle)

    def abandon(self) -> None:
        """The device is lost: forget everything without calling CUDA."""
        self._known.clear()

    def close(self) -> None:
        """Unregister everything; idempotent."""
        for name in tuple(self._known):
            self.forget(name)


def not_null(handle: Any, call_name: str) -> Any:
    """The handle that a call answered with.

    Raises:
        CudaError: it is null, which drivers without this passage were seen to answer with success.
    """
    if not int(handle):
        raise CudaError(call_name, SUCCESS, "CUDA_SUCCESS", "with a null handle: this driver does not serve it")
    return handle


def _on_all(by: Callable[..., Any], name: str, entries: Sequence[Registered], stream: Any) -> None:
    """One call for many objects: the bindings want the address of an array of handles."""
    handles = np.array([int(entry.handle) for entry in entries], np.uint64)
    by(name, len(entries), int(handles.ctypes.data), stream.handle)
