"""Whether a signature is true of the network it is said of: names, channels, layout, type, size, batch."""

from __future__ import annotations

from gpu_core.errors import ModelError
from gpu_core.neural.inspection import NetworkFacts, TensorFacts
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature


def check_signature(signature: Signature, facts: NetworkFacts) -> None:
    """Hold a signature against what the file declares.

    Only the batch axis may be of free length; height and width too where the signature states them, since it always
    does once it is whole.

    Raises:
        ModelError: the first thing that does not fit, with what the file has instead.
    """
    file = facts.path.name
    declared = {tensor.name: tensor for tensor in facts.inputs}
    for tensor in signature.inputs:
        _check(tensor, declared.get(tensor.name), "input", list(declared), file)
    unfed = [name for name in declared if name not in {tensor.name for tensor in signature.inputs}]
    if unfed:
        raise ModelError(f"{file} also wants an input {unfed[0]!r}: say which pictures it is to get")
    made = {tensor.name: tensor for tensor in facts.outputs}
    _check(signature.output, made.get(signature.output.name), "output", list(made), file)


def _check(
    said: InputTensor | OutputTensor, declared: TensorFacts | None, what: str, names: list[str], file: str
) -> None:
    if declared is None:
        raise ModelError(f"{file} has no {what} {said.name!r}; there is {', '.join(map(repr, names))}")
    where = f"{file}: {what} {said.name!r} is {declared.told}"
    if len(declared.shape) != 4:
        raise ModelError(f"{where}; pictures need four axes: batch, channels, height and width")
    if declared.dtype != said.dtype:
        raise ModelError(f"{where}, not {said.dtype}")
    batch, *rest = declared.shape
    channels, height, width = rest if said.layout == "NCHW" else (rest[2], rest[0], rest[1])
    if channels is None:
        raise ModelError(f"{where}: its channels are left open, only the batch may be; export it with {said.channels}")
    if channels != said.channels:
        raise ModelError(f"{where}: {channels} channels in {said.layout}, not {said.channels}")
    if (height or said.height, width or said.width) != (said.height, said.width):
        raise ModelError(f"{where}, not {said.width}x{said.height} pixels")
    if batch not in (None, 1):
        raise ModelError(f"{where}: its batch is fixed at {batch}; export it with a free batch, or 1")
