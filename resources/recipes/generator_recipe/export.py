"""Writes the trained network as ONNX and the card that says what it is."""

from __future__ import annotations

import datetime
import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from generator_recipe.network import INPUT_CHANNELS, OUTPUT_CHANNELS

_OPSET = 17  # what TensorRT 10, OpenVINO and ONNX Runtime all read


class Clamped(nn.Module):
    """The generator with its output clamped to 0..1, as it ships."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pair: Tensor) -> Tensor:
        return self.network(pair).clamp(0.0, 1.0)


def export_onnx(network: nn.Module, size: int, path: Path) -> None:
    """Write `network` for square pictures of `size` with a free batch axis; checked before it replaces the old file."""
    unfinished = path.with_suffix(".unfinished.onnx")
    example = torch.zeros(1, INPUT_CHANNELS, size, size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the tracing exporter: the new one needs more packages
        torch.onnx.export(
            Clamped(network).eval(), (example,), str(unfinished), opset_version=_OPSET, dynamo=False,
            input_names=["pair"], output_names=["face"], dynamic_axes={"pair": {0: "batch"}, "face": {0: "batch"}},
        )  # fmt: skip
    onnx.checker.check_model(str(unfinished))
    unfinished.replace(path)


def write_card(onnx_path: Path, contract: str, size: int, training: dict[str, Any], quality: dict[str, Any]) -> Path:
    """Write the card beside the network: `gpu_core.neural.model` reads it, people do too."""
    layout = {"layout": "NCHW", "dtype": "float32", "order": "rgb", "mean": 0.0, "std": 1.0}
    card = {
        "schema": 1,
        "name": onnx_path.stem,
        "sha256": hashlib.sha256(onnx_path.read_bytes()).hexdigest(),
        "size": size,
        "contract": contract,
        "input": {
            "name": "pair", "channels": INPUT_CHANNELS, "range": [0, 1], **layout,
            "meaning": "texture image RGB, render image RGB; sRGB-encoded, premultiplied over black, top row first",
        },
        "output": {
            "name": "face", "channels": OUTPUT_CHANNELS, "range": [0, 1], **layout,
            "meaning": "RGB and alpha; sRGB-encoded, premultiplied, top row first",
        },
        "batch": "any; trained and measured at 1",
        "training": training,
        "quality": quality,
        "licence": "CC0-1.0",
        "made": datetime.date.today().isoformat(),
    }  # fmt: skip
    path = onnx_path.with_suffix(".json")
    unfinished = path.with_suffix(".unfinished.json")
    unfinished.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(path)
    return path
