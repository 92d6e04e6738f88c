"""FP16 on a CPU: an FP32 network whose every tensor is rounded to half precision on the way.

No CPU engine here computes in FP16. What a GPU's FP16 would make is simulated: weights, inputs and the result of every
operation are cast to float16 and back. Sums inside a convolution stay FP32, as tensor cores keep them. ONNX Runtime
takes such pairs of casts out again if it may optimise: run the graph with every optimisation off.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gpu_core.quality import REMEDY, MissingMetric


def rounded_network(path: Path) -> bytes:
    """The network in `path`, rounding everything; inputs, outputs and their names stay FP32.

    Raises:
        MissingMetric: the package onnx is not installed.
    """
    try:
        import onnx
    except ImportError:
        raise MissingMetric(f"FP16 is simulated by rewriting the network with onnx; {REMEDY}") from None
    model: Any = onnx.load(path)
    graph = model.graph
    floats = {tensor.name for tensor in graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT}
    floats |= {value.name for value in graph.input if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT}
    nodes = [node for name in sorted(floats) for node in _round_trip(onnx, name, f"{name}.rounded")]
    for node in graph.node:
        nodes.extend(_rounding(onnx, node, floats))
    del graph.node[:]
    graph.node.extend(nodes)
    return bytes(model.SerializeToString())


def _rounding(onnx: Any, node: Any, floats: set[str]) -> list[Any]:
    """The node reading rounded tensors, and its results rounded under their old names with `.rounded` beside them."""
    for place, name in enumerate(node.input):
        if name in floats:
            node.input[place] = f"{name}.rounded"
    if node.op_type in ("Constant", "Shape", "Cast"):
        return [node]
    result = [node]
    for place, name in enumerate(node.output):
        node.output[place] = f"{name}.exact"
        result.extend(_round_trip(onnx, f"{name}.exact", name))
    return result


def _round_trip(onnx: Any, source: str, target: str) -> list[Any]:
    make, half = onnx.helper.make_node, f"{target}.half"
    return [
        make("Cast", [source], [half], to=onnx.TensorProto.FLOAT16),
        make("Cast", [half], [target], to=onnx.TensorProto.FLOAT),
    ]
