"""What a network has to do for one picture, counted off its ONNX file: multiplications, numbers moved, kernels.

Counted as an inference engine would run it that joins what is done number by number (activations, sums, rounding) to
the layer before. Layers that only rearrange pass over memory once. Nothing here is timed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError

# Done on the way out of the layer before, for which nothing but a second operand is read.
ON_THE_WAY = frozenset((
    "Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Clip", "Add", "Sub", "Mul", "Div", "Cast", "Round", "Identity",
    "QuantizeLinear", "DequantizeLinear",
))  # fmt: skip
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """One operator. Counts are of numbers, not bytes."""

    name: str
    operator: str
    macs: int  # multiplications with an addition each
    read: int  # numbers of pictures, without weights
    written: int
    weights: int
    quantised: bool  # both factors are 8-bit
    kernels: int  # launches of its own: 0 for what is done on the way


@dataclass(frozen=True)
class NetworkCost:
    """One picture through a network."""

    layers: tuple[Layer, ...]
    most_alive: int  # numbers that have to be kept at once, at the worst place

    @property
    def macs(self) -> int:
        """Of all layers."""
        return sum(layer.macs for layer in self.layers)

    @property
    def moved(self) -> int:
        """Numbers read and written by all layers, weights not counted."""
        return sum(layer.read + layer.written for layer in self.layers)

    @property
    def weights(self) -> int:
        """Of all layers."""
        return sum(layer.weights for layer in self.layers)

    @property
    def kernels(self) -> int:
        """Launches a batch."""
        return sum(layer.kernels for layer in self.layers)

    @property
    def quantised_share(self) -> float:
        """Of the multiplications, those whose factors are 8-bit, 0..1."""
        return sum(layer.macs for layer in self.layers if layer.quantised) / max(self.macs, 1)


def count_network(path: Path, inputs: Mapping[str, Shape]) -> NetworkCost:
    """Count a network for inputs of these shapes, batch axis included.

    Raises:
        MienError: onnx is not installed, the file cannot be read, or shapes do not follow from the inputs'.
    """
    graph, shapes = _inferred(path, inputs)
    moving, makers = set(inputs), {name: node for node in graph.node for name in node.output}
    layers, alive = list[Layer](), list[tuple[str, ...]]()
    for node in graph.node:
        taken = [name for name in node.input if name in moving]
        if not taken:
            continue  # weights made of weights: once, when the network is loaded
        moving |= set(node.output)
        layers.append(_layer(node, taken, shapes, makers))
        alive.append((*taken, *node.output))
    return NetworkCost(tuple(layers), _most_alive(alive, shapes))


def _inferred(path: Path, inputs: Mapping[str, Shape]) -> tuple[Any, dict[str, Shape]]:
    try:
        import onnx
    except ImportError as error:
        raise MienError(
            "counting a network needs onnx; install mien with its extra: pip install 'mien[bench]'"
        ) from error
    try:
        model = onnx.load(str(path))
        del model.graph.value_info[:]
        for given in (*model.graph.input, *model.graph.output):
            given.type.tensor_type.ClearField("shape")
        for given in model.graph.input:
            for length in inputs.get(given.name, ()):
                given.type.tensor_type.shape.dim.add().dim_value = length
        graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    except Exception as error:  # onnx, protobuf and the file system, each with exceptions of its own
        first = str(error).strip().partition("\n")[0]
        raise MienError(f"{path.name} cannot be counted: {first}") from error
    told = {one.name: _dims(one) for one in (*graph.input, *graph.value_info, *graph.output)}
    return graph, told | {one.name: tuple(one.dims) for one in graph.initializer}


def _dims(value: Any) -> Shape:
    return tuple(one.dim_value for one in value.type.tensor_type.shape.dim)


def _layer(node: Any, taken: Sequence[str], shapes: Mapping[str, Shape], makers: Mapping[str, Any]) -> Layer:
    made, weights = shapes[node.output[0]], [name for name in node.input if name and name not in taken]
    numbers, macs = [prod(shapes[name]) for name in taken], _macs(node, shapes)
    rides = node.op_type in ON_THE_WAY
    return Layer(
        name=node.name or node.output[0],
        operator=node.op_type,
        macs=macs,
        read=sum(numbers) - max(numbers) if rides else sum(numbers),
        written=0 if rides else prod(made),
        weights=0 if rides else sum(prod(shapes.get(name, ())) for name in weights),
        quantised=macs > 0 and all(name in makers and _is_rounded(makers[name]) for name in node.input[:2]),
        kernels=0 if rides else 1,
    )


def _is_rounded(maker: Any) -> bool:
    return bool(maker.op_type == "DequantizeLinear")


def _macs(node: Any, shapes: Mapping[str, Shape]) -> int:
    """Of one operator: outputs (of a transposed convolution: inputs) times the weights that each meets."""
    if node.op_type == "Conv":
        return prod(shapes[node.output[0]]) * prod(shapes[node.input[1]][1:])
    if node.op_type == "ConvTranspose":
        return prod(shapes[node.input[0]]) * prod(shapes[node.input[1]][1:])
    if node.op_type in ("MatMul", "Gemm"):
        out = shapes[node.output[0]]
        first = prod(shapes[node.input[0]])
        return first * out[-1] if len(out) > 1 else first
    return 0


def _most_alive(steps: Sequence[tuple[str, ...]], shapes: Mapping[str, Shape]) -> int:
    first, last = dict[str, int](), dict[str, int]()
    for number, names in enumerate(steps):
        for name in names:
            first.setdefault(name, number)
            last[name] = number
    sizes = {name: prod(shapes[name]) for name in last}
    return max(
        (sum(sizes[name] for name in last if first[name] <= number <= last[name]) for number in range(len(steps))),
        default=0,
    )
