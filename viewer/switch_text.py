"""The engine's switches in words: titles, what each does, and the two ways to throw all of them. Pure text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpu_core.settings import EngineSettings

_AUTO = "auto, the best here"


@dataclass(frozen=True)
class Switch:
    """One optimisation: a field of `EngineSettings`, and its values with their titles."""

    field: str
    title: str
    tip: str
    values: Mapping[Any, str]


SWITCHES = (
    Switch(
        "path",
        "Path",
        "The way pixels take to the generator and back",
        {
            "auto": _AUTO,
            "cuda": "CUDA, on the GPU",
            "host": "host, on the processor",
            "classic": "classic, the baseline",
        },
    ),
    Switch(
        "readback",
        "Read-back",
        "How pictures come down from OpenGL on the host path",
        {"auto": _AUTO, "direct": "direct", "pixel buffer": "pixel buffers"},
    ),
    Switch(
        "conversion",
        "Conversion",
        "Who turns pictures into tensors and back on the host path",
        {"auto": _AUTO, "cpu": "processor, OpenCV", "gpu": "OpenGL"},
    ),
    Switch(
        "precision",
        "Precision",
        "In which arithmetic the generator runs",
        {"auto": _AUTO, "fp32": "fp32", "bf16": "bf16", "int8": "INT8", "fp16": "fp16"},
    ),
    Switch(
        "inference",
        "Engine",
        "What runs the generator on the processor",
        {"auto": _AUTO, "openvino": "OpenVINO", "onnxruntime": "ONNX Runtime"},
    ),
    Switch(
        "depth",
        "In flight",
        "Batches on their way at once while a performance plays: more keep everything busy, and are older when they "
        "are shown. What a hand asks for has the engine to itself",
        {1: "1, one after the other", 2: "2", 3: "3"},
    ),
    Switch(
        "faces",
        "Faces a batch",
        "Faces drawn into one picture and inferred together; all wear the same expression here",
        {1: "1", 2: "2", 4: "4"},
    ),
    Switch(
        "streams",
        "Streams",
        "Inferences beside each other on the processor: one with every core answers first, two with half of the cores "
        "each make more frames",
        {0: _AUTO, 1: "1, latency first", 2: "2, throughput first"},
    ),
)
_BY_FIELD = {switch.field: switch for switch in SWITCHES}

# Everything that the classic path knows nothing of is out of the way.
CLASSIC_WAY: Mapping[str, Any] = {
    "path": "classic", "readback": "auto", "conversion": "auto", "precision": "auto", "inference": "auto",
    "depth": 1, "faces": 1, "streams": 0,
}  # fmt: skip


def fast_way(before: EngineSettings | None, usual: EngineSettings) -> Mapping[str, Any]:
    """The switches as they were before the classic way; without a memory of it, as they are at first."""
    back = before if before is not None and before.path != "classic" else usual
    return {switch.field: getattr(back, switch.field) for switch in SWITCHES}


def change_text(changes: Mapping[str, Any]) -> str:
    """A change in a few words: `fp32`, `Read-back: pixel buffers`, `the classic way`."""
    if changes == CLASSIC_WAY:
        return "the classic way, all switches at once"
    if len(changes) > 1:
        return "the switches as they were"
    ((name, value),) = changes.items()
    if name == "precision":
        return str(value)
    switch = _BY_FIELD[name]
    return f"{switch.title}: {switch.values.get(value, value)}"
