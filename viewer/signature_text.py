"""What a generator's signature says, in words and numbers for people. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, permutations

from gpu_core.errors import ModelError
from gpu_core.neural.inspection import NetworkFacts, TensorFacts
from gpu_core.neural.signature import CHANNELS, InputTensor, OutputTensor, Signature

Numbers = tuple[float, ...]
# Names of the usual ranges, with mean and deviation; whatever is none of them is given in numbers.
RANGES: Mapping[str, tuple[Numbers, Numbers]] = {
    "0 … 1": ((0.0,), (1.0,)),
    "−1 … 1": ((0.5,), (0.5,)),
    "0 … 255": ((0.0,), (1 / 255,)),
    "ImageNet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),  # red, green, blue
}
OWN_NUMBERS = "mean and deviation"
BYTES = "0 … 255, bytes"


def range_of(tensor: InputTensor | OutputTensor) -> str:
    """The name of a tensor's range."""
    if tensor.dtype == "uint8":
        return BYTES
    said = (_as_rgb(tensor.mean, tensor.order), _as_rgb(tensor.std, tensor.order))
    return next((name for name, numbers in RANGES.items() if numbers == said), OWN_NUMBERS)


def numbers_of(name: str, order: str) -> tuple[Numbers, Numbers]:
    """Mean and deviation of a range, in the order of a tensor's channels."""
    mean, std = RANGES.get(name, RANGES["0 … 1"])
    return _as_rgb(mean, order), _as_rgb(std, order)


def _as_rgb(numbers: Numbers, order: str) -> Numbers:
    return numbers[::-1] if order == "bgr" else numbers


def read_numbers(text: str, what: str) -> Numbers:
    """One number, or three, as people write them.

    Raises:
        ModelError: it is something else.
    """
    try:
        numbers = tuple(float(word) for word in text.replace(";", " ").replace(",", " ").split())
    except ValueError:
        numbers = ()
    if len(numbers) not in (1, 3):
        raise ModelError(f"{what}: one number is needed, or three with spaces between them")
    return numbers


def write_numbers(numbers: Iterable[float]) -> str:
    """The same, to be read and changed."""
    return "  ".join(f"{number:g}" for number in numbers)


def orders_of(channels: int) -> list[tuple[str, ...]]:
    """Every way to fill so many channels with pictures, the likely ones first."""
    found = []
    for count in range(1, len(CHANNELS) + 1):
        for chosen in combinations(CHANNELS, count):
            if sum(CHANNELS[picture] for picture in chosen) == channels:
                found += [*permutations(chosen)]
    # Depth usually comes last; normals after the colours.
    return sorted(found, key=lambda pictures: [list(CHANNELS).index(picture) for picture in pictures])


def layouts_of(tensor: TensorFacts, channels: Iterable[int]) -> list[str]:
    """The layouts that a tensor's shape allows, if its pictures have one of these numbers of channels."""
    axes = (("NCHW", 1), ("NHWC", 3))
    return [layout for layout, axis in axes if len(tensor.shape) == 4 and tensor.shape[axis] in set(channels)]


def output_candidates(facts: NetworkFacts) -> list[TensorFacts]:
    """The outputs that could be a picture."""
    return [tensor for tensor in facts.outputs if layouts_of(tensor, (3, 4))]


def summary(signature: Signature) -> str:
    """One sentence: what goes in, and what is taken for the picture."""
    fed = ", ".join(f"{' + '.join(tensor.pictures)} → {tensor.name} ({_form(tensor)})" for tensor in signature.inputs)
    output = signature.output
    alpha = "alpha from the render image"
    if output.channels == 4:
        alpha = f"{'premultiplied' if output.premultiplied else 'straight'} alpha"
    return f"{fed}; {output.name} → picture ({_form(output)}, {alpha})"


def _form(tensor: InputTensor | OutputTensor) -> str:
    name = range_of(tensor)
    if name == OWN_NUMBERS:
        name = f"mean {write_numbers(tensor.mean)}, deviation {write_numbers(tensor.std)}"
    has_colour = isinstance(tensor, OutputTensor) or tensor.pictures != ("depth",)
    return f"{tensor.order.upper()}, {name}" if has_colour else name


def shortened(name: str, longest: int = 36) -> str:
    """A file's name with its middle left out, if it is long."""
    half = longest // 2
    return name if len(name) <= longest else f"{name[:half]}…{name[1 - half :]}"
