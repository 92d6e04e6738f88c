"""The host path: read the pictures back, convert, infer on the CPU, write the picture up again.

Inference runs beside the caller; everything else happens on the thread that owns the GL context. On software OpenGL the
copies are a memcpy, so there are no pixel buffers here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Region
from gpu_core.errors import InferenceError, ModelError
from gpu_core.gl.sync import finish_drawing
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.cpu_inference import open_inference
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.pixels import pack, unpack
from gpu_core.neural.precisions import file_to_run
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings, StageTime, Traffic, View
from gpu_core.timing import StageTimer


class HostPath:
    """A `NeuralPath` for any OpenGL and any processor."""

    def __init__(self, model: GeneratorModel, settings: EngineSettings, reason: str) -> None:
        self.model = file_to_run(model, settings)
        self.pictures = self.model.signature.pictures
        self.depth = settings.depth
        self._inference = open_inference(self.model, settings)
        title = self._inference.title
        self.state = PathState("host", f"{reason} with {title}", title)
        # The render image's alpha stands in where the network makes none.
        self._read_back = self.pictures if self.model.signature.has_alpha else self.pictures | {"render"}
        self._covers: list[NDArray[np.uint8] | None] = [None] * settings.depth
        self._free = list(range(settings.depth))
        self._notify: Callable[[], None] = lambda: None

    def advance(self) -> None:
        """There is nothing to move on to."""

    def cancel_building(self) -> None:
        """Nothing is built here."""

    def film(self, target: TargetSet, face: int, background: tuple[int, int, int], encoder: object = None) -> None:
        """The picture is the host's already: read it."""

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called whenever a batch has been inferred."""
        self._notify = callback

    def submit(self, target: TargetSet, timer: StageTimer) -> HostPending:
        """Read the pictures the network wants, fill its tensors, start inference."""
        if not self._free:
            raise RuntimeError(f"{self.depth} batches are pending already")
        slot = self._free.pop()
        with timer.stage("render"):
            finish_drawing()  # the copy would wait for the rasteriser: that wait is drawing, not copying
        with timer.stage("copy_out"):
            pictures = {name: read_picture(target, name) for name in self._read_back}
        copied = sum(picture.nbytes for picture in pictures.values()) + 4 * target.atlas.width * target.atlas.height
        with timer.stage("pack"):
            for face, region in enumerate(target.atlas.regions):
                crops = {name: _crop(picture, region) for name, picture in pictures.items()}
                for said, tensor in zip(self.model.signature.inputs, self._inference.inputs[slot], strict=True):
                    pack(crops, said, tensor[face])
        if not self.model.signature.has_alpha:
            self._covers[slot] = pictures["render"]
        self._inference.start(slot, self._notify)
        return HostPending(self, target, slot, Traffic(copied, copied))

    def try_out(self) -> None:
        """Run the network once on empty pictures."""
        said = self.model.signature.output
        self._inference.start(0, lambda: None)
        try:
            tensor, _, _ = self._inference.result(0)
        except InferenceError as error:
            raise ModelError(f"{self.model.path.name} loads but does not run: {error}") from error
        if tensor.shape[1:] != said.shape or tensor.dtype != said.dtype:
            made, wanted = (" x ".join(map(str, shape)) for shape in (tensor.shape[1:], said.shape))
            raise ModelError(f"{self.model.path.name} makes {made} {tensor.dtype}, not {wanted} {said.dtype}")

    def inferred(self, slot: int) -> bool:
        """True if `finish` would not wait for this slot."""
        return self._inference.ready(slot)

    def finish(self, target: TargetSet, slot: int, timer: StageTimer) -> None:
        """Wait for a slot, write its picture up and free it, also when inference failed."""
        try:
            tensor, start, end = self._inference.result(slot)
            timer.add("infer", start, end)
            picture, cover = np.zeros((target.atlas.height, target.atlas.width, 4), np.uint8), self._covers[slot]
            with timer.stage("unpack"):
                for face, region in enumerate(target.atlas.regions):
                    alpha = None if cover is None else _crop(cover, region)
                    unpack(tensor[face], self.model.signature.output, _crop(picture, region), alpha)
            with timer.stage("copy_in"):
                target.write_display(picture)
        finally:
            self._free.append(slot)

    def close(self) -> None:
        """Wait for what is pending and release the network."""
        self._inference.close()


class HostPending:
    """A batch being inferred on the CPU."""

    def __init__(self, path: HostPath, target: TargetSet, slot: int, traffic: Traffic) -> None:
        self._path, self._target, self._slot = path, target, slot
        self.traffic = traffic  # pictures out, and the display texture back in

    def late_stages(self) -> tuple[StageTime, ...]:
        """None of a CPU's stages are late."""
        return ()

    def ready(self) -> bool:
        """True once `finish` would not wait."""
        return self._path.inferred(self._slot)

    def finish(self, timer: StageTimer) -> None:
        """Wait if need be, and write the picture into the display texture."""
        self._path.finish(self._target, self._slot, timer)


def read_picture(target: TargetSet, name: str) -> NDArray[Any]:
    """One of `signature.PICTURES` of a whole batch, rows bottom first: (height, width, 4) uint8.

    Depth is (height, width) float32.
    """
    height, width = target.atlas.height, target.atlas.width
    if name == "depth":
        depth = np.empty((height, width), np.float32)
        target.geometry.read_depth(depth)
        return depth
    pixels = np.empty((height, width, 4), np.uint8)
    if name == "normal":
        target.geometry.read_normals(pixels)
    else:
        target.read(View(name), pixels)
    return pixels


def _crop(picture: NDArray[Any], region: Region) -> NDArray[Any]:
    return picture[region.y : region.y + region.size, region.x : region.x + region.size]
