"""The runtime half of TensorRT's double: engines that ONNX Runtime computes, on the emulated driver's streams."""

from __future__ import annotations

import ctypes
import itertools
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from cuda.bindings import driver

from tests.emulation.tensorrt.bindings import real_bindings
from tests.emulation.tensorrt.faults import Log, behaviour, made, refusable
from tests.emulation.tensorrt.plan import DTYPES, NUMPY, Head, read_plan, shape_of

_real = real_bindings()
_ERROR = _real.ILogger.Severity.ERROR
_INPUT, _OUTPUT = _real.TensorIOMode.INPUT, _real.TensorIOMode.OUTPUT
ALIGNMENT = 256
SCRATCH_BYTES = 65536  # of a context, for each face in its batch


class IHostMemory(bytearray):
    """Bytes that belong to TensorRT."""

    @property
    def nbytes(self) -> int:
        return len(self)


class Runtime:
    """Loads plans."""

    def __init__(self, logger: Any) -> None:
        self._log = made("Runtime", logger, _ERROR)

    @refusable(None)
    def deserialize_cuda_engine(self, serialized_engine: bytes) -> ICudaEngine | None:
        try:
            head, network = read_plan(bytes(serialized_engine))
        except ValueError as error:
            return self._log.refuse(None, str(error))
        if head.version != behaviour().version:
            return self._log.refuse(None, "The engine plan file is not compatible with this version of TensorRT")
        status, weights = driver.cuMemAlloc(len(network))
        if status != driver.CUresult.CUDA_SUCCESS:
            return self._log.refuse(None, f"[weights.cpp::load::1] Error Code 2: OutOfMemory ({status.name})")
        return self._engine(head, network, weights)

    def _engine(self, head: Head, network: bytes, weights: Any) -> ICudaEngine:
        return ICudaEngine(self._log, head, network, weights)


class ICudaEngine:
    """A plan that has been loaded. Its weights take memory on the device until it is gone."""

    def __init__(self, log: Log, head: Head, network: bytes, weights: Any) -> None:
        self._log, self._head, self._weights = log, head, weights
        model = onnx.load_from_string(network)
        own = {weight.name for weight in model.graph.initializer}
        inputs = {value.name: value for value in model.graph.input if value.name not in own}
        outputs = {value.name: value for value in model.graph.output if value.name in head.outputs}
        self._modes = dict.fromkeys(inputs, _INPUT) | dict.fromkeys(outputs, _OUTPUT)
        self._values = inputs | outputs
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._network = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])

    def __del__(self) -> None:
        driver.cuMemFree(self._weights)

    @property
    def num_io_tensors(self) -> int:
        return len(self._modes)

    @property
    def num_optimization_profiles(self) -> int:
        return max(1, len(self._head.profiles))

    def get_tensor_name(self, index: int) -> str:
        return list(self._modes)[index]

    def get_tensor_mode(self, name: str) -> Any:
        return self._modes.get(name, _real.TensorIOMode.NONE)

    def get_tensor_dtype(self, name: str) -> Any:
        return DTYPES[self._values[name].type.tensor_type.elem_type]

    def get_tensor_shape(self, name: str) -> Any:
        return _real.Dims(shape_of(self._values[name]))

    def get_tensor_location(self, name: str) -> Any:
        return _real.TensorLocation.DEVICE

    def get_tensor_format(self, name: str) -> Any:
        return _real.TensorFormat.LINEAR

    def get_tensor_profile_shape(self, name: str, profile_index: int) -> list[Any]:
        return [_real.Dims(shape) for shape in self._head.profiles[profile_index][name]]

    @refusable(None)
    def create_execution_context(
        self, strategy: Any = _real.ExecutionContextAllocationStrategy.STATIC
    ) -> IExecutionContext | None:
        return self._context(strategy)

    def _context(self, strategy: Any) -> IExecutionContext:
        return IExecutionContext(self, strategy)


@dataclass(frozen=True)
class _Run:
    """One inference, as it was set up when it was put on a stream."""

    engine: ICudaEngine
    shapes: dict[str, tuple[int, ...]]
    addresses: dict[str, int]
    scratch: tuple[int, int]

    def __call__(self) -> None:
        ctypes.memset(self.scratch[0], 0xA5, self.scratch[1])
        fed = {name: self._view(name, shape) for name, shape in self.shapes.items()}
        names = self.engine._head.outputs
        for name, result in zip(names, self.engine._network.run(names, fed), strict=True):
            self._view(name, result.shape)[...] = result

    def _view(self, name: str, shape: tuple[int, ...]) -> Any:
        dtype = np.dtype(NUMPY[self.engine.get_tensor_dtype(name)])
        memory = (ctypes.c_uint8 * (math.prod(shape) * dtype.itemsize)).from_address(self.addresses[name])
        return np.ctypeslib.as_array(memory).view(dtype).reshape(shape)


