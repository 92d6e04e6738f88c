"""Small generators for tests, made with onnx's own helpers: real files and cards, known arithmetic; and wrong ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from gpu_core.neural.signature import InputTensor, OutputTensor, Signature

SIZE = 64
PAIR = Signature(
    (InputTensor("pair", ("texture", "render"), width=SIZE, height=SIZE),),
    OutputTensor("face", width=SIZE, height=SIZE),
)
_TYPES = {"float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16, "uint8": TensorProto.UINT8}


def save_network(folder: Path, name: str = "tiny", contract: str = "0", **changes: Any) -> Path:
    """A generator that answers with the render image, red and blue as they are, green halved, and alpha 1.

    `changes` replace entries of its card.
    """
    weight = np.zeros((4, 6, 1, 1), np.float32)
    weight[0, 3], weight[1, 4], weight[2, 5] = 1.0, 0.5, 1.0
    bias = np.array([0.0, 0.0, 0.0, 1.0], np.float32)
    path = save_graph(
        folder / f"{name}.onnx",
        [helper.make_node("Conv", ["pair", "weight", "bias"], ["face"])],
        [tensor("pair", ["batch", 6, SIZE, SIZE])],
        [tensor("face", ["batch", 4, SIZE, SIZE])],
        {"weight": weight, "bias": bias},
    )
    path.with_suffix(".json").write_text(json.dumps(card_for(path, contract) | changes))
    return path


def save_quantised(original: Path) -> Path:
    """The tiny network as int8, by QuantizeLinear and DequantizeLinear as shipped ones are, with a variant's card."""
    weight, scales = np.zeros((4, 6, 1, 1), np.int8), np.full(4, 1 / 127, np.float32)
    weight[0, 3], weight[1, 4], weight[2, 5] = 127, 64, 127
    steps = {"step": np.float32(1 / 255), "zero": np.uint8(0), "steps": scales, "zeros": np.zeros(4, np.int8)}
    path = save_graph(
        original.with_suffix(".int8.onnx"),
        [
            helper.make_node("QuantizeLinear", ["pair", "step", "zero"], ["bytes"]),
            helper.make_node("DequantizeLinear", ["bytes", "step", "zero"], ["rounded"]),
            helper.make_node("DequantizeLinear", ["weight", "steps", "zeros"], ["weights"], axis=0),
            helper.make_node("Conv", ["rounded", "weights", "bias"], ["face"]),
        ],
        [tensor("pair", ["batch", 6, SIZE, SIZE])],
        [tensor("face", ["batch", 4, SIZE, SIZE])],
        {"weight": weight, "bias": np.array([0, 0, 0, 1], np.float32)} | steps,
    )
    card = card_for(path, "0") | {"precision": "int8", "made_from": sha256(original)}
    path.with_suffix(".json").write_text(json.dumps(card))
    return path


def card_for(path: Path, contract: str) -> dict[str, Any]:
    """A complete card of a network file that `save_network` made."""
    return {
        "schema": 2,
        "name": path.stem,
        "sha256": sha256(path),
        "contract": contract,
        "precision": "fp32",
        "signature": PAIR.to_dict(),
    }


def sha256(path: Path) -> str:
    """The hash of a file as cards have it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tensor(name: str, shape: Sequence[Any] | None, dtype: str = "float32") -> onnx.ValueInfoProto:
    """The declaration of an input or output; texts are free axes."""
    return helper.make_tensor_value_info(name, _TYPES[dtype], shape)


def save_graph(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto],
    outputs: Sequence[onnx.ValueInfoProto],
    weights: dict[str, np.ndarray] | None = None,
    *,
    metadata: dict[str, str] | None = None,
    opset: int = 17,
    domain: str = "",
    **saving: Any,
) -> Path:
    """Write a network as it is, sound or not."""
    constants = [numpy_helper.from_array(np.asarray(values), name) for name, values in (weights or {}).items()]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, constants)
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    helper.set_model_props(model, metadata or {})
    onnx.save(model, path, **saving)
    return path


# ---- any signature -----------------------------------------------------------------------------------------------


def save_for(
    folder: Path, signature: Signature, *, name: str = "mine", shows: str = "render",
    metadata: dict[str, str] | None = None, batch: Any = "batch", free_size: bool = False,
) -> Path:  # fmt: skip
    """A network of any signature that answers as the tiny one does, whatever its form: the picture `shows`, alpha 1.

    Green is halved; depth is shown as grey. Input that shows it and output must have the same size. No card.
    """
    build = _Graph(signature)
    source = next(said for said in signature.inputs if shows in said.pictures)
    build.answer(build.picture(source, shows))
    sides = ("height", "width") if free_size else None
    return save_graph(
        folder / f"{name}.onnx",
        build.nodes,
        [tensor(said.name, shape_of(said, batch, sides), said.dtype) for said in signature.inputs],
        [tensor(signature.output.name, shape_of(signature.output, batch, sides), signature.output.dtype)],
        build.weights,
        metadata=metadata,
    )


def shape_of(said: InputTensor | OutputTensor, batch: Any, sides: Any = None) -> list[Any]:
    """The shape that a tensor's declaration has."""
    height, width = sides or (said.height, said.width)
    return [batch, said.channels, height, width] if said.layout == "NCHW" else [batch, height, width, said.channels]


