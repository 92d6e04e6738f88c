"""Who converts between pictures and tensors on the host path: OpenCV on the CPU, or passes of OpenGL.

On software OpenGL the passes run on the same cores, and OpenCV does it in fewer; on a GPU they are nearly free.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import GLError
from gpu_core.gl.context import describe_current
from gpu_core.gl.sync import finish_drawing
from gpu_core.gl.targets import TargetSet
from gpu_core.gl.tensor_pass import PlaneForm, TensorPass
from gpu_core.neural.conversion_trial import try_out
from gpu_core.neural.pixels import pack, unpack
from gpu_core.neural.readback import READBACKS, Readback, crop
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.settings import EngineSettings, View
from gpu_core.timing import StageTimer

Tensors = tuple[NDArray[Any], ...]  # one an input of the signature, batch first


class Conversion(Protocol):
    """Fills a slot's tensors from a drawn target, and draws a tensor into the target's display texture."""

    by: str  # "cpu" | "gpu"
    why_not_gpu: str  # why OpenGL does not convert although it was asked to; "" otherwise
    title: str  # what is to be said of it; "" if it is the usual

    def fill(self, target: TargetSet, slot: int, tensors: Tensors, timer: StageTimer) -> int:
        """Pictures into tensors; returns the bytes copied out."""

    def show(self, target: TargetSet, slot: int, made: NDArray[Any], timer: StageTimer) -> int:
        """The network's answer into the display texture; returns the bytes copied in."""

    def close(self) -> None:
        """Release what is held; idempotent."""


class CpuConversion:
    """OpenCV, see `pixels`."""

    by = "cpu"

    def __init__(self, said: Signature, readback: Readback, why_not_gpu: str = "") -> None:
        self.why_not_gpu = why_not_gpu
        self._said, self._readback = said, readback
        self._covers: dict[int, NDArray[np.uint8]] = {}
        self._picture: NDArray[np.uint8] | None = None  # used again: OpenGL has copied it when `show` returns
        why = f"OpenCV converts: {why_not_gpu}" if why_not_gpu else ""
        self.title = "; ".join(filter(None, (why, readback.title)))

    def fill(self, target: TargetSet, slot: int, tensors: Tensors, timer: StageTimer) -> int:
        """See `Conversion`."""
        with self._readback.read(target, timer) as pictures, timer.stage("pack"):
            for face, region in enumerate(target.atlas.regions):
                crops = {name: crop(picture, region) for name, picture in pictures.items()}
                for said, tensor in zip(self._said.inputs, tensors, strict=True):
                    pack(crops, said, tensor[face])
            if not self._said.has_alpha:
                self._covers[slot] = pictures["render"].copy()  # the memory is the next batch's as well
            return sum(picture.nbytes for picture in pictures.values())

    def show(self, target: TargetSet, slot: int, made: NDArray[Any], timer: StageTimer) -> int:
        """See `Conversion`."""
        cover, picture = self._covers.get(slot), self._memory(target)
        with timer.stage("unpack"):
            for face, region in enumerate(target.atlas.regions):
                alpha = None if cover is None else crop(cover, region)
                unpack(made[face], self._said.output, crop(picture, region), alpha)
        with timer.stage("copy_in"):
            target.write_display(picture)
        return picture.nbytes

    def _memory(self, target: TargetSet) -> NDArray[np.uint8]:
        shape = (target.atlas.height, target.atlas.width, 4)
        if self._picture is None or self._picture.shape != shape:
            self._picture = np.zeros(shape, np.uint8)  # what belongs to no face stays so
        return self._picture

    def close(self) -> None:
        """Let go of the readback."""
        self._readback.close()


