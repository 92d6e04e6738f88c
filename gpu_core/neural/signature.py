"""What a generator's tensors mean: which pictures go in, in what form, and what comes out.

Pictures are square, sRGB-encoded and premultiplied over black, top row first. There are four:

    texture   3 channels, unlit colours
    render    3 channels, shaded colours
    normal    3 channels, normals of the view (x right, y up, z to the viewer) as n * 0.5 + 0.5; background 0
    depth     1 channel, 1 at the near plane to 0 at the far one and in the background: see gl.geometry_pass

A picture's value v (0..1; a colour is its byte / 255) enters the network as (v - mean) / std. A mean or deviation of
one number holds for every channel; one of three holds for colours and normals, in the tensor's own order, while depth
and alpha stay as they are.
In uint8 tensors 0..255 stands for 0..1, and there is no mean or deviation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from gpu_core.errors import ModelError

CHANNELS: Mapping[str, int] = {"texture": 3, "render": 3, "normal": 3, "depth": 1}
PICTURES = tuple(CHANNELS)
GEOMETRY_PICTURES = frozenset({"normal", "depth"})  # drawn by a second pass, only when a generator asks for them
ORDERS = ("rgb", "bgr")
LAYOUTS = ("NCHW", "NHWC")
DTYPES = ("float32", "float16", "uint8")
SMALLEST, LARGEST = 16, 4096  # pixels a side

T = TypeVar("T", bound="InputTensor | OutputTensor")


@dataclass(frozen=True)
class InputTensor:
    """One input of the network: (batch, channels, height, width), or channels last.

    Raises:
        ModelError: a field has a value that this version does not know.
    """

    name: str
    pictures: tuple[str, ...]  # in channel order
    order: str = "rgb"
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    layout: str = "NCHW"
    dtype: str = "float32"
    width: int = 512
    height: int = 512

    def __post_init__(self) -> None:
        _check_tensor(self)
        unknown = [picture for picture in self.pictures if picture not in PICTURES]
        if unknown or not self.pictures or len(set(self.pictures)) < len(self.pictures):
            named = ", ".join(map(str, self.pictures)) or "none"
            raise ModelError(
                f"input {self.name!r}: pictures are {named}; each of {', '.join(PICTURES)} may be named once"
            )

    @property
    def channels(self) -> int:
        """Channels of all pictures together."""
        return sum(CHANNELS[picture] for picture in self.pictures)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The tensor's axes without the batch, in the order of its layout."""
        return _axes(self)


@dataclass(frozen=True)
class OutputTensor:
    """The network's picture: 3 channels (alpha is then the render image's) or 4, the last of them alpha 0..1.

    Raises:
        ModelError: a field has a value that this version does not know.
    """

    name: str
    channels: int = 4
    order: str = "rgb"
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    layout: str = "NCHW"
    dtype: str = "float32"
    premultiplied: bool = True  # colours have been multiplied by alpha, as the pictures going in have
    width: int = 512
    height: int = 512

    def __post_init__(self) -> None:
        _check_tensor(self)
        if type(self.channels) is not int or self.channels not in (3, 4):
            raise ModelError(
                f"output {self.name!r}: channels is {self.channels!r}; 3 (colour) or 4 (and alpha) are needed"
            )
        if not isinstance(self.premultiplied, bool):
            raise ModelError(f"output {self.name!r}: premultiplied is {self.premultiplied!r}; true or false is needed")

    @property
    def shape(self) -> tuple[int, int, int]:
        """The tensor's axes without the batch, in the order of its layout."""
        return _axes(self)


