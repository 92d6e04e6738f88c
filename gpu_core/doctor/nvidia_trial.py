"""The NVIDIA path, tried in a process of its own: driver, TensorRT, OpenGL beside CUDA, the passage, the plans.

`python -m gpu_core.doctor.nvidia_trial` does what `--path auto` would do, except that it builds no plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gpu_core.cuda.driver import open_cuda, probe
from gpu_core.cuda.opengl_devices import match
from gpu_core.doctor.trial import step
from gpu_core.errors import PathUnavailable
from gpu_core.neural.library import shipped_models
from gpu_core.neural.precisions import file_for_gpu
from gpu_core.plans.backend import open_backend
from gpu_core.plans.cache import PlanCache
from gpu_core.plans.request import plan_request
from gpu_core.settings import EngineSettings

if TYPE_CHECKING:
    from gpu_core.cuda.driver import Cuda


def main() -> None:
    """Try everything in the order in which it is needed."""
    report = probe()
    step("driver", lambda: asdict(report))
    step("watch", _nvml)
    step("compiler", _compiler)
    step("tensorrt", lambda: open_backend().title)
    if report.problem:
        return
    with ExitStack() as owned:
        cuda = step_into("device", owned)
        if cuda is not None:
            step("passage", lambda: _passage(cuda))
            step("plans", lambda: _plans(cuda))


def step_into(name: str, owned: ExitStack) -> Cuda | None:
    """Open context and device; both stay open until `owned` is closed."""
    opened: list[Cuda] = []

    def open_both() -> dict[str, Any]:
        drawn_by = owned.enter_context(_context())
        cuda = owned.enter_context(open_cuda())
        opened.append(cuda)
        told = {"name": cuda.info.name, "index": cuda.info.index, "architecture": cuda.info.architecture}
        why_not = f"{match().reason}; {cuda.gl_remark}" if cuda.gl_remark else ""
        return told | {"opengl": drawn_by, "draws": cuda.gl_device, "why_not": why_not}

    step(name, open_both)
    return opened[0] if opened else None


@contextmanager
def _context() -> Iterator[str]:
    """A headless GL context, and who draws it."""
    from gpu_core.gl.context import headless_context

    with headless_context() as info:
        yield f"{info.renderer} ({info.vendor})"


def _nvml() -> str:
    """NVML's word for the driver's version."""
    import pynvml

    try:
        pynvml.nvmlInit()
        version = str(pynvml.nvmlSystemGetDriverVersion())
        pynvml.nvmlShutdown()
    except pynvml.NVMLError as error:
        raise PathUnavailable(f"NVML: {error}") from error
    return version


def _compiler() -> str:
    """NVRTC's version."""
    from cuda.bindings import nvrtc

    try:
        _, major, minor = nvrtc.nvrtcVersion()
    except RuntimeError as error:  # the bindings' way of saying that there is no such library
        raise PathUnavailable(str(error).partition("\n")[0]) from error
    return f"{major}.{minor}"


def _passage(cuda: Cuda) -> dict[str, str]:
    from gpu_core.cuda.interop import open_interop

    interop = open_interop(cuda)
    told = {"tier": interop.tier, "reason": interop.reason}
    interop.close()
    return told


def _plans(cuda: Cuda) -> dict[str, bool]:
    """For each shipped generator, whether its plan is cached."""
    backend, cache = open_backend(), PlanCache()
    requests = {
        model.name: plan_request(file_for_gpu(model, EngineSettings()), backend, cuda.info)
        for model in shipped_models()
    }
    return {name: cache.get(request) is not None for name, request in requests.items()}


if __name__ == "__main__":
    main()
