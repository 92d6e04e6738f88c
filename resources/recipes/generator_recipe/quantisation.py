"""Writes a generator's smaller siblings: FP16 for TensorRT, int8 for CPUs with VNNI.

Tried for int8 with the first swift (0.94 M parameters) at 512x512, against FP32 on six held-out pictures over black.
Times are OpenVINO's on two threads, median of a quiet machine; "-" was never timed on a quiet one:

| what | PSNR / dB | FLIP | ms |
|---|---|---|---|
| FP32 | | | 26.0 |
| bf16, for comparison | 62.6 | 0.0075 | 14.2 |
| NNCF 3.4, mixed preset, fast bias correction, on the ONNX graph | 9.2 | 0.437 | 9.1 |
| ONNX Runtime's quantize_static, QDQ, MinMax, per channel | 39.8 | 0.042 | 9.5 |
| steps of least squared error, weights rounded to the nearest | 41.4 | 0.040 | - |
| the same, the last layer left in FP32 | 51.0 | 0.014 | - |
| the same, all layers, weights rounded by GPTQ, means corrected | 51.0 | 0.013 | - |
| percentile ranges 99.99 (99.9) with it | 44.1 (31.7) | 0.020 (0.062) | - |
| activations' channels equalised beforehand, with it | 51.5 | 0.012 | - |
| concatenations split, with it | 52.1 | 0.015 | - |
| and skips read the rounded tensor: this module | 50.1 | 0.016 | - |

Until the last two steps OpenVINO left 17 float passes and two float convolutions in the graph: int8 was hardly faster
than bf16. On a busy machine, all taking turns, this module's file took half of bf16's time and no more than NNCF's.

The last layer passes the render image on with weights near 1 beside small corrections: rounded to the nearest, it alone
comes to 41.8 dB. Why NNCF's file is so far off was not looked into. What remains is the activations' rounding, spread
evenly: leaving any one layer out gained 0.6 dB at most. Rounding FP32's pictures to bytes is FLIP 0.0036. FLIP under
0.010 was not reached; training with the rounding in the loop would be the next step.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from generator_recipe.calibration import Layer, TensorRange, attributes, observe
from generator_recipe.rounding import round_weights

_Makers = dict[str, onnx.NodeProto]
_Constants = dict[str, TensorProto]
_PICTURES = 40  # of the training pictures, evenly spread


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
    """Write STEM.int8.onnx: all convolutions in int8 by QuantizeLinear and DequantizeLinear, input and output float32.

    Weights are symmetric per output channel, activations uint8 per tensor; the batch axis stays free.
    `calibration_inputs` is (P, 6, H, W) uint8, training pictures, never held-out ones.
    """
    model = onnx.load(path)
    split_concatenations(model.graph)
    chosen = np.linspace(0, len(calibration_inputs) - 1, min(_PICTURES, len(calibration_inputs))).astype(int)
    ranges, layers = observe(model, calibration_inputs[chosen])
    Quantiser(model.graph, ranges, layers).run()
    return _save(model, path.with_suffix(".int8.onnx"))


def split_concatenations(graph: onnx.GraphProto) -> None:
    """Make every convolution of concatenated parts the sum of a convolution of each part, which is the same.

    An int8 convolution takes one step for all its inputs. Split, the picture's bytes stay exact beside features, and
    weights near 1 for the picture do not coarsen those for the features.
    """
    makers = {name: node for node in graph.node for name in node.output}
    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes = list(graph.node)
    del graph.node[:]
    for node in nodes:
        joined = makers.get(node.input[0]) if node.op_type == "Conv" else None
        if joined is not None and joined.op_type == "Concat":
            graph.node.extend(_sum_of_parts(node, joined, graph, makers, constants))
            graph.initializer.remove(constants[node.input[1]])
        elif node.op_type != "Concat":
            graph.node.append(node)


def _sum_of_parts(
    node: onnx.NodeProto, joined: onnx.NodeProto, graph: onnx.GraphProto, makers: _Makers, constants: _Constants
) -> list[onnx.NodeProto]:
    """The convolutions that stand for `node`, a convolution of `joined`, and the addition of their results."""
    weight, (result,) = numpy_helper.to_array(constants[node.input[1]]), node.output
    made, first = [], 0
    for place, name in enumerate(joined.input):
        last = first + _channels(name, makers, constants)
        part = onnx.NodeProto()
        part.CopyFrom(node)
        part.input[:] = [name, f"{node.input[1]}.{place}", *(node.input[2:] if place == 0 else ())]
        part.name, part.output[:] = f"{node.name}.{place}", [f"{result}.{place}"]
        graph.initializer.append(numpy_helper.from_array(weight[:, first:last].copy(), part.input[1]))
        made.append(part)
        first = last
    assert len(made) == 2, "Add takes two"
    assert first == weight.shape[1], "every channel belongs to a part"
    return [*made, helper.make_node("Add", [part.output[0] for part in made], [result])]


def _channels(name: str, makers: _Makers, constants: _Constants) -> int:
    """How many channels a tensor has: as many as the nearest convolution before it makes."""
    node = makers[name]
    if node.op_type == "Conv":
        return int(constants[node.input[1]].dims[0])
    if node.op_type in ("Relu", "Add"):
        return _channels(node.input[0], makers, constants)
    if node.op_type == "DepthToSpace":
        return _channels(node.input[0], makers, constants) // int(attributes(node)["blocksize"]) ** 2
    raise ValueError(f"{node.op_type} before a concatenation is not known here")


class Quantiser:
    """Rewrites one graph in place."""

    def __init__(self, graph: onnx.GraphProto, ranges: dict[str, TensorRange], layers: dict[str, Layer]) -> None:
        self._graph, self._ranges, self._layers = graph, ranges, layers
        self._constants = {tensor.name: tensor for tensor in graph.initializer}
        self._makers = {name: node for node in graph.node for name in node.output}
        self._after: dict[str, list[onnx.NodeProto]] = {}  # nodes to insert once a tensor exists; "": at the start

    def run(self) -> None:
        """Quantise every convolution and what it reads."""
        for node in list(self._graph.node):
            if node.op_type == "Conv":
                self._quantise_weights(node)
                node.input[0] = self._rounded(node.input[0])
        # A skip that reads the rounded tensor is added by the convolution before it, without leaving int8.
        for node in self._graph.node:
            if node.op_type == "Add":
                for place, name in enumerate(node.input):
                    node.input[place] = self._rounded(name) if name in self._after else name
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

    def _quantise_weights(self, node: onnx.NodeProto) -> None:
        name, layer = node.input[1], self._layers[node.output[0]]
        exact = numpy_helper.to_array(self._constants[name])
        flat = exact.reshape(len(exact), -1).astype(np.float64)
        rounded, steps = round_weights(flat, layer.gram / layer.count)
        if len(node.input) > 2:
            shift = (flat - rounded * steps[:, None]) @ (layer.total / layer.count)
            self._shift_bias(node.input[2], shift)
        self._graph.initializer.remove(self._constants[name])
        parameters = [
            self._constant(f"{name}.int8", rounded.reshape(exact.shape)),
            self._constant(f"{name}.step", steps),
            self._constant(f"{name}.zero", np.zeros(len(exact), np.int8)),
        ]
        node.input[1] = f"{name}.rounded"
        dequantise = helper.make_node("DequantizeLinear", parameters, [node.input[1]], axis=0)
        self._after.setdefault("", []).append(dequantise)

    def _shift_bias(self, name: str, shift: NDArray[np.float64]) -> None:
        bias = numpy_helper.to_array(self._constants[name]) + shift
        self._constants[name].CopyFrom(numpy_helper.from_array(bias.astype(np.float32), name))

    def _constant(self, name: str, value: NDArray[np.generic] | np.generic) -> str:
        self._graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
        return name


def _save(model: onnx.ModelProto, path: Path) -> Path:
    """Write a checked model: the file appears whole or not at all."""
    onnx.checker.check_model(model, full_check=True)
    unfinished = path.with_suffix(".unfinished.onnx")
    onnx.save(model, unfinished)
    unfinished.replace(path)
    return path
