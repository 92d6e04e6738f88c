"""Runs a generator's ONNX file operation by operation in PyTorch: what its authors' framework takes, uncompiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper


class TorchNetwork:
    """Calls like a module: tensors by input name -> the output."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(path).graph
        self._constants = {tensor.name: _tensor(tensor) for tensor in graph.initializer}
        self._output = graph.output[0].name
        self._steps: list[tuple[Callable[..., Any], list[str], dict[str, Any], str]] = []
        for node in graph.node:
            how = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
            if node.op_type == "Constant":
                self._constants[node.output[0]] = _tensor(how["value"])
            elif node.op_type in OPERATIONS:
                self._steps.append((OPERATIONS[node.op_type], list(node.input), how, node.output[0]))
            else:
                raise SystemExit(f"this network needs {node.op_type}, which the PyTorch row does not know")

    def move(self, place: Callable[[Any], Any]) -> None:
        """Replace every weight by what `place` makes of it: on another device, in another order in memory."""
        self._constants = {name: place(tensor) for name, tensor in self._constants.items()}

    def __call__(self, given: dict[str, Any]) -> Any:
        """Run the network."""
        values = self._constants | given
        with torch.no_grad():
            for operation, names, how, result in self._steps:
                values[result] = operation(*(values.get(name) for name in names), **how)
        return values[self._output]


def _tensor(stored: Any) -> Any:
    return torch.from_numpy(np.array(numpy_helper.to_array(stored)))


def _convolution(x: Any, weight: Any, bias: Any = None, **how: Any) -> Any:
    pads = how.get("pads", [0, 0, 0, 0])
    if how.get("auto_pad", b"NOTSET") != b"NOTSET" or pads[:2] != pads[2:]:
        raise SystemExit("this network pads unevenly, which the PyTorch row does not know")
    options = {"stride": how.get("strides", [1, 1]), "padding": pads[:2], "dilation": how.get("dilations", [1, 1])}
    return torch.nn.functional.conv2d(x, weight, bias, groups=how.get("group", 1), **options)


def _depth_to_space(x: Any, blocksize: int, mode: bytes = b"DCR") -> Any:
    if mode == b"DCR":  # the depth's outermost part is the block's row and column; PixelShuffle has it innermost
        batch, depth, height, width = x.shape
        parts = x.reshape(batch, blocksize**2, depth // blocksize**2, height, width)
        x = parts.transpose(1, 2).reshape(batch, depth, height, width)
    return torch.nn.functional.pixel_shuffle(x, blocksize)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "Conv": _convolution,
    "Relu": torch.relu,
    "Add": torch.add,
    "Concat": lambda *parts, axis: torch.cat(parts, axis),
    "DepthToSpace": _depth_to_space,
    "Clip": torch.clamp,
}
