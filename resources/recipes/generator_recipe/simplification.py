"""Rewrites a trained network so that it computes the same with less: what int8 is made from.

Exact but for the last bits of float arithmetic, on everything the calibration pictures show:

idle channels   between the two convolutions of a residual block ReLU left 87 of 176 channels at zero for every picture
                tried; they go, as far as whole groups of 16 can (a vector register's worth)
equal channels  a tensor's int8 step follows its widest channel: channels are scaled to alike ranges, their writers'
                weights divided and their readers' multiplied (Nagel et al. 2019, Data-Free Quantization, section 4.1)
unfolding       depth-to-space with the channels of one pixel side by side copies in runs instead of bytes
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import numpy_helper

_GROUP = 16  # channels that a vector instruction takes at once
_WEAKEST = 0.02  # of the widest channel: a channel's range is taken as no smaller
Floats = NDArray[np.float32]


class Weights:
    """The named weights and biases of a model, read and written in place."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self._tensors = {tensor.name: tensor for tensor in model.graph.initializer}
        convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
        self._of = {node.output[0]: list(node.input[1:3]) for node in convolutions}
        self.outputs = {node.input[1].removesuffix(".weight"): node.output[0] for node in convolutions}

    def take(self, layer: str, kind: str) -> Floats:
        return numpy_helper.to_array(self._tensors[f"{layer}.{kind}"]).copy()

    def put(self, layer: str, kind: str, values: NDArray[np.floating]) -> None:
        name = f"{layer}.{kind}"
        self._tensors[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))

    def scale_rows(self, layer: str, factors: Floats) -> None:
        """Multiply what a convolution writes."""
        self.put(layer, "weight", self.take(layer, "weight") * factors[:, None, None, None])
        self.put(layer, "bias", self.take(layer, "bias") * factors)

    def scale_columns(self, layer: str, factors: Floats) -> None:
        """Multiply the weights of what a convolution reads first."""
        weight = self.take(layer, "weight")
        weight[:, : len(factors)] *= factors[None, :, None, None]
        self.put(layer, "weight", weight)


def simplify(model: onnx.ModelProto, pictures: NDArray[np.uint8]) -> None:
    """Rewrite `model` in place; (P, 6, H, W) bytes show what channels do. Networks of other names stay as they are."""
    weights = Weights(model)
    blocks = [name.removesuffix(".first") for name in weights.outputs if name.endswith(".first")]
    streams = list(_streams(weights))
    relus = {node.input[0]: node.output[0] for node in model.graph.node if node.op_type == "Relu"}
    adds = {name: node.output[0] for node in model.graph.node if node.op_type == "Add" for name in node.input}
    inner = {block: relus[weights.outputs[f"{block}.first"]] for block in blocks}
    kept = {level: [t for t in _stream_tensors(weights, writers, relus, adds)] for level, writers, _ in streams}
    last = {"tail": relus[weights.outputs["network.tail"]]} if "network.tail" in weights.outputs else {}
    wanted = sorted({*inner.values(), *last.values(), *(name for names in kept.values() for name in names)})
    ranges = _channel_ranges(model, pictures, wanted)
    for (level, writers, readers), names in zip(streams, kept.values(), strict=True):
        _equalise(weights, writers, readers, [ranges[name] for name in names])
    for block, name in inner.items():
        _equalise(weights, [(f"{block}.first", 1)], [f"{block}.second"], [ranges[name]])
        _drop_idle(weights, block, ranges[name])
    for name in last.values():
        _equalise(weights, [("network.tail", 1)], ["network.head"], [ranges[name]])
    _unfold_in_runs(model, weights)
    del model.graph.value_info[:]  # shapes of tensors that are narrower now


def _streams(weights: Weights) -> Iterator[tuple[int, list[tuple[str, int]], list[str]]]:
    """For each level: the convolutions that write its sum, with corners a channel, and those that read it."""
    layers = [name.removeprefix("network.") for name in weights.outputs if name.startswith("network.")]
    for level in count():
        here = [name for name in layers if name.split(".")[:2] in (["encode", str(level)], ["decode", str(level)])]
        if not here:
            return
        writers = [("stem" if level == 0 else f"down.{level - 1}", 1)]
        writers += [(name, 1) for name in here if name.endswith(".second")]
        readers = [name for name in here if name.endswith(".first")]
        readers.append("tail" if level == 0 else f"up.{level - 1}")
        if f"down.{level}" in layers:
            writers.append((f"up.{level}", 4))
            readers.append(f"down.{level}")
        yield level, [(f"network.{n}", c) for n, c in writers], [f"network.{n}" for n in readers]


def _stream_tensors(
    weights: Weights, writers: list[tuple[str, int]], relus: dict[str, str], adds: dict[str, str]
) -> Iterator[str]:
    """The names of a level's tensors: what its writers end in."""
    for layer, corners in writers:
        output = weights.outputs[layer]
        if corners == 1:
            yield adds[output] if output in adds else relus[output]


def _channel_ranges(
    model: onnx.ModelProto, pictures: NDArray[np.uint8], names: list[str]
) -> dict[str, tuple[Floats, Floats]]:
    """For each tensor its channels' least and largest values over the pictures, neither beyond 0."""
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    shown.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])
    ranges: dict[str, tuple[Floats, Floats]] = {}
    for picture in pictures if names else ():
        values = session.run(names, {model.graph.input[0].name: picture[None] / np.float32(255)})
        for name, tensor in zip(names, values, strict=True):
            low, high = ranges.get(name, (np.float32(0), np.float32(0)))
            ranges[name] = np.minimum(low, tensor.min((0, 2, 3))), np.maximum(high, tensor.max((0, 2, 3)))
    return ranges


def _equalise(
    weights: Weights, writers: list[tuple[str, int]], readers: list[str], ranges: list[tuple[Floats, Floats]]
) -> None:
    """Divide channels by their widths, as the tensors they run through have them on average."""
    widths = [np.maximum(high - low, _WEAKEST * (high - low).max()) for low, high in ranges]
    factors = np.exp(np.mean([np.log(width / width.max()) for width in widths], axis=0)).astype(np.float32)
    for layer, corners in writers:
        weights.scale_rows(layer, np.repeat(1 / factors, corners))
    for layer in readers:
        weights.scale_columns(layer, factors)


def _drop_idle(weights: Weights, block: str, ranges: tuple[Floats, Floats]) -> None:
    """Leave out channels that ReLU never let through; some stay to fill a group."""
    high = ranges[1]
    size = min(len(high), -(-int((high > 0).sum()) // _GROUP) * _GROUP)
    chosen = np.sort(np.argsort(-high, kind="stable")[:size])
    for kind in ("weight", "bias"):
        weights.put(f"{block}.first", kind, weights.take(f"{block}.first", kind)[chosen])
    weights.put(f"{block}.second", "weight", weights.take(f"{block}.second", "weight")[:, chosen])


def _unfold_in_runs(model: onnx.ModelProto, weights: Weights) -> None:
    """Reorder what depth-to-space reads: corner by corner, channels side by side (ONNX's DCR)."""
    layers = {output: layer for layer, output in weights.outputs.items()}
    for node in model.graph.node:
        if node.op_type != "DepthToSpace" or node.input[0] not in layers:
            continue
        layer = layers[node.input[0]]
        for kind in ("weight", "bias"):
            values = weights.take(layer, kind)
            weights.put(layer, kind, values.reshape(-1, 4, *values.shape[1:]).swapaxes(0, 1).reshape(values.shape))
        node.attribute[[a.name for a in node.attribute].index("mode")].s = b"DCR"
