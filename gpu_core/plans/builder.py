"""Building a plan with TensorRT, from the ONNX file to bytes. It takes seconds to minutes: `build_process` calls it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gpu_core.errors import PlanCancelled, PlanError
from gpu_core.plans.backend import Backend
from gpu_core.plans.messages import Messages, logger_for, plain, told_shape
from gpu_core.plans.progress import PhaseTree
from gpu_core.plans.request import PlanRequest


@dataclass(frozen=True)
class Built:
    """What a build leaves."""

    plan: bytes
    timing: bytes  # measurements that make the next build on this GPU faster; empty where there is no such thing


@dataclass(frozen=True)
class Listener:
    """Who follows a build. Both are called from TensorRT's threads."""

    told: Callable[[str, float], None] = lambda phase, fraction: None
    stopped: Callable[[], bool] = lambda: False  # True: give up


def build_plan(
    request: PlanRequest, backend: Backend, messages: Messages, *, listener: Listener | None = None, timing: bytes = b""
) -> Built:
    """Build the plan on the current device (TensorRT-RTX: for the architecture, without a device).

    Raises:
        PlanCancelled: `listener.stopped` said so.
        PlanError: TensorRT refuses, or the file is not what was asked for.
    """
    listener = listener or Listener()
    cannot = f"{backend.title} cannot"
    logger = logger_for(backend.api, messages)
    builder = messages.ask(f"{cannot} start", backend.api.Builder, logger)
    network = _network(request, backend, messages, builder, logger)
    config = messages.ask(f"{cannot} be configured", builder.create_builder_config)
    _configure(request, backend, messages, config)
    _add_profiles(request, messages, builder, network, config)
    has_timing = _give_timing(backend, messages, config, timing)
    config.progress_monitor = monitor = _monitor(backend.api, listener)
    try:
        plan = messages.ask(_failing(request, backend), builder.build_serialized_network, network, config)
    except PlanError as error:
        if listener.stopped():
            raise cancelled(request, error.log) from error
        raise
    del monitor  # TensorRT holds no reference of its own to it
    return Built(bytes(plan), bytes(config.get_timing_cache().serialize()) if has_timing else b"")


def cancelled(request: PlanRequest, log: str = "") -> PlanCancelled:
    """That somebody gave it up."""
    return PlanCancelled(f"building the plan of {request.title} was cancelled", log)


def _failing(request: PlanRequest, backend: Backend) -> str:
    return f"{backend.title} cannot build a plan of {request.title} ({request.precision}) for {request.gpu}"


