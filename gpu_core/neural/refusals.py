"""Why a setting cannot have a value here, for every switch there is: for whoever offers them.

It reads no network and opens nothing, but asks the driver and OpenVINO once: keep it off threads that must not wait.
What is found out only by opening a path is told by `Engine.configure`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpu_core.cuda.driver import probe
from gpu_core.neural.classic_path import refusal
from gpu_core.neural.conversions import why_not
from gpu_core.neural.model import GeneratorModel
from gpu_core.openvino_import import import_openvino
from gpu_core.plans.backend import is_installed
from gpu_core.settings import CONVERSIONS, DEEPEST, MOST_STREAMS, READBACKS, EngineSettings

FACES = (1, 2, 4)  # that a window offers
Reasons = Mapping[Any, str]  # by value: "" or why not


def refusals(model: GeneratorModel | None, settings: EngineSettings, path: str) -> Mapping[str, Reasons]:
    """For every field but `precision`, its values with "" or a reason. `path` is the name of the one in use."""
    if model is None:
        return {}
    alone = "" if path != "classic" else "the classic path makes one frame at a time"
    hosts = "" if path == "host" else f"only the host path has this choice, and it is {path} that runs"
    converts = hosts or why_not(model.signature, settings.size)
    return {
        "path": {"auto": "", "cuda": _why_no_cuda(), "host": "", "classic": refusal(model, settings)},
        "readback": dict.fromkeys(READBACKS, hosts),
        "conversion": dict.fromkeys(CONVERSIONS, hosts) | {"gpu": converts},
        "inference": {"auto": "", "openvino": _why_no_openvino(path), "onnxruntime": _not_on_gpu(path)},
        "depth": {depth: alone if depth > 1 else "" for depth in range(1, DEEPEST + 1)},
        "faces": dict.fromkeys(FACES, ""),
        "streams": dict.fromkeys(range(MOST_STREAMS + 1), hosts),
    }


def _why_no_cuda() -> str:
    if not is_installed():
        return "TensorRT is not installed: the path cuda needs mien[cuda] and an NVIDIA GPU"
    return probe().problem


def _why_no_openvino(path: str) -> str:
    if path == "classic":
        return "the classic path runs ONNX Runtime"
    try:
        import_openvino()
    except ImportError as error:
        return f"OpenVINO is not installed here ({error})"
    return _not_on_gpu(path)


def _not_on_gpu(path: str) -> str:
    return "TensorRT infers on the GPU" if path == "cuda" else ""
