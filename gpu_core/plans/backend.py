"""Which TensorRT there is: `tensorrt` 11 is the target; 10.12 and later and `tensorrt_rtx` speak the same language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gpu_core.errors import PathUnavailable

FLAVOURS = ("tensorrt", "tensorrt_rtx")  # names of modules too; the first that loads is taken
OLDEST = {"tensorrt": (10, 12), "tensorrt_rtx": (1, 2)}  # RTX 1.2: no timing caches since then
REMEDY = "pip install 'mien[cuda]'"

# What of its API is used. Versions drop names, so they are looked for once, not found missing in the middle of a frame.
USED_API = {
    "Builder": ("create_network", "create_builder_config", "create_optimization_profile", "build_serialized_network"),
    "INetworkDefinition": ("num_inputs", "get_input", "num_outputs", "get_output", "unmark_output"),
    "OnnxParser": ("parse", "num_errors", "get_error"),
    "IBuilderConfig": (
        "set_memory_pool_limit", "builder_optimization_level", "max_aux_streams", "progress_monitor",
        "add_optimization_profile", "clear_flag",
    ),
    "IOptimizationProfile": ("set_shape",),
    "IProgressMonitor": ("phase_start", "step_complete", "phase_finish"),
    "Runtime": ("deserialize_cuda_engine",),
    "ICudaEngine": (
        "num_io_tensors", "get_tensor_name", "get_tensor_mode", "get_tensor_dtype", "get_tensor_shape",
        "get_tensor_format", "get_tensor_location", "num_optimization_profiles", "get_tensor_profile_shape",
        "create_execution_context",
    ),
    "IExecutionContext": (
        "set_optimization_profile_async", "set_input_shape", "infer_shapes", "get_tensor_shape", "set_tensor_address",
        "update_device_memory_size_for_shapes", "set_device_memory", "execute_async_v3",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Backend:
    """A TensorRT that has been loaded."""

    flavour: str  # one of FLAVOURS
    module: str  # what a process has to import to get the same
    version: str
    api: Any = field(repr=False, compare=False)  # the module itself

    @property
    def title(self) -> str:
        """For people: "TensorRT 11.4.0"."""
        name = "TensorRT-RTX" if self.is_rtx else "TensorRT"
        return f"{name} {'.'.join(self.version.split('.')[:3])}"

    @property
    def is_rtx(self) -> bool:
        """True for TensorRT-RTX: it builds for a named architecture, without a GPU, and has no timing cache."""
        return self.flavour == "tensorrt_rtx"


def open_backend(flavour: str = "", module: str = "") -> Backend:
    """Load TensorRT: the flavour that is named, or the first there is; `module` where it goes by another name.

    Raises:
        PathUnavailable: there is none that can be used; the text says why and what to install.
    """
    reasons = []
    for candidate in (flavour,) if flavour else FLAVOURS:
        try:
            return _loaded(candidate, import_module(module or candidate))
        except (ImportError, OSError) as error:
            reasons.append((candidate, error))
    raise PathUnavailable(_why_none(reasons))


def is_installed() -> bool:
    """True if there is a TensorRT to load, whether or not it will load; loads nothing."""
    return any(find_spec(flavour) is not None for flavour in FLAVOURS)


def _loaded(flavour: str, api: Any) -> Backend:
    version = str(getattr(api, "__version__", "0"))
    backend = Backend(flavour, api.__name__, version, api)
    oldest = OLDEST[flavour]
    if _numbers(version) < oldest:
        raise PathUnavailable(f"{backend.title} is too old: {'.'.join(map(str, oldest))} or later is needed, {REMEDY}")
    if missing := missing_api(api):
        raise PathUnavailable(f"{backend.title} no longer has {missing[0]}, which this version of Mien uses: {REMEDY}")
    return backend


def missing_api(api: Any) -> list[str]:
    """What of USED_API a module lacks, as "Class.member"."""
    return [
        f"{name}.{member}"
        for name, members in USED_API.items()
        for member in members
        if not hasattr(getattr(api, name, None), member)
    ]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _why_none(reasons: list[tuple[str, ImportError | OSError]]) -> str:
    """Missing altogether is another thing than installed in part."""
    for flavour, error in reasons:
        if not (isinstance(error, ModuleNotFoundError) and error.name == flavour):
            return f"{flavour} is installed but does not load ({error}): {REMEDY}"
    return f"TensorRT is not installed: {REMEDY}"