class _Graph:
    """Nodes that undo one tensor's form and apply another's."""

    def __init__(self, signature: Signature) -> None:
        self.output = signature.output
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, np.ndarray] = {}

    def add(self, kind: str, *inputs: Any, **attributes: Any) -> str:
        """Append a node; inputs that are no names become constants. The name of its output."""
        names = [value if isinstance(value, str) else self._constant(value) for value in inputs]
        self.nodes.append(helper.make_node(kind, names, [f"n{len(self.nodes)}"], **attributes))
        return f"n{len(self.nodes) - 1}"

    def _constant(self, value: Any) -> str:
        name = f"c{len(self.weights)}"
        self.weights[name] = np.asarray(value)
        return name

    def picture(self, said: InputTensor, name: str) -> str:
        """One picture of an input as float32 (batch, 3, height, width), 0..1, RGB."""
        value = self.add("Cast", said.name, to=TensorProto.FLOAT)
        if said.layout == "NHWC":
            value = self.add("Transpose", value, perm=[0, 3, 1, 2])
        first = sum(1 if other == "depth" else 3 for other in said.pictures[: said.pictures.index(name)])
        channels = [first] * 3 if name == "depth" else [first, first + 1, first + 2]
        mean, std = _vectors(said, plain=name == "depth")
        value = self.add("Gather", value, np.array(channels, np.int64), axis=1)
        value = self.add("Add", self.add("Mul", value, std), mean)
        swapped = said.order == "bgr" and name != "depth"
        return self.add("Gather", value, np.array([2, 1, 0] if swapped else [0, 1, 2], np.int64), axis=1)

    def answer(self, picture: str) -> None:
        """The picture with green halved, in the output's form."""
        said, halved = self.output, np.array([1.0, 0.5, 1.0], np.float32).reshape(1, 3, 1, 1)
        value = self.add("Mul", picture, halved)
        if said.order == "bgr":
            value = self.add("Gather", value, np.array([2, 1, 0], np.int64), axis=1)
        mean, std = _vectors(said, plain=False)
        value = self.add("Div", self.add("Sub", value, mean), std)
        if said.channels == 4:
            mean, std = (float(v.ravel()[0]) for v in _vectors(said, plain=True))
            red = self.add("Gather", value, np.array([0], np.int64), axis=1)
            opaque = self.add("Add", self.add("Mul", red, np.float32(0)), np.float32((1.0 - mean) / std))
            value = self.add("Concat", value, opaque, axis=1)
        if said.layout == "NHWC":
            value = self.add("Transpose", value, perm=[0, 2, 3, 1])
        if said.dtype == "uint8":
            value = self.add("Round", value)
        self.nodes.append(helper.make_node("Cast", [value], [said.name], to=_TYPES[said.dtype]))


def _vectors(said: InputTensor | OutputTensor, *, plain: bool) -> list[np.ndarray]:
    """Mean and deviation as (1, 3, 1, 1) float32; `plain` channels know only those of one number."""
    if said.dtype == "uint8":
        return [np.float32([v]).reshape(1, 1, 1, 1) for v in (0.0, 1 / 255)]
    both = ((said.mean, 0.0), (said.std, 1.0))
    values = [[none] if plain and len(given) == 3 else given for given, none in both]
    return [np.resize(np.float32(v), 3).reshape(1, 3, 1, 1) for v in values]


# ---- files that are no generators --------------------------------------------------------------------------------