class IExecutionContext:
    """Runs an engine. As strict as the real one about shapes, addresses, memory and what can be captured."""

    def __init__(self, engine: ICudaEngine, strategy: Any) -> None:
        self._log = engine._log
        self._own_memory = strategy != _real.ExecutionContextAllocationStrategy.USER_MANAGED
        self.engine = engine
        self._profile = 0
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._addresses: dict[str, int] = {}
        self._scratch = (0, 0)
        self._ran = False  # with these shapes
        self._tickets: list[int] = []

    def __del__(self) -> None:
        for ticket in self._tickets:
            _runs.pop(ticket, None)

    @refusable(False)
    def set_optimization_profile_async(self, profile_index: int, stream_handle: int) -> bool:
        self._profile = profile_index
        self._ran = False
        return profile_index < self.engine.num_optimization_profiles

    @refusable(False)
    def set_input_shape(self, name: str, shape: tuple[int, ...]) -> bool:
        if self.engine.get_tensor_mode(name) != _INPUT:
            return self._refuse(f"Given invalid tensor name: {name}")
        declared = tuple(self.engine.get_tensor_shape(name))
        if len(declared) != len(shape) or any(a not in (-1, b) for a, b in zip(declared, shape, strict=True)):
            return self._refuse(f"Static dimension mismatch for {name}: {shape} against {declared}")
        for ranges in self.engine._head.profiles[self._profile : self._profile + 1]:
            least, _, most = ranges[name]
            if not all(a <= b <= c for a, b, c in zip(least, shape, most, strict=True)):
                return self._refuse(f"Supplied shape {shape} for {name} is outside profile {self._profile}")
        self._ran = self._ran and self._shapes.get(name) == tuple(shape)
        self._shapes[name] = tuple(shape)
        return True

    def infer_shapes(self) -> list[str]:
        return [name for name, mode in self.engine._modes.items() if mode == _INPUT and name not in self._shapes]

    def get_tensor_shape(self, name: str) -> Any:
        """All networks here are pictures in, pictures out: the batch passes through."""
        if name in self._shapes:
            return _real.Dims(self._shapes[name])
        declared = tuple(self.engine.get_tensor_shape(name))
        batch, *_ = next(iter(self._shapes.values()), (-1,))
        return _real.Dims((batch if declared[0] == -1 else declared[0], *declared[1:]))

    @refusable(False)
    def set_tensor_address(self, name: str, memory: int) -> bool:
        if name not in self.engine._modes:
            return self._refuse(f"Given invalid tensor name: {name}")
        if memory % ALIGNMENT:
            return self._refuse(f"the address of {name} must be {ALIGNMENT}-byte aligned")
        self._addresses[name] = memory
        return True

    def update_device_memory_size_for_shapes(self) -> int:
        batch, *_ = next(iter(self._shapes.values()), (0,))
        return SCRATCH_BYTES * batch

    @refusable(None)
    def set_device_memory(self, memory: int, size: int) -> None:
        if memory % ALIGNMENT or size < self.update_device_memory_size_for_shapes():
            self._refuse("the device memory is misaligned or too small")
        else:
            self._scratch = (memory, self.update_device_memory_size_for_shapes())

    @refusable(False)
    def execute_async_v3(self, stream_handle: int) -> bool:
        if problem := self._problem(stream_handle):
            return self._refuse(f"[context.cpp::enqueueV3::1] Error Code 3: API Usage Error ({problem})")
        self._put_on(stream_handle)
        self._ran = True
        return True

    def _put_on(self, stream_handle: int) -> None:
        run = _Run(self.engine, dict(self._shapes), dict(self._addresses), self._scratch)
        ticket = next(_numbers)
        _runs[ticket] = run
        self._tickets.append(ticket)
        self._forget_old()
        _enqueue(stream_handle, ticket)

    def _problem(self, stream_handle: int) -> str:
        """Why this cannot be run now."""
        if missing := self.infer_shapes():
            return f"the shape of {missing} is not set"
        if missing := [name for name in self.engine._modes if not self._addresses.get(name)]:
            return f"the address of {missing} is not set"
        if not self._own_memory and not self._scratch[0]:
            return "no device memory was given"
        status, capturing = driver.cuStreamIsCapturing(driver.CUstream(stream_handle))
        if status != driver.CUresult.CUDA_SUCCESS:
            return f"Cuda Driver: {status.name}"
        if capturing == driver.CUstreamCaptureStatus.CU_STREAM_CAPTURE_STATUS_ACTIVE and not self._ran:
            return "captured before it has run with these shapes"
        return ""

    def _forget_old(self) -> None:
        """Runs outside a graph happen once; what was captured is among the first ones, which are kept."""
        while len(self._tickets) > MOST_TICKETS:
            _runs.pop(self._tickets.pop(MOST_TICKETS // 2), None)

    def _refuse(self, text: str) -> bool:
        return bool(self._log.refuse(False, text))


MOST_TICKETS = 64
_numbers = itertools.count(1)
_runs: dict[int, _Run] = {}
misuses: list[str] = []  # what an application must never do, and TensorRT would answer with a crash


@ctypes.CFUNCTYPE(None, ctypes.c_void_p)
def _happen(ticket: int) -> None:
    run = _runs.get(ticket)
    library = ctypes.CDLL("libcuda.so.1")
    if run is None:
        if not _is_lost(library):  # a lost device does not come to it any more: nobody has to wait for that
            misuses.append("work of an execution context ran after the context was gone")
        return
    library.mien_device_access(1)  # as kernels have it
    try:
        run()
    finally:
        library.mien_device_access(0)


def _is_lost(library: ctypes.CDLL) -> bool:
    library.mien_report.restype = ctypes.c_char_p
    return bool(json.loads(library.mien_report())["sticky"])


def _enqueue(stream_handle: int, ticket: int) -> None:
    """Put an inference on a stream of the emulated driver."""
    library = ctypes.CDLL("libcuda.so.1")
    library.mien_enqueue.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    library.mien_enqueue(stream_handle, ctypes.cast(_happen, ctypes.c_void_p), ticket)