@dataclass(frozen=True)
class Signature:
    """Everything a path has to know to feed a network and to read its answer."""

    inputs: tuple[InputTensor, ...]
    output: OutputTensor

    def __post_init__(self) -> None:
        names = [tensor.name for tensor in self.inputs]
        if not names or len(set(names)) < len(names):
            raise ModelError(
                f"inputs are named {', '.join(map(repr, names)) or 'not at all'}; each needs a name of its own"
            )

    @property
    def pictures(self) -> frozenset[str]:
        """The pictures that any input wants."""
        return frozenset(picture for tensor in self.inputs for picture in tensor.pictures)

    @property
    def has_alpha(self) -> bool:
        """True if the network makes alpha itself."""
        return self.output.channels == 4

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `from_dict` reads them."""
        return {"inputs": [_plain(tensor) for tensor in self.inputs], "output": _plain(self.output)}

    @classmethod
    def from_dict(cls, data: Any) -> Signature:
        """Read what `to_dict` wrote, or a person; fields with a default may be left out.

        Raises:
            ModelError: a field is missing, unknown or unusable; the text names it and what it may be.
        """
        entries = _mapping(data, "signature", {"inputs", "output"})
        inputs = entries.get("inputs")
        if not isinstance(inputs, list | tuple):
            raise ModelError("signature: inputs is missing; a list with one entry for each input tensor is needed")
        return cls(
            tuple(_tensor(InputTensor, entry, "input") for entry in inputs),
            _tensor(OutputTensor, entries.get("output"), "output"),
        )


def _axes(tensor: InputTensor | OutputTensor) -> tuple[int, int, int]:
    if tensor.layout == "NCHW":
        return tensor.channels, tensor.height, tensor.width
    return tensor.height, tensor.width, tensor.channels


def _plain(tensor: InputTensor | OutputTensor) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(tensor).items()}


def _tensor(kind: type[T], data: Any, what: str) -> T:
    entries = _mapping(data, what, set(kind.__dataclass_fields__))
    where = f"{what} {entries['name']!r}" if "name" in entries else what
    required = {"name", "pictures"} & set(kind.__dataclass_fields__)
    for field in sorted(required - set(entries)):
        raise ModelError(f"{where}: {field} is missing")
    values = dict(entries)
    for field in {"mean", "std", "pictures"} & set(values):
        values[field] = _sequence(values[field])
    return kind(**values)


def _sequence(value: Any) -> Any:
    """Lists as tuples, and a single value as a tuple of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _mapping(data: Any, what: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise ModelError(
            f"{what} is {'missing' if data is None else 'no JSON object'}; it needs {', '.join(sorted(known))}"
        )
    for field in data:
        if field not in known:
            raise ModelError(f"{what}: {field!r} is no field of it; known are {', '.join(sorted(known))}")
    return data


def _check_tensor(tensor: InputTensor | OutputTensor) -> None:
    what = "input" if isinstance(tensor, InputTensor) else "output"
    if not isinstance(tensor.name, str) or not tensor.name:
        raise ModelError(f"{what}: name is {tensor.name!r}; the tensor's name in the network is needed")
    where = f"{what} {tensor.name!r}"
    for field, choices in (("order", ORDERS), ("layout", LAYOUTS), ("dtype", DTYPES)):
        if (value := getattr(tensor, field)) not in choices:
            raise ModelError(f"{where}: {field} is {value!r}; one of {', '.join(choices)} is needed")
    for field in ("width", "height"):
        value = getattr(tensor, field)
        if type(value) is not int or not SMALLEST <= value <= LARGEST:
            raise ModelError(f"{where}: {field} is {value!r}; a whole number from {SMALLEST} to {LARGEST} is needed")
    _check_numbers(tensor.mean, f"{where}: mean", "any")
    _check_numbers(tensor.std, f"{where}: std", "above 0")
    if tensor.dtype == "uint8" and (set(tensor.mean), set(tensor.std)) != ({0.0}, {1.0}):
        raise ModelError(f"{where}: uint8 is taken as it is; mean must be 0 and std 1")


def _check_numbers(values: Any, where: str, sign: Literal["any", "above 0"]) -> None:
    numbers = isinstance(values, tuple) and all(type(v) in (int, float) and -1e6 < v < 1e6 for v in values)
    if not numbers or len(values) not in (1, 3) or (sign == "above 0" and min(values) <= 0):
        told = list(values) if isinstance(values, tuple) else values
        limit = "" if sign == "any" else " above 0"
        raise ModelError(f"{where} is {told}; one number{limit}, or three, are needed")
