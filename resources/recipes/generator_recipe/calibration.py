"""What the layers of a network see when it runs on real pictures: the material for choosing int8 steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

_SAMPLES, _PATCHES = 20_000, 600  # values kept a tensor and picture; windows a convolution and picture


@dataclass
class TensorRange:
    """The values of one tensor: their extremes, and a sample to weigh clipping against fineness."""

    samples: list[NDArray[np.float32]] = field(default_factory=list)
    low: float = 0.0
    high: float = 1e-6

    def add(self, values: NDArray[np.float32], chance: np.random.Generator) -> None:
        """Note a picture's extremes and some of its values."""
        flat = values.ravel()
        self.samples.append(flat[chance.integers(0, flat.size, _SAMPLES)])
        self.low, self.high = min(self.low, float(flat.min())), max(self.high, float(flat.max()))

    def step_and_zero(self) -> tuple[float, int]:
        """The uint8 step and zero point with the least squared error; exact for bytes / 255."""
        values = np.concatenate([*self.samples, np.float32([self.low, self.high])])
        if values.min() >= 0 and values.max() <= 1 and np.abs(values * 255 - np.round(values * 255)).max() < 1e-3:
            return 1 / 255, 0
        choices = [_affine(self.low * part, self.high * part) for part in np.linspace(0.4, 1.0, 25)]
        return min(choices, key=lambda choice: _squared_error(values, *choice))


@dataclass
class Layer:
    """What a convolution's input windows have in common: sums of x x^T and of x over `count` windows x."""

    gram: NDArray[np.float64] | float = 0.0
    total: NDArray[np.float64] | float = 0.0
    count: int = 0

    def add(self, windows: NDArray[np.float64]) -> None:
        """Add (windows, inputs)."""
        self.gram = self.gram + windows.T @ windows
        self.total = self.total + windows.sum(axis=0)
        self.count += len(windows)

    def part(self, first: int) -> Layer:
        """The same of the inputs from `first` on."""
        assert isinstance(self.gram, np.ndarray)
        assert isinstance(self.total, np.ndarray)
        return Layer(self.gram[first:, first:], self.total[first:], self.count)


def observe(model: onnx.ModelProto, pictures: NDArray[np.uint8]) -> tuple[dict[str, TensorRange], dict[str, Layer]]:
    """Run FP32 `model` on (P, 6, H, W) bytes: ranges of what convolutions read, statistics of each by its output."""
    ranges: dict[str, TensorRange] = {}
    layers: dict[str, Layer] = {}
    chance = np.random.default_rng(0)
    weights = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    for tensors in _activations(model, pictures):
        for name, values in tensors.items():
            ranges.setdefault(name, TensorRange()).add(values, chance)
        for node in convolutions:
            windows = _windows(tensors[node.input[0]][0], weights[node.input[1]][2], attributes(node), chance)
            layers.setdefault(node.output[0], Layer()).add(windows)
    return ranges, layers


def attributes(node: onnx.NodeProto) -> dict[str, Any]:
    """A node's attributes as Python values."""
    return {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}


def _activations(model: onnx.ModelProto, pictures: NDArray[np.uint8]) -> Iterator[dict[str, NDArray[np.float32]]]:
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    source, made = model.graph.input[0].name, {name for node in model.graph.node for name in node.output}
    wanted = {name for node in model.graph.node if node.op_type in ("Conv", "Concat") for name in node.input}
    names = sorted(wanted & made)
    there = {value.name for value in shown.graph.output}
    shown.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names if name not in there)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(shown.SerializeToString(), options, providers=["CPUExecutionProvider"])
    for picture in pictures:
        pair = picture[None] / np.float32(255)
        values = session.run(names, {source: pair}) if names else []
        yield {source: pair, **dict(zip(names, values, strict=True))}


def _windows(
    planes: NDArray[np.float32], side: int, how: dict[str, Any], chance: np.random.Generator
) -> NDArray[np.float64]:
    """Some windows that a convolution slides over (C, H, W) `planes`: (windows, C * side * side)."""
    border, stride = how.get("pads", [0])[0], how.get("strides", [1])[0]
    padded = np.pad(planes, ((0, 0), (border, border), (border, border)))
    places = [(padded.shape[axis] - side) // stride + 1 for axis in (1, 2)]
    rows, columns = (chance.integers(0, count, _PATCHES) * stride for count in places)
    taps = [padded[:, rows + y, columns + x] for y in range(side) for x in range(side)]
    return np.stack(taps, axis=-1).transpose(1, 0, 2).reshape(_PATCHES, -1).astype(np.float64)


def _affine(low: float, high: float) -> tuple[float, int]:
    step = (high - low) / 255
    return step, round(-low / step)


def _squared_error(values: NDArray[np.float32], step: float, zero: int) -> float:
    rounded = (np.clip(np.round(values / step) + zero, 0, 255) - zero) * step
    return float(np.mean((rounded - values) ** 2))
