"""Gives a network bytes to read and to write, channels last: what the pictures are before and after it.

Reading them then is a copy, and what leaves is rounded where it is made, as the picture is in the end anyway.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def bytes_in_and_out(graph: onnx.GraphProto) -> None:
    """Rewrite a graph of one float input and one float output, 0..1 and channels first, in place."""
    source, result = graph.input[0], graph.output[0]
    inner = f"{source.name}.values"
    for node in graph.node:
        node.input[:] = [inner if name == source.name else name for name in node.input]
    graph.initializer.extend(
        numpy_helper.from_array(np.float32(value), name) for name, value in (("whole", 255), ("unit", 1 / 255))
    )
    first = [
        helper.make_node("Transpose", [source.name], [f"{inner}.bytes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", [f"{inner}.bytes"], [f"{inner}.whole"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{inner}.whole", "unit"], [inner]),
    ]
    end = _rounded_end(graph)
    nodes = [*first, *graph.node, *end]
    del graph.node[:]
    graph.node.extend(nodes)
    for value in (source, result):
        value.type.tensor_type.elem_type = TensorProto.UINT8
        axes = value.type.tensor_type.shape.dim
        moved = [onnx.TensorShapeProto.Dimension.FromString(axes[i].SerializeToString()) for i in (0, 2, 3, 1)]
        del axes[:]
        axes.extend(moved)


def _rounded_end(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Take clamping and unfolding from the graph's end; return them again, around the rounding."""
    result, unfolding = graph.output[0].name, None
    last = _maker(graph, result)
    if last.op_type == "Clip":
        clamped = last.input[0]
        graph.node.remove(last)
        last = _maker(graph, clamped)
    if last.op_type == "DepthToSpace":
        unfolding, values = helper.make_node("DepthToSpace", [], []), last.input[0]
        unfolding.CopyFrom(last)
        graph.node.remove(last)
    else:
        values = f"{result}.values"
        last.output[0] = values
    graph.initializer.extend(
        numpy_helper.from_array(np.float32(value), f"{result}.{name}") for name, value in (("least", 0), ("most", 1))
    )
    nodes = [
        helper.make_node("Clip", [values, f"{result}.least", f"{result}.most"], [f"{result}.clamped"]),
        helper.make_node("Mul", [f"{result}.clamped", "whole"], [f"{result}.whole"]),
        helper.make_node("Round", [f"{result}.whole"], [f"{result}.round"]),
        helper.make_node("Cast", [f"{result}.round"], [f"{result}.bytes"], to=TensorProto.UINT8),
    ]
    if unfolding is not None:
        unfolding.input[0], unfolding.output[0] = f"{result}.bytes", f"{result}.planes"
        nodes.append(unfolding)
    planes = nodes[-1].output[0]
    return [*nodes, helper.make_node("Transpose", [planes], [result], perm=[0, 2, 3, 1])]


def _maker(graph: onnx.GraphProto, name: str) -> onnx.NodeProto:
    return next(node for node in graph.node if name in node.output)
