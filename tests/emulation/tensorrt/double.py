"""A double of TensorRT 11: `sys.modules["tensorrt"] = tests.emulation.tensorrt.double`.

It has the names and signatures of the real one, which a test holds against NVIDIA's bindings, and as much of its
strictness as an application can trip over. What it builds is the ONNX file with a header; what it infers, ONNX Runtime
computes, in its place on the stream of the emulated driver. Enumerations, `Dims`, `ILogger` and `IProgressMonitor` are
the real types.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from typing import Any

import onnx

from tests.emulation.tensorrt.bindings import real_bindings
from tests.emulation.tensorrt.faults import Log, behaviour, made, refusable
from tests.emulation.tensorrt.plan import DTYPES, Head, shape_of, write_plan

_real = real_bindings()
globals().update({name: thing for name, thing in vars(_real).items() if not name.startswith("_")})
__version__ = behaviour().version

from tests.emulation.tensorrt.runtime import ICudaEngine, IExecutionContext, IHostMemory, Runtime  # noqa: E402

_ERROR = _real.ILogger.Severity.ERROR
_CRUMBS = 3  # phases within a step


class ITensor:
    """An input or output of a network."""

    def __init__(self, value: Any) -> None:
        self.name = value.name
        self.shape = _real.Dims(shape_of(value))
        self.dtype = DTYPES[value.type.tensor_type.elem_type]


class INetworkDefinition:
    """A network: the ONNX model that was parsed into it."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._model: Any = None
        self._inputs: list[ITensor] = []
        self._outputs: list[ITensor] = []

    @property
    def num_inputs(self) -> int:
        return len(self._inputs)

    @property
    def num_outputs(self) -> int:
        return len(self._outputs)

    def get_input(self, index: int) -> ITensor:
        return self._inputs[index]

    def get_output(self, index: int) -> ITensor:
        return self._outputs[index]

    @refusable(None)
    def unmark_output(self, tensor: ITensor) -> None:
        self._outputs.remove(tensor)


class _ParserError:
    def __init__(self, text: str) -> None:
        self._text = text

    def desc(self) -> str:
        return self._text

    def node_name(self) -> str:
        return ""

    def node_operator(self) -> str:
        return ""


class OnnxParser:
    """Reads ONNX into a network."""

    def __init__(self, network: INetworkDefinition, logger: Any) -> None:
        self._log = made("OnnxParser", logger, _ERROR)
        self._network = network
        self._errors: list[_ParserError] = []

    @property
    def num_errors(self) -> int:
        return len(self._errors)

    def get_error(self, index: int) -> _ParserError:
        return self._errors[index]

    @refusable(False)
    def parse(self, model: bytes, path: str | None = None) -> bool:
        try:
            loaded = onnx.load_from_string(bytes(model))
            onnx.checker.check_model(loaded)
        except Exception as error:  # noqa: BLE001 (protobuf's and the checker's are many)
            self._errors.append(_ParserError(f"[parser.cpp::parse::1] {error}"))
            return bool(self._log.refuse(False, "Failed to parse the ONNX model"))
        weights = {weight.name for weight in loaded.graph.initializer}
        network = self._network
        network._model = loaded
        network._inputs = [ITensor(value) for value in loaded.graph.input if value.name not in weights]
        network._outputs = [ITensor(value) for value in loaded.graph.output]
        return True


class IOptimizationProfile:
    """Ranges of shapes."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._ranges: dict[str, list[tuple[int, ...]]] = {}

    @refusable(None)
    def set_shape(self, input: str, min: Any, opt: Any, max: Any) -> None:
        shapes = [tuple(min), tuple(opt), tuple(max)]
        if not all(a <= b <= c for a, b, c in zip(*shapes, strict=True)):
            raise ValueError("min <= opt <= max does not hold")
        self._ranges[input] = shapes

    def get_shape(self, input: str) -> list[Any]:
        return [_real.Dims(shape) for shape in self._ranges.get(input, [])]


class ITimingCache:
    """What was measured: here, how many builds have used it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def serialize(self) -> IHostMemory:
        return IHostMemory(self._content + b".")


