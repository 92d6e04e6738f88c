"""What an ONNX file says of itself, before anything is built from it; and a guess at what its tensors mean.

ONNX Runtime reads the file with every optimisation off: it is a dependency already, and refuses what cannot run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gpu_core.errors import ModelError
from gpu_core.neural.signature import CHANNELS, LARGEST, SMALLEST, InputTensor, OutputTensor, Signature

LARGEST_FILE = 2 * 10**9  # bytes; beyond it ONNX needs external data, and no CPU makes pictures with it in time
DEFAULT_SIDE = 512  # pixels, where a network leaves its size open and nobody says
# What an input of so many channels most likely wants; there is no other number that pictures add up to.
_LIKELY: Mapping[int, tuple[str, ...]] = {
    6: ("texture", "render"),
    3: ("render",),
    1: ("depth",),
    4: ("render", "depth"),
    7: ("texture", "render", "depth"),
    9: ("texture", "render", "normal"),
    10: ("texture", "render", "normal", "depth"),
}
_DTYPES = {"float": "float32", "float16": "float16", "uint8": "uint8"}


@dataclass(frozen=True)
class TensorFacts:
    """One input or output as the file declares it. `shape` has None for an axis of free length."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str

    @property
    def told(self) -> str:
        """Shape and type for people, as in "? x 6 x 512 x 512 float32"."""
        lengths = " x ".join("?" if length is None else str(length) for length in self.shape)
        return f"{lengths or 'of unknown shape,'} {self.dtype}"


