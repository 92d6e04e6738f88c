"""The rows of the ablation: from the classic path to all at once, each adding one step to what paid before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gpu_core.settings import EngineSettings

CLASSIC, FULL = "classic", "full"


@dataclass(frozen=True)
class Step:
    """One optimisation: what it changes of the settings that the rows before it have found to pay."""

    name: str
    adds: str
    changes: Mapping[str, Any]

    def on(self, settings: EngineSettings) -> EngineSettings:
        """The settings with this step."""
        return replace(settings, **self.changes)


@dataclass(frozen=True)
class Row:
    """One line of the table: what is measured, or why it cannot be."""

    name: str
    adds: str
    settings: EngineSettings
    missing: str = ""
    kept: bool = field(default=True)  # whether later rows build on it; False: it paid nothing here


def classic(size: int = 512) -> Row:
    """The baseline."""
    adds = "one frame at a time, OpenCV, ONNX Runtime as it comes; with CUDA an FP32 plan and synchronous copies"
    return Row(CLASSIC, adds, EngineSettings(size, path="classic"))


# Asked for by name: what "auto" would choose is not to be guessed from the table.
ON_CPU = (
    Step(
        "conversions",
        "fewer passes over memory that is used again; threads that sleep instead of spinning",
        {
            "path": "host", "inference": "onnxruntime", "precision": "fp32", "depth": 1, "streams": 1,
            "readback": "direct", "conversion": "cpu",
        },
    ),
    Step("openvino", "OpenVINO instead of ONNX Runtime", {"inference": "openvino"}),
    Step("gpu conversion", "OpenGL packs and unpacks, while the network takes floats", {"conversion": "gpu"}),
    Step("bf16", "inference in bf16", {"inference": "openvino", "precision": "bf16"}),
    Step(
        "int8",
        "inference in INT8, which takes the pictures' own bytes",
        {"inference": "openvino", "precision": "int8", "conversion": "cpu"},
    ),
    Step("pipelined", "two in flight: drawing beside inference", {"depth": 2}),
    Step("streams", "two inferences beside each other, a core each; three in flight", {"streams": 2, "depth": 3}),
    Step("faces", "two frames a batch, one framebuffer and one inference", {"faces": 2}),
    Step("pixel buffer", "pictures through pixel buffers", {"readback": "pixel buffer"}),
)  # fmt: skip
ON_GPU = (
    Step(
        "cuda",
        "TensorRT, FP32, pictures copied through the host",
        {
            "path": "cuda", "tier": "host copy", "inference": "auto", "precision": "fp32", "depth": 1, "faces": 1,
            "streams": 0, "readback": "auto", "conversion": "auto",
        },
    ),
    Step("cuda pixel buffer", "pictures through OpenGL's buffers on the GPU", {"tier": "pixel buffer"}),
    Step("cuda image", "kernels read and write the textures in place", {"tier": "image"}),
    Step("cuda fp16", "inference in FP16", {"precision": "fp16"}),
    Step("cuda pipelined", "two in flight", {"depth": 2}),
    Step("cuda faces", "four frames a batch", {"faces": 4}),
)  # fmt: skip