class GpuConversion:
    """Passes of OpenGL: what crosses the bus are tensors of floats, three times the bytes of the pictures.

    Raises:
        GLError: this OpenGL cannot, or `why_not` has a reason.
    """

    by, why_not_gpu, title = "gpu", "", "OpenGL converts"

    def __init__(self, said: Signature, size: int) -> None:
        if reason := why_not(said, size):
            raise GLError(reason)
        self._said = said
        self._ins = [_form_in(tensor) for tensor in said.inputs]
        self._out = _form_out(said.output)
        self._pass = TensorPass(size, max(said.output.channels, *(tensor.channels for tensor in said.inputs)))

    def fill(self, target: TargetSet, slot: int, tensors: Tensors, timer: StageTimer) -> int:
        """See `Conversion`."""
        with timer.stage("render"):
            finish_drawing()
        for face, region in enumerate(target.atlas.regions):
            for said, form, tensor in zip(self._said.inputs, self._ins, tensors, strict=True):
                with timer.stage("pack"):
                    textures = [target.textures[View(name)] for name in said.pictures]
                    self._pass.pack(textures, (region.x, region.y), form)
                    finish_drawing()
                with timer.stage("copy_out"):
                    self._pass.read(said.channels, tensor[face])
        return sum(tensor.nbytes for tensor in tensors)

    def show(self, target: TargetSet, slot: int, made: NDArray[Any], timer: StageTimer) -> int:
        """See `Conversion`."""
        display, cover = target.textures[View.GENERATED], target.textures[View.RENDER]
        for face, region in enumerate(target.atlas.regions):
            with timer.stage("copy_in"):
                self._pass.write(self._said.output.channels, np.ascontiguousarray(made[face]))
            with timer.stage("unpack"):
                self._pass.unpack(display, cover, (region.x, region.y), self._out)
        return made.nbytes

    def close(self) -> None:
        """Delete what is OpenGL's."""
        self._pass.close()


def open_conversion(said: Signature, settings: EngineSettings, read_back: Set[str]) -> Conversion:
    """What the settings ask for; "auto" is what suits the current OpenGL. On the CPU with a reason in its title else.

    Needs a current context. `read_back` are the pictures that the CPU would need.
    """
    is_software = describe_current().is_software
    wanted = settings.conversion
    if wanted == "auto":
        wanted = "cpu" if is_software else "gpu"
    why = ""
    if wanted == "gpu":
        try:
            return _tried(said, settings.size)
        except GLError as reason:
            why = "" if settings.conversion == "auto" else str(reason)
    readback = settings.readback
    if readback == "auto":
        readback = "direct" if is_software else "pixel buffer"
    return CpuConversion(said, READBACKS[readback](read_back), why)


def why_not(said: Signature, size: int) -> str:
    """What keeps OpenGL from converting for this generator; "" if nothing does."""
    tensors: tuple[InputTensor | OutputTensor, ...] = (*said.inputs, said.output)
    if any(tensor.dtype != "float32" or tensor.layout != "NCHW" for tensor in tensors):
        return "passes of OpenGL are for float32 tensors with channels first"
    if any((tensor.width, tensor.height) != (size, size) for tensor in tensors):
        return f"passes of OpenGL do not resize, and the generator's pictures are not {size}x{size}"
    if not said.pictures <= {View.TEXTURE.value, View.RENDER.value}:
        return "passes of OpenGL know texture and render alone"
    return ""


def _form_in(said: InputTensor) -> PlaneForm:
    mean, std = (value * 3 if len(value) == 1 else value for value in (said.mean, said.std))
    scale = tuple(1.0 / one for one in std)
    return PlaneForm(scale, tuple(m * s for m, s in zip(mean, scale, strict=True)), said.order == "bgr")


def _form_out(said: OutputTensor) -> PlaneForm:
    """In the picture's order; three numbers are for colours, a single one is alpha's as well."""
    order = -1 if said.order == "bgr" else 1
    makes_alpha = said.channels == 4
    mean = said.mean * 3 if len(said.mean) == 1 else said.mean[::order]
    std = said.std * 3 if len(said.std) == 1 else said.std[::order]
    of_alpha = (
        (said.std[0] if len(said.std) == 1 else 1.0, said.mean[0] if len(said.mean) == 1 else 0.0)
        if makes_alpha
        else (1.0, 0.0)
    )
    return PlaneForm((*std, of_alpha[0]), (*mean, of_alpha[1]), said.order == "bgr", makes_alpha, said.premultiplied)


def _tried(said: Signature, size: int) -> GpuConversion:
    """A conversion by OpenGL that has been compared with the CPU's.

    Raises:
        GLError: it cannot, or it differs by more than one step of a byte.
    """
    conversion = GpuConversion(said, size)
    try:
        try_out(conversion, said, size)
    except BaseException:
        conversion.close()
        raise
    return conversion