def _plain(folder: Path, kind: str, shape: Any, out: Any = None, **options: Any) -> Path:
    """One node of a kind from an input of a shape to an output of another."""
    node = helper.make_node(kind, ["pair"], ["face"], domain=options.get("domain", ""))
    made = out if out is not None else ["batch", 4, SIZE, SIZE]
    return save_graph(folder / "wrong.onnx", [node], [tensor("pair", shape)], [tensor("face", made)], **options)


def _raw(folder: Path, content: bytes) -> Path:
    path = folder / "wrong.onnx"
    path.write_bytes(content)
    return path


def _cut_short(folder: Path) -> Path:
    whole = save_network(folder, "whole").read_bytes()
    return _raw(folder, whole[: len(whole) // 2])


def _gigabytes(folder: Path) -> Path:
    path = _raw(folder, b"\x08")
    with path.open("r+b") as file:
        file.truncate(3 * 10**9)  # a hole: it takes no room on the disk
    return path


def _without_its_weights(folder: Path) -> Path:
    weight = np.zeros((4, 6, 1, 1), np.float32)
    path = save_graph(
        folder / "wrong.onnx",
        [helper.make_node("Conv", ["pair", "weight"], ["face"])],
        [tensor("pair", ["batch", 6, SIZE, SIZE])],
        [tensor("face", ["batch", 4, SIZE, SIZE])],
        {"weight": weight}, save_as_external_data=True, location="weights.bin", size_threshold=0,
    )  # fmt: skip
    (folder / "weights.bin").unlink()
    return path


def _folder(folder: Path) -> Path:
    path = folder / "wrong.onnx"
    path.mkdir()
    return path


def _fails_when_run(folder: Path) -> Path:
    """Its shapes fit together only for another size of batch than any that it is given."""
    node = helper.make_node("Reshape", ["pair", "shape"], ["face"])
    return save_graph(
        folder / "wrong.onnx", [node], [tensor("pair", ["batch", 6, SIZE, SIZE])],
        [tensor("face", ["batch", 4, SIZE, SIZE])], {"shape": np.array([-1, 4, SIZE, SIZE + 1], np.int64)},
    )  # fmt: skip


PAIR_SHAPE = ["batch", 6, SIZE, SIZE]
# What is wrong -> how it is made, and words of the one line that answers it.
WRONG_FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda folder: folder / "nobody.onnx", "cannot read the generator .*nobody.onnx: No such file"),
    "no ONNX by name": (lambda folder: folder / "face.glb", "is no generator: an ONNX file"),
    "no ONNX inside": (lambda folder: _raw(folder, b"this is no network"), "wrong.onnx is no ONNX file"),
    "empty": (lambda folder: _raw(folder, b""), "wrong.onnx is empty"),
    "cut short": (_cut_short, "wrong.onnx is damaged or cut short: copy or export it again"),
    "a folder": (_folder, "is a folder"),
    "gigabytes": (_gigabytes, "wrong.onnx is 3.0 GB; a generator may have at most 2 GB"),
    "unknown operator": (lambda f: _plain(f, "Dream", PAIR_SHAPE), "uses the operator Dream, which opset 17"),
    "somebody's operator": (
        lambda f: _plain(f, "Dream", PAIR_SHAPE, domain="com.acme"),
        "uses the operator com.acme:Dream",
    ),
    "opset of the future": (lambda f: _plain(f, "Relu", PAIR_SHAPE, opset=99), "needs opset 99; up to"),
    "weights elsewhere": (_without_its_weights, "lacks its weights: weights.bin has to lie beside it"),
    "wrong channels in": (
        lambda f: _plain(f, "Relu", ["batch", 5, SIZE, SIZE], ["batch", 5, SIZE, SIZE]),
        "input 'pair' is . x 5 x 64 x 64 float32; needed",
    ),
    "wrong channels out": (
        lambda f: _plain(f, "Relu", PAIR_SHAPE, PAIR_SHAPE),
        "output 'face' is . x 6 x .*3 or 4 channels",
    ),
    "free channels": (
        lambda f: _plain(f, "Relu", ["batch", "channels", SIZE, SIZE], ["batch", "channels", SIZE, SIZE]),
        "input 'pair' is . x . x 64",
    ),
    "no picture": (lambda f: _plain(f, "Relu", ["batch", 1000], ["batch", 1000]), "input 'pair' is . x 1000 float32"),
    "fixed batch": (
        lambda f: save_for(f, PAIR, name="wrong", batch=4),
        "its batch is fixed at 4; export it with a free batch, or 1",
    ),
    "fails when run": (_fails_when_run, "wrong.onnx"),
}  # fmt: skip