class IBuilderConfig:
    """How to build."""

    builder_optimization_level = 3
    max_aux_streams = -1
    progress_monitor: Any = None

    def __init__(self, log: Log) -> None:
        self._log = log
        self._profiles: list[IOptimizationProfile] = []
        self._workspace = 0
        self._flags = {_real.BuilderFlag.TF32}
        self._timing: ITimingCache | None = None

    @refusable(None)
    def set_memory_pool_limit(self, pool: Any, pool_size: int) -> None:
        assert pool == _real.MemoryPoolType.WORKSPACE
        self._workspace = pool_size

    @refusable(None)
    def clear_flag(self, flag: Any) -> None:
        self._flags.discard(flag)

    @refusable(-1)
    def add_optimization_profile(self, profile: IOptimizationProfile) -> int:
        self._profiles.append(profile)
        return len(self._profiles) - 1

    @refusable(None)
    def create_timing_cache(self, serialized_timing_cache: bytes) -> ITimingCache | None:
        content = bytes(serialized_timing_cache)
        if content.strip(b"."):
            self._log.refuse(None, "the timing cache is damaged")
            return None
        return ITimingCache(content)

    @refusable(False)
    def set_timing_cache(self, cache: ITimingCache, ignore_mismatch: bool) -> bool:
        self._timing = cache
        return True

    @refusable(None)
    def get_timing_cache(self) -> ITimingCache | None:
        return self._timing


class Builder:
    """Builds plans."""

    def __init__(self, logger: Any) -> None:
        self._log = made("Builder", logger, _ERROR)

    @refusable(None)
    def create_network(self, flags: int = 0) -> INetworkDefinition:
        assert flags & 1 << int(_real.NetworkDefinitionCreationFlag.STRONGLY_TYPED), "TensorRT 10 needs it"
        return INetworkDefinition(self._log)

    @refusable(None)
    def create_builder_config(self) -> IBuilderConfig:
        return IBuilderConfig(self._log)

    @refusable(None)
    def create_optimization_profile(self) -> IOptimizationProfile:
        return IOptimizationProfile(self._log)

    @refusable(None)
    def build_serialized_network(self, network: INetworkDefinition, config: IBuilderConfig) -> IHostMemory | None:
        if behaviour().noise:
            ctypes.CDLL(None).puts(behaviour().noise.encode())
            ctypes.CDLL(None).fflush(None)
        if problem := _problem(network, config):
            return self._log.refuse(None, problem)
        if not _work(config.progress_monitor):
            return self._log.refuse(
                None, "[builder.cpp::build::1] Error Code 1: Internal Error (Build canceled by user)"
            )
        profiles = [profile._ranges for profile in config._profiles]
        outputs = [tensor.name for tensor in network._outputs]
        flags = sorted(flag.name for flag in config._flags)
        return IHostMemory(write_plan(Head(__version__, outputs, profiles, config._workspace, flags), network._model))


def _problem(network: INetworkDefinition, config: IBuilderConfig) -> str:
    """Why this cannot be built."""
    free = [tensor.name for tensor in network._inputs if -1 in tuple(tensor.shape)]
    if free and not config._profiles:
        return f"Network has dynamic or shape inputs, but no optimization profile has been defined: {free}"
    for profile in config._profiles:
        for tensor in network._inputs:
            for shape in profile._ranges.get(tensor.name, [()]):
                if len(shape) != 4 or any(a not in (-1, b) for a, b in zip(tuple(tensor.shape), shape, strict=True)):
                    return f"[profile.cpp::check::1] Error Code 4: {tensor.name} is {tensor.shape}, not {shape}"
    return ""


def _work(monitor: Any) -> bool:
    """Pass the time, telling of nested phases as the real builder does; False if it was told to stop."""
    steps, root, within = behaviour().steps, "Building engine", "Timing tactics"
    tell = monitor if monitor is not None else _real.IProgressMonitor()
    tell.phase_start(root, None, steps)
    for step in range(steps):
        tell.phase_start(within, root, _CRUMBS)
        for crumb in range(_CRUMBS):
            time.sleep(behaviour().step_s / _CRUMBS)
            if not tell.step_complete(within, crumb) and not behaviour().deaf:
                return False
        tell.phase_finish(within)
        if step == behaviour().crash_at:
            os.kill(os.getpid(), signal.SIGSEGV)
        tell.step_complete(root, step)
    tell.phase_finish(root)
    return True


__all__ = ["Builder", "ICudaEngine", "IExecutionContext", "IHostMemory", "OnnxParser", "Runtime"]
