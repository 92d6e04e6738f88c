"""Rewrites a trained network so that it computes the same with less: what int8 is made from.

Exact but for the last bits of float arithmetic, on everything that the calibration pictures show:

idle channels   between the two convolutions of a residual block ReLU lets some channels through on no picture at all
                (of swift's encoder half); they go, as far as whole groups of 16 can: a vector register's worth
unfolding       depth-to-space with one pixel's channels side by side copies in runs instead of number by number
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import numpy_helper

_GROUP = 16


class Weights:
    """The weights and biases of a model's convolutions, by layer, read and written in place."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._tensors = {tensor.name: tensor for tensor in model.graph.initializer}
        convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
        self.outputs = {node.input[1].removesuffix(".weight"): node.output[0] for node in convolutions}

    def take(self, layer: str, kind: str) -> NDArray[np.float32]:
        """A layer's "weight" or "bias"."""
        return numpy_helper.to_array(self._tensors[f"{layer}.{kind}"])

    def put(self, layer: str, kind: str, values: NDArray[np.float32]) -> None:
        """Replace it, perhaps by one of another shape."""
        name = f"{layer}.{kind}"
        self._tensors[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), name))


def simplify(model: onnx.ModelProto, pictures: NDArray[np.uint8]) -> None:
    """Rewrite `model` in place; (P, 6, H, W) bytes show what channels do. Layers of other names stay as they are."""
    weights = Weights(model)
    relus = {node.input[0]: node.output[0] for node in model.graph.node if node.op_type == "Relu"}
    blocks = {
        name.removesuffix(".first"): relus[output]
        for name, output in weights.outputs.items()
        if name.endswith(".first")
    }
    for block, highest in zip(blocks, _highest(model, pictures, list(blocks.values())), strict=True):
        _drop_idle(weights, block, highest)
    _unfold_in_runs(model, weights)
    del model.graph.value_info[:]  # shapes of tensors that are narrower now


def _highest(model: onnx.ModelProto, pictures: NDArray[np.uint8], names: list[str]) -> list[NDArray[np.float32]]:
    """For each tensor its channels' largest values over all pictures."""
    if not names:
        return []
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    shown.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])
    source = model.graph.input[0].name
    highest: list[Any] = [0.0] * len(names)
    for picture in pictures:
        tensors = session.run(names, {source: picture[None] / np.float32(255)})
        highest = [np.maximum(old, new.max((0, 2, 3))) for old, new in zip(highest, tensors, strict=True)]
    return highest


def _drop_idle(weights: Weights, block: str, highest: NDArray[np.float32]) -> None:
    """Leave out channels that ReLU never let through; some stay to fill a group."""
    size = min(len(highest), -(-int((highest > 0).sum()) // _GROUP) * _GROUP)
    chosen = np.sort(np.argsort(-highest, kind="stable")[:size])
    for kind in ("weight", "bias"):
        weights.put(f"{block}.first", kind, weights.take(f"{block}.first", kind)[chosen])
    weights.put(f"{block}.second", "weight", weights.take(f"{block}.second", "weight")[:, chosen])


def _unfold_in_runs(model: onnx.ModelProto, weights: Weights) -> None:
    """Reorder what depth-to-space reads: corner by corner, channels side by side (ONNX's mode DCR)."""
    layers = {output: layer for layer, output in weights.outputs.items()}
    for node in model.graph.node:
        if node.op_type != "DepthToSpace" or node.input[0] not in layers:
            continue
        layer = layers[node.input[0]]
        for kind in ("weight", "bias"):
            values = weights.take(layer, kind)
            weights.put(layer, kind, values.reshape(-1, 4, *values.shape[1:]).swapaxes(0, 1).reshape(values.shape))
        next(attribute for attribute in node.attribute if attribute.name == "mode").s = b"DCR"
