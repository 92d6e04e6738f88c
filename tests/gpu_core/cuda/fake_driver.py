"""A driver for plain tests: answers as `cuda.bindings.driver` does, counts what lives, fails and lags on command."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

from gpu_core.cuda.pinned import PinnedMemory


class Result(IntEnum):
    """The statuses that tests need."""

    CUDA_SUCCESS = 0
    CUDA_ERROR_OUT_OF_MEMORY = 2
    CUDA_ERROR_NO_DEVICE = 100
    CUDA_ERROR_ALREADY_MAPPED = 208
    CUDA_ERROR_INVALID_GRAPHICS_CONTEXT = 219
    CUDA_ERROR_OPERATING_SYSTEM = 304
    CUDA_ERROR_INVALID_HANDLE = 400
    CUDA_ERROR_NOT_READY = 600
    CUDA_ERROR_ILLEGAL_ADDRESS = 700
    CUDA_ERROR_UNKNOWN = 999


class FakeDriver:
    """One device of 8 GB. Attributes may be changed at any time.

    Attributes:
        calls: names of the functions that were called, in order.
        live: handles of everything that was made and not destroyed, with their kind.
        lagging: events are not passed before `catch_up`.
        device_ms: the device's clock.
        null: a function that answers with success and a null handle.
    """

    CUresult = Result
    CUdevice_attribute = SimpleNamespace(
        CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR="major",
        CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR="minor",
        CU_DEVICE_ATTRIBUTE_MPS_ENABLED="mps",
    )
    CUGLDeviceList = SimpleNamespace(CU_GL_DEVICE_LIST_ALL=1)
    CUresourcetype = SimpleNamespace(CU_RESOURCE_TYPE_ARRAY=0)

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.live: dict[int, str] = {}
        self.mapped: set[int] = set()
        self.attributes = {"major": 8, "minor": 9, "mps": 0}
        self.version, self.devices, self.gl_devices = 13050, 1, [0]
        self.lagging, self.device_ms, self.null = False, 0.0, ""
        self._failures: dict[str, Result] = {}
        self._passed: dict[int, float | None] = {}  # event -> when the device passed it
        self._handles = itertools.count(0x1000)
        self._memory: dict[int, Any] = {}

    def fail(self, name: str, code: int = 999) -> None:
        """Have a function answer with an error from now on; 0: no more."""
        self._failures[name] = Result(code)

    @contextmanager
    def failing(self, name: str, code: int = 999) -> Iterator[None]:
        """Have a function answer with an error within the block."""
        self.fail(name, code)
        yield
        self.fail(name, 0)

    def catch_up(self) -> None:
        """Have the device pass everything recorded so far, now."""
        self._passed = {event: self.device_ms if at is None else at for event, at in self._passed.items()}

    def count(self, kind: str) -> int:
        """How many of a kind live."""
        return list(self.live.values()).count(kind)

    def __getattr__(self, name: str) -> Any:
        if not hasattr(type(self), f"_{name}"):
            raise AttributeError(name)
        return lambda *arguments: self._answer(name, *arguments)

    def _answer(self, name: str, *arguments: Any) -> tuple[Any, ...]:
        self.calls.append(name)
        if (code := self._failures.get(name, Result.CUDA_SUCCESS)) != Result.CUDA_SUCCESS:
            return (code, None)
        if name == self.null:
            return (Result.CUDA_SUCCESS, 0)
        answer = getattr(self, f"_{name}")(*arguments)
        return answer if isinstance(answer, tuple) else (Result.CUDA_SUCCESS, answer)

    def _made(self, kind: str) -> int:
        handle = next(self._handles)
        self.live[handle] = kind
        return handle

    def _gone(self, handle: int) -> tuple[Any, ...]:
        known = self.live.pop(handle, None)
        return (Result.CUDA_SUCCESS if known else Result.CUDA_ERROR_INVALID_HANDLE,)

    # ---- driver and devices ----------------------------------------------------------------------------------------

    def _cuInit(self, flags: int) -> None:
        assert flags == 0

    def _cuDriverGetVersion(self) -> int:
        return self.version

    def _cuDeviceGetCount(self) -> int:
        return self.devices

    def _cuDeviceGet(self, index: int) -> int:
        return index

    def _cuDeviceGetName(self, room: int, device: int) -> bytes:
        return f"Fake {device}".encode().ljust(room, b"\0")

    def _cuDeviceGetUuid(self, device: int) -> Any:
        return SimpleNamespace(bytes=bytes(15) + bytes([device]))

    def _cuDeviceGetPCIBusId(self, room: int, device: int) -> bytes:
        return f"0000:{device + 1:02}:00.0".encode() + b"\0garbage"

    def _cuDeviceGetAttribute(self, attribute: str, device: int) -> int:
        return self.attributes[attribute]

    def _cuDeviceTotalMem(self, device: int) -> int:
        return 8 << 30

    def _cuGLGetDevices(self, room: int, which: int) -> tuple[Any, ...]:
        return (Result.CUDA_SUCCESS, len(self.gl_devices), [*self.gl_devices, *[0] * (room - len(self.gl_devices))])

    # ---- events ----------------------------------------------------------------------------------------------------

    def _cuEventCreate(self, flags: int) -> int:
        return self._made("event")

    def _cuEventDestroy(self, event: int) -> tuple[Any, ...]:
        return self._gone(event)

    def _cuEventRecord(self, event: int, stream: int) -> None:
        assert self.live[event] == "event"
        self._passed[event] = None if self.lagging else self.device_ms

    def _cuEventQuery(self, event: int) -> tuple[Any, ...]:
        assert self.live[event] == "event"
        return (Result.CUDA_ERROR_NOT_READY if self._passed[event] is None else Result.CUDA_SUCCESS,)

    def _cuEventSynchronize(self, event: int) -> None:
        self.catch_up()

    def _cuEventElapsedTime(self, first: int, second: int) -> Any:
        begin, end = self._passed[first], self._passed[second]
        return (Result.CUDA_ERROR_NOT_READY, None) if begin is None or end is None else end - begin

    def _cuStreamSynchronize(self, stream: int) -> None:
        self.catch_up()

    # ---- memory ----------------------------------------------------------------------------------------------------

    def _cuMemAllocHost(self, size: int) -> int:
        memory = ctypes.create_string_buffer(size)
        address = ctypes.addressof(memory)
        self.live[address], self._memory[address] = "pinned", memory
        return address

    def _cuMemFreeHost(self, address: int) -> tuple[Any, ...]:
        return self._gone(address)

    def _cuMemcpyAsync(self, target: int, source: int, size: int, stream: int) -> None:
        ctypes.memmove(target, source, size)

    # ---- interop ---------------------------------------------------------------------------------------------------

    def _cuGraphicsGLRegisterImage(self, texture: int, target: int, flags: int) -> int:
        assert (target, flags) == (0x0DE1, 4)
        return self._made("resource")

    def _cuGraphicsGLRegisterBuffer(self, buffer: int, flags: int) -> int:
        return self._made("resource")

    def _cuGraphicsUnregisterResource(self, resource: int) -> tuple[Any, ...]:
        assert resource not in self.mapped
        return self._gone(resource)

    def _cuGraphicsResourceSetMapFlags(self, resource: int, flags: int) -> None:
        assert resource not in self.mapped

    def _cuGraphicsMapResources(self, count: int, address: int, stream: int) -> None:
        resources = set((ctypes.c_uint64 * count).from_address(address))
        assert len(resources) == count
        assert not resources & self.mapped
        self.mapped |= resources

    def _cuGraphicsUnmapResources(self, count: int, address: int, stream: int) -> None:
        resources = set((ctypes.c_uint64 * count).from_address(address))
        assert resources <= self.mapped
        self.mapped -= resources

    def _cuGraphicsSubResourceGetMappedArray(self, resource: int, index: int, level: int) -> int:
        assert resource in self.mapped
        return next(self._handles)

    def CUDA_RESOURCE_DESC(self) -> Any:
        """An empty description of a resource."""
        return SimpleNamespace(res=SimpleNamespace(array=SimpleNamespace()))

    def _cuSurfObjectCreate(self, description: Any) -> int:
        assert description.res.array.hArray
        return self._made("surface")

    def _cuSurfObjectDestroy(self, surface: int) -> tuple[Any, ...]:
        return self._gone(surface)


class FakeStream:
    """A stream: a handle that can be closed."""

    handle = 1

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        """Note it."""
        self.closed = True


class FakeCuda:
    """What the rooms of CUDA want of `driver.Cuda`."""

    def __init__(self) -> None:
        self.info = SimpleNamespace(index=0, mps_enabled=False)

    def stream(self) -> FakeStream:
        """Another stream."""
        return FakeStream()

    def pinned(self, size: int) -> PinnedMemory:
        """Memory of the fake driver's."""
        return PinnedMemory(size)