@dataclass(frozen=True)
class NetworkFacts:
    """What a network's file declares."""

    path: Path
    inputs: tuple[TensorFacts, ...]
    outputs: tuple[TensorFacts, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    bytes: int = 0


def inspect_network(path: Path) -> NetworkFacts:
    """Read a network's file.

    Raises:
        ModelError: it is missing, unreadable, no ONNX, damaged, too large, or holds what cannot run here.
    """
    path = Path(path)
    size = check_file(path)
    session = _open_session(path)
    try:
        inputs, outputs = (tuple(map(_tensor, t)) for t in (session.get_inputs(), session.get_outputs()))
        metadata = dict(session.get_modelmeta().custom_metadata_map)
    except UnicodeDecodeError as error:
        raise ModelError(f"{path.name} is damaged, its names are no text: copy or export it again") from error
    facts = NetworkFacts(path, inputs, outputs, metadata, size)
    if not facts.inputs or not facts.outputs:
        raise ModelError(f"{path.name} has no {'inputs' if not facts.inputs else 'outputs'}: it is no generator")
    return facts


def check_file(path: Path) -> int:
    """Look at a network's file from outside, quickly; its size in bytes.

    Raises:
        ModelError: it is missing, a folder, not named as ONNX, unreadable, empty or too large.
    """
    try:
        if path.exists() and not path.is_file():
            raise ModelError(f"{path} is {'a folder' if path.is_dir() else 'no ordinary file'}: choose the ONNX file")
        if path.suffix.lower() != ".onnx":
            raise ModelError(f"{path} is no generator: an ONNX file (.onnx) is needed")
        with path.open("rb") as file:
            file.read(1)
        size = path.stat().st_size
    except OSError as error:
        raise ModelError(f"cannot read the generator {path}: {error.strerror}") from error
    if not size:
        raise ModelError(f"{path.name} is empty: export or copy it again")
    if size > LARGEST_FILE:
        raise ModelError(
            f"{path.name} is {size / 1e9:.1f} GB; a generator may have at most {LARGEST_FILE / 1e9:.0f} GB"
        )
    return size


def _open_session(path: Path) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"], enable_fallback=0)
    except Exception as error:
        raise ModelError(f"{path.name} {_reason(str(error), path)}") from error


# What ONNX Runtime says, and what that means for the person who chose the file.
_REASONS = (
    (
        r"No Op registered for ([\w.]+) with domain_version of (\d+)",
        r"uses the operator \1, which opset \2 does not have: export it with standard ONNX operators",
    ),
    (
        r"error: ([\w.:]+)\(-?\d+\) is not a registered function/op",
        r"uses the operator \1, which nobody here knows: export it with standard ONNX operators",
    ),
    (
        r"Could not find an implementation for (\w+)",
        r"uses the operator \1 on numbers it cannot run with here: export it in float32",
    ),
    (
        r"Opset (\d+) is under development.* till opset (\d+)",
        r"needs opset \1; up to \2 is known here: export it with opset 17",
    ),
    (r"Unsupported model IR version: (\d+)", r"has IR version \1, which is too new: export it with opset 17"),
    (
        r"External data path does not exist: \"(?:[^\"]*/)?([^\"/]+)\"",
        r"lacks its weights: \1 has to lie beside it, or export it as one file",
    ),
    (r"[Ee]xternal data|GetExtDataFromTensorProto", "refers to weights in another file that cannot be read"),
)


def _reason(message: str, path: Path) -> str:
    if re.search("Protobuf parsing failed|No graph was found", message):
        return _unparsed(path)
    for pattern, told in _REASONS:
        if found := re.search(pattern, message, re.DOTALL):
            return found.expand(told)
    detail = re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : (Load model from .*? failed:)?", "", message.strip())
    detail = re.sub(r"^\S+\.(?:cc|h):\d+ .*?\(.*?\) (?=[A-Z])", "", detail, flags=re.DOTALL)  # a place in its source
    return f"is no network that runs: {one_line(detail)}"


def _unparsed(path: Path) -> str:
    with path.open("rb") as file:
        begins_as_onnx = file.read(1) == b"\x08"  # the IR version, which every exporter writes first
    if begins_as_onnx:
        return "is damaged or cut short: copy or export it again"
    return "is no ONNX file, whatever its name says: export the network as ONNX"


def one_line(message: str, longest: int = 160) -> str:
    """A library's message as the end of one sentence."""
    text = "".join(sign if sign.isprintable() else "?" for sign in " ".join(message.split()))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _tensor(declared: Any) -> TensorFacts:
    kind = declared.type.removeprefix("tensor(").removesuffix(")")
    # A free axis is a name, None, or in damaged files a length below 1.
    shape = tuple(length if isinstance(length, int) and length > 0 else None for length in declared.shape)
    return TensorFacts(declared.name, shape, _DTYPES.get(kind, kind))


# ---- a guess at what they mean -----------------------------------------------------------------------------------


def guess_signature(facts: NetworkFacts) -> tuple[Signature | None, bool]:
    """The likeliest meaning of a network's tensors, and True if nothing else is likely.

    None if an input or every output cannot be pictures. Unambiguous are one input of 6 channels (texture and render
    image), and inputs that are named like pictures, each with their number of channels, of a size that is fixed.
    """
    inputs = [_guess_input(tensor, index, len(facts.inputs)) for index, tensor in enumerate(facts.inputs)]
    outputs = [output for tensor in facts.outputs if (output := _guess_output(tensor))]
    if not outputs or not all(tensor for tensor, _ in inputs):
        return None, False
    sure = all(certain for _, certain in inputs) and len(facts.outputs) == 1
    return Signature(tuple(tensor for tensor, _ in inputs if tensor), outputs[0]), sure


def _guess_input(tensor: TensorFacts, index: int, count: int) -> tuple[InputTensor | None, bool]:
    form = _picture_form(tensor, tuple(_LIKELY))
    if form is None:
        return None, False
    sized, channels = None not in tensor.shape[1:], form.pop("channels")
    named = tuple(sorted((p for p in CHANNELS if p in tensor.name.lower()), key=tensor.name.lower().index))
    if named and sum(CHANNELS[picture] for picture in named) == channels:
        return InputTensor(tensor.name, named, **form), sized
    in_turn = ("texture", "render", "normal")[index : index + 1]
    likely = in_turn if channels == 3 and count > 1 and in_turn else _LIKELY[channels]
    return InputTensor(tensor.name, likely, **form), sized and count == 1 and channels == 6


def refuse_what_cannot_be_pictures(facts: NetworkFacts) -> None:
    """Say why `guess_signature` found nothing at all.

    Raises:
        ModelError: always, if it did; it names the tensor.
    """
    for tensor in facts.inputs:
        if not _picture_form(tensor, tuple(_LIKELY)):
            raise ModelError(
                f"{facts.path.name} is no generator: its input {tensor.name!r} is {tensor.told}; needed is batch x "
                "channels x height x width, or channels last, in float32, float16 or uint8, with 3 channels a picture, "
                "1 for depth"
            )
    if not any(map(_guess_output, facts.outputs)):
        made = facts.outputs[0]
        raise ModelError(
            f"{facts.path.name} is no generator: its output {made.name!r} is {made.told}; a picture has 3 or 4 channels"
        )


def _guess_output(tensor: TensorFacts) -> OutputTensor | None:
    form = _picture_form(tensor, (4, 3))
    return OutputTensor(tensor.name, **form) if form else None


def _picture_form(tensor: TensorFacts, channels: tuple[int, ...]) -> dict[str, Any] | None:
    """Layout, channels, type and size if a tensor can be a picture. Channels first wins where both would do."""
    if len(tensor.shape) != 4 or tensor.dtype not in _DTYPES.values():
        return None
    for layout, axis in (("NCHW", 1), ("NHWC", 3)):
        height, width = tensor.shape[2:] if axis == 1 else tensor.shape[1:3]
        sides = (height or DEFAULT_SIDE, width or DEFAULT_SIDE)
        if tensor.shape[axis] in channels and all(SMALLEST <= side <= LARGEST for side in sides):
            form = {"layout": layout, "dtype": tensor.dtype, "height": sides[0], "width": sides[1]}
            return form | {"channels": tensor.shape[axis]}
    return None
