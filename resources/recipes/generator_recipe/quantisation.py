"""Writes a generator's smaller siblings: FP16 for TensorRT, int8 for CPUs with VNNI.

Tried for int8 at 512x512, against FP32 on held-out pictures over black. Times are OpenVINO's with float layers in bf16,
two threads, medians of a quiet machine, each row beside its network in FP32; ONNX Runtime FP32 took 35 to 36 ms.

| what | PSNR / dB | FLIP | ms |
|---|---|---|---|
| first swift (0.94 M parameters): bf16, no int8 | 62.6 | 0.0075 | 14.2 |
| NNCF 3.4, mixed preset, fast bias correction, on the ONNX graph | 9.2 | 0.437 | 9.1 |
| ONNX Runtime's quantize_static, QDQ, MinMax, per channel | 39.8 | 0.042 | 9.5 |
| steps of least squared error, weights rounded to the nearest | 41.4 | 0.040 | |
| weights rounded by GPTQ, means corrected | 51.0 | 0.013 | |
| with it: percentile ranges 99.99 (99.9) | 44.1 (31.7) | 0.020 (0.062) | |
| with it: activations' channels equalised | 51.5 | 0.012 | |
| this swift (0.70 M): bf16, no int8 | | | 14.4 |
| everything int8, skips rounded, concatenations split | 52.2 | 0.0143 | 9.9 |
| head and tail float | 53.4 | 0.0128 | 10.6 |
| decode.0, up, tail, head float | 54.6 | 0.0114 | 11.4 |
| stem, encode.0 and down.0 float as well | 55.1 | 0.0107 | 11.7 |
| decode.0, up, tail, head and every addition float | 56.9 | 0.0088 | 11.3 |

The last layer passes the render image on with weights near 1 beside small corrections: rounded to the nearest, it alone
comes to 41.8 dB. The shipped swift, trained on, came to 54.1 dB and 0.0128 that way: bf16 rounded the picture itself
on its way through. So then, in milliseconds of one core and on another, slower day (ONNX Runtime FP32: 105):

| what | FLIP | core-ms |
|---|---|---|
| OpenVINO fp32; bf16 | 0; 0.0073 | 99; 49.5 |
| the file of the last row above; its floats in fp32 | 0.0128; 0.0084 | 35.4; 50 |
| everything int8, sums too and fused (SNIPPETS_MODE=DISABLE), the picture's way exact | 0.0168 | 24 |
| with it: steps by least error of the output, channels equalised by what it feels of them | 0.0131 | 24 |
| with it: quantisation-aware training (150 steps, no more time); biases corrected in turn | no gain | |
| with it: sums float; also features of decode.0, tail and head float | 0.0110; 0.0096 | 27 |
| idle channels gone, tail and head split, bytes in and out; sums, decode.0, up, features float | 0.0099 | 28.5 |
| with it: channels of residual blocks (of all levels) equalised by their ranges | 0.0102 (0.0142) | |
| with it: encode.0 float | 0.0097 | 30 |
| **with it: the picture passes as bytes, not as bf16: this module** | 0.0093 | 30 |

Three held-out pictures a row; the shipped file's card has all. Two-by-two transposed convolutions instead of 1x1 and
depth-to-space were no faster once depth-to-space copied in runs, and cannot hold a bias a corner; folding by
SpaceToDepth was slower than the 2x2 convolution; outputs rounded by QuantizeLinear made OpenVINO 2026.4 refuse the
network in bf16 ("object is not initialized"), by Round and Cast not. Why NNCF's file is so far off was not looked into.
What remains is the activations' rounding, most of it of the tensors at half resolution. Rounding FP32's pictures to
bytes is FLIP 0.0036.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from generator_recipe.byte_ends import bytes_in_and_out
from generator_recipe.calibration import Layer, TensorRange, observe
from generator_recipe.rounding import round_weights
from generator_recipe.simplification import simplify

_PICTURES = 40  # of the training pictures, evenly spread
# Layers that stay float: the way from the last skip to the picture, and what brings features up to it. See the table.
_FLOAT_LAYERS = ("/encode.0/", "/decode.0/", "/up.")
_PASSES_ON = 4.0  # a weight so many times as large as the next passes a pixel on: it gets a step of its own


def write_fp16(path: Path) -> Path:
    """Write STEM.fp16.onnx: every weight, tensor, input and output float16, no casts inside (strongly typed)."""
    model = onnx.load(path)
    graph = model.graph
    tensors = [*graph.initializer, *(a.t for node in graph.node for a in node.attribute if a.type == a.TENSOR)]
    for tensor in tensors:
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))
    for value in (*graph.input, *graph.output, *graph.value_info):
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.FLOAT16
    return _save(model, path.with_suffix(".fp16.onnx"))


def write_int8(path: Path, calibration_inputs: NDArray[np.uint8]) -> Path:
    """Write STEM.int8.onnx: most convolutions in int8 by QuantizeLinear and DequantizeLinear, bytes in and out.

    Input and output are (batch, H, W, channels) uint8. Weights are symmetric per output channel, activations uint8 per
    tensor; the batch axis stays free. `calibration_inputs` is (P, 6, H, W) uint8, training pictures, never held-out
    ones.
    """
    model = onnx.load(path)
    chosen = np.linspace(0, len(calibration_inputs) - 1, min(_PICTURES, len(calibration_inputs))).astype(int)
    simplify(model, calibration_inputs[chosen])
    ranges, layers = observe(model, calibration_inputs[chosen])
    Quantiser(model.graph, ranges, layers).run()
    bytes_in_and_out(model.graph)
    return _save(model, path.with_suffix(".int8.onnx"))


class Quantiser:
    """Rewrites one graph in place."""

    def __init__(self, graph: onnx.GraphProto, ranges: dict[str, TensorRange], layers: dict[str, Layer]) -> None:
        self._graph, self._ranges, self._layers = graph, ranges, layers
        self._constants = {tensor.name: tensor for tensor in graph.initializer}
        self._makers = {name: node for node in graph.node for name in node.output}
        convolutions = (node for node in graph.node if node.op_type == "Conv")
        self._widths = {node.output[0]: self._constants[node.input[1]].dims[0] for node in convolutions}
        self._after: dict[str, list[onnx.NodeProto]] = {}  # nodes to insert once a tensor exists; "": at the start

    def run(self) -> None:
        """Quantise every convolution but those that stay float, and what it reads; additions stay float too."""
        for node in list(self._graph.node):
            if node.op_type != "Conv" or any(part in node.name for part in _FLOAT_LAYERS):
                continue
            maker = self._makers.get(node.input[0])
            if maker is not None and maker.op_type == "Concat":
                self._split(node, maker)
            else:
                weights, shift = self._rounded_weights(node.input[1], self._layers[node.output[0]])
                if len(node.input) > 2:
                    self._shift_bias(node.input[2], shift)
                node.input[0], node.input[1] = self._rounded(node.input[0]), weights
        nodes = list(self._graph.node)
        del self._graph.node[:]
        for name in ("", self._graph.input[0].name):
            self._graph.node.extend(self._after.get(name, []))
        for node in nodes:
            self._graph.node.append(node)
            for name in node.output:
                self._graph.node.extend(self._after.get(name, []))

    def _rounded(self, name: str) -> str:
        """The name of a tensor after rounding to uint8; the tensor itself stays for additions."""
        if name not in self._after:
            step, zero = self._ranges[name].step_and_zero()
            parameters = [
                self._constant(f"{name}.step", np.float32(step)),
                self._constant(f"{name}.zero", np.uint8(zero)),
            ]
            self._after[name] = [
                helper.make_node("QuantizeLinear", [name, *parameters], [f"{name}.int8"]),
                helper.make_node("DequantizeLinear", [f"{name}.int8", *parameters], [f"{name}.rounded"]),
            ]
        return f"{name}.rounded"

    def _split(self, node: onnx.NodeProto, concat: onnx.NodeProto) -> None:
        """A convolution of features and picture as a sum: features stay float, the picture's bytes are exact in int8.

        Weights that pass pixels on would make the others' steps coarse, and bf16 would round what passes: they are
        applied to bytes, last in the sum, where OpenVINO computes in float32 even if other floats are bf16.
        """
        features, picture = concat.input
        self._graph.node.remove(concat)
        exact = numpy_helper.to_array(self._constants[node.input[1]])
        width = exact.shape[1] - self._widths[picture]
        passed, rest = _passed_on(exact[:, width:])
        name, bias, output = node.input[1], node.input[2], node.output[0]
        self._constants[f"{name}.picture"] = numpy_helper.from_array(rest, f"{name}.picture")
        seen = self._layers[output].part(width * exact.shape[2] * exact.shape[3])
        weights, shift = self._rounded_weights(f"{name}.picture", seen)
        self._shift_bias(bias, shift)
        self._constants[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(exact[:, :width]), name))
        rounded = self._rounded(picture)
        node.input[0], node.output[0] = features, f"{output}.features"
        sums = [helper.make_node("Conv", [rounded, weights], [f"{output}.picture"])]
        sums[0].attribute.extend(node.attribute)
        pair = [f"{output}.features", f"{output}.picture"]
        if passed.any():
            sums += [helper.make_node("Add", pair, [f"{output}.learned"]), *self._passing_on(rounded, passed, output)]
            pair = [f"{output}.passed", f"{output}.learned"]
        sums.append(helper.make_node("Add", pair, [output]))
        self._after[f"{output}.features"] = sums

    def _passing_on(self, picture: str, weights: NDArray[np.float32], output: str) -> list[onnx.NodeProto]:
        """Nodes that make OUTPUT.passed: pixels picked by a 1x1 convolution, exact as bytes, then their weights."""
        picks = self._dequantised(
            f"{output}.picks", 127 * (weights != 0)[:, :, None, None], np.full(len(weights), 1 / 127)
        )
        bytes_ = [self._constant(f"{output}.step", np.float32(1 / 255)), self._constant(f"{output}.zero", np.uint8(0))]
        factors = self._constant(f"{output}.factors", weights.sum(axis=1).reshape(1, -1, 1, 1))
        return [
            helper.make_node("Conv", [picture, picks], [f"{output}.picked"]),
            helper.make_node("QuantizeLinear", [f"{output}.picked", *bytes_], [f"{output}.picked.int8"]),
            helper.make_node("DequantizeLinear", [f"{output}.picked.int8", *bytes_], [f"{output}.picked.rounded"]),
            helper.make_node("Mul", [f"{output}.picked.rounded", factors], [f"{output}.passed"]),
        ]

    def _rounded_weights(self, name: str, layer: Layer) -> tuple[str, NDArray[np.float64]]:
        """The name of a convolution's weights after rounding to int8, and what its outputs lost on average."""
        exact = numpy_helper.to_array(self._constants[name])
        flat = exact.reshape(len(exact), -1).astype(np.float64)
        rounded, steps = round_weights(flat, layer.gram / layer.count)
        if self._constants[name] in self._graph.initializer:
            self._graph.initializer.remove(self._constants[name])
        shift = (flat - rounded * steps[:, None]) @ (layer.total / layer.count)
        return self._dequantised(name, rounded.reshape(exact.shape), steps), shift

    def _dequantised(self, name: str, rounded: NDArray[Any], steps: NDArray[Any]) -> str:
        parameters = [
            self._constant(f"{name}.int8", rounded.astype(np.int8)),
            self._constant(f"{name}.step", np.asarray(steps, np.float32)),
            self._constant(f"{name}.zero", np.zeros(len(rounded), np.int8)),
        ]
        node = helper.make_node("DequantizeLinear", parameters, [f"{name}.rounded"], axis=0)
        self._after.setdefault("", []).append(node)
        return f"{name}.rounded"

    def _shift_bias(self, name: str, shift: NDArray[np.float64]) -> None:
        bias = numpy_helper.to_array(self._constants[name]) + shift
        self._constants[name].CopyFrom(numpy_helper.from_array(bias.astype(np.float32), name))

    def _constant(self, name: str, value: NDArray[np.generic] | np.generic) -> str:
        self._graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
        return name


def _passed_on(weights: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(outputs, inputs, side, side) weights as (outputs, inputs) at the centre that pass a pixel on, and all else."""
    rest = weights.copy()
    centre = rest[:, :, weights.shape[2] // 2, weights.shape[3] // 2]  # a view
    passed = np.zeros(centre.shape, np.float32)
    for row, tap, outputs in zip(passed, centre, rest, strict=True):
        largest = int(np.abs(tap).argmax())
        weight = tap[largest]
        tap[largest] = 0
        if abs(weight) > _PASSES_ON * np.abs(outputs).max():
            row[largest] = weight
        else:
            tap[largest] = weight
    return passed, rest


def _save(model: onnx.ModelProto, path: Path) -> Path:
    """Write a checked model: the file appears whole or not at all."""
    onnx.checker.check_model(model, full_check=True)
    unfinished = path.with_suffix(".unfinished.onnx")
    onnx.save(model, unfinished)
    unfinished.replace(path)
    return path
