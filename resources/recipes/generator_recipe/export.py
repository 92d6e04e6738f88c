"""Writes the trained network as ONNX."""

from __future__ import annotations

import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from generator_recipe.network import INPUT_CHANNELS

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