def _network(request: PlanRequest, backend: Backend, messages: Messages, builder: Any, logger: Any) -> Any:
    """The file as a strongly typed network: every layer computes in the type that the file gives it."""
    api = backend.api
    # Required by TensorRT 10; in 11 there is nothing else, and the flag is ignored.
    strongly_typed = 1 << int(api.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = messages.ask(f"{backend.title} cannot start", builder.create_network, strongly_typed)
    parser = messages.ask(f"{backend.title} cannot read ONNX", api.OnnxParser, network, logger)
    what = f"{backend.title} cannot read {request.model.name}"
    try:
        messages.ask(what, parser.parse, _file(request))
    except PlanError as error:
        raise messages.refusal(what, _parser_reason(parser) or _after(str(error), what)) from error
    _keep_one_output(network, request, messages, what)
    return network


def _keep_one_output(network: Any, request: PlanRequest, messages: Messages, what: str) -> None:
    """What nobody looks at is neither computed, nor given memory."""
    outputs = [network.get_output(index) for index in range(network.num_outputs)]
    if request.output not in [tensor.name for tensor in outputs]:
        raise PlanError(f"{request.model.name} has no output {request.output!r}, which its signature names")
    for tensor in outputs:
        if tensor.name != request.output:
            messages.tell(what, network.unmark_output, tensor)


def _file(request: PlanRequest) -> bytes:
    try:
        data = request.model.read_bytes()
    except OSError as error:
        raise PlanError(f"cannot read the generator {request.model}: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != request.model_sha256:
        raise PlanError(f"{request.model} has changed since it was opened: open it again")
    return data


def _parser_reason(parser: Any) -> str:
    """The parser's first complaint, with the node it is about."""
    if not parser.num_errors:
        return ""
    error = parser.get_error(0)
    # "Invalid Node - NAME", and only then what is wrong with it.
    reason = plain(re.sub(r"^Invalid Node - .*\n", "", error.desc()))
    return reason + (f" (node {error.node_name()!r}, {error.node_operator()})" if error.node_operator() else "")


def _after(text: str, what: str) -> str:
    return text.removeprefix(f"{what}: ")


def _configure(request: PlanRequest, backend: Backend, messages: Messages, config: Any) -> None:
    api = backend.api
    what = f"{backend.title} cannot be configured"
    messages.tell(what, config.set_memory_pool_limit, api.MemoryPoolType.WORKSPACE, request.workspace_bytes)
    if not request.tf32:
        messages.tell(what, config.clear_flag, api.BuilderFlag.TF32)
    # Batches in flight have streams of their own: what little a second stream within a batch gains, they would lose.
    config.max_aux_streams = 0
    if backend.is_rtx:
        _aim(request, backend, messages, config)
    else:
        config.builder_optimization_level = request.optimisation_level


def _aim(request: PlanRequest, backend: Backend, messages: Messages, config: Any) -> None:
    """Name the architecture to TensorRT-RTX, which else builds for whatever GPU it finds."""
    capability = getattr(backend.api.ComputeCapability, f"SM{request.architecture}", None)
    what = f"{backend.title} cannot build for {request.gpu}"
    if capability is None:
        raise messages.refusal(what, f"it knows no architecture sm_{request.architecture}")
    config.num_compute_capabilities = 1
    messages.ask(what, config.set_compute_capability, capability, 0)


def _add_profiles(request: PlanRequest, messages: Messages, builder: Any, network: Any, config: Any) -> None:
    """One profile for each range of batches; only one if the batch is fixed, none if nothing is free."""
    said = dict(request.inputs)
    declared = {tensor.name: tuple(tensor.shape) for tensor in map(network.get_input, range(network.num_inputs))}
    if unknown := sorted(declared.keys() ^ said.keys()):
        raise PlanError(f"{request.model.name} and its signature differ about the input {unknown[0]!r}")
    for name, shape in declared.items():
        _check_axes(request, name, shape, said[name])
    if all(length >= 0 for shape in declared.values() for length in shape):
        return
    batch_is_free = any(shape[0] < 0 for shape in declared.values())
    for batches in request.profiles if batch_is_free else request.profiles[:1]:
        profile = messages.ask("TensorRT cannot make a profile", builder.create_optimization_profile)
        for name, shape in declared.items():
            ranges = [(batch if shape[0] < 0 else shape[0], *said[name]) for batch in batches]
            messages.tell(f"TensorRT does not take the shapes of input {name!r}", profile.set_shape, name, *ranges)
        what = f"TensorRT does not take the batches {batches}"
        if messages.ask(what, config.add_optimization_profile, profile) < 0:
            raise messages.refusal(what)


def _check_axes(request: PlanRequest, name: str, shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
    """Raise PlanError unless a file's input can have the signature's axes behind the batch."""
    if len(shape) != 1 + len(axes) or any(have not in (-1, want) for have, want in zip(shape[1:], axes, strict=True)):
        raise PlanError(f"{request.model.name}: input {name!r} is {told_shape(shape)}, not {told_shape((-1, *axes))}")


def _give_timing(backend: Backend, messages: Messages, config: Any, timing: bytes) -> bool:
    """Give the builder its earlier measurements; True if it keeps any. It may say that those are none of its."""
    if backend.is_rtx or not hasattr(config, "create_timing_cache"):
        return False  # RTX: no-ops since 1.2
    for content in (timing, b"") if timing else (b"",):
        try:
            cache = messages.ask("no timing cache", config.create_timing_cache, content)
            messages.ask("no timing cache", config.set_timing_cache, cache, False)
        except PlanError:
            continue
        return True
    return False


def _monitor(api: Any, listener: Listener) -> Any:
    """TensorRT's view of a listener."""
    tree = PhaseTree()

    def tell() -> None:
        listener.told(tree.phase, tree.fraction or 0.0)

    class Monitor(api.IProgressMonitor):  # type: ignore[misc]
        def __init__(self) -> None:
            api.IProgressMonitor.__init__(self)

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            tree.start(phase_name, parent_phase, num_steps)
            tell()

        def step_complete(self, phase_name: str, step: int) -> bool:
            tree.step(phase_name, step)
            tell()
            return not listener.stopped()

        def phase_finish(self, phase_name: str) -> None:
            tree.finish(phase_name)

    return Monitor()
