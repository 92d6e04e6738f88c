"""The host path: read the pair back, convert, infer on the CPU, write the picture up again.

Inference runs beside the caller; everything else happens on the thread that owns the GL context. On software OpenGL the
copies are a memcpy, so there are no pixel buffers here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Region
from gpu_core.errors import PathUnavailable
from gpu_core.gl.sync import finish_drawing
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.cpu_inference import open_inference
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.pixels import pack, unpack
from gpu_core.settings import EngineSettings, View
from gpu_core.timing import StageTimer


class HostPath:
    """A `NeuralPath` for any OpenGL and any processor."""

    name = "host"

    def __init__(self, model: GeneratorModel, settings: EngineSettings, reason: str) -> None:
        if model.size != settings.size:
            raise PathUnavailable(f"{model.name} makes pictures of {model.size} pixels, {settings.size} were asked for")
        self.model = model
        self.depth = settings.depth
        self._inference = open_inference(model, settings)
        self.engine = self._inference.title
        self.reason = f"{reason} with {self.engine}"
        self._free = list(range(settings.depth))
        self._notify: Callable[[], None] = lambda: None

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called whenever a batch has been inferred."""
        self._notify = callback

    def submit(self, target: TargetSet, timer: StageTimer) -> HostPending:
        """Read both attachments, fill the tensor, start inference."""
        if not self._free:
            raise RuntimeError(f"{self.depth} batches are pending already")
        slot = self._free.pop()
        with timer.stage("render"):
            finish_drawing()  # the copy would wait for the rasteriser: that wait is drawing, not copying
        atlas = target.atlas
        pictures = np.empty((2, atlas.height, atlas.width, 4), np.uint8)
        with timer.stage("copy_out"):
            target.read(View.TEXTURE, pictures[0])
            target.read(View.RENDER, pictures[1])
        with timer.stage("pack"):
            for face, region in enumerate(atlas.regions):
                for half, picture in enumerate(pictures):
                    into = self._inference.inputs[slot][face, 3 * half : 3 * half + 3]
                    pack(_crop(picture, region), self.model.input, into)
        self._inference.start(slot, self._notify)
        return HostPending(self, target, slot)

    def inferred(self, slot: int) -> bool:
        """True if `finish` would not wait for this slot."""
        return self._inference.ready(slot)

    def finish(self, target: TargetSet, slot: int, timer: StageTimer) -> None:
        """Wait for a slot, write its picture up and free it, also when inference failed."""
        try:
            tensor, start, end = self._inference.result(slot)
            timer.add("infer", start, end)
            picture = np.zeros((target.atlas.height, target.atlas.width, 4), np.uint8)
            with timer.stage("unpack"):
                for face, region in enumerate(target.atlas.regions):
                    unpack(tensor[face], self.model.output, _crop(picture, region))
            with timer.stage("copy_in"):
                target.write_display(picture)
        finally:
            self._free.append(slot)

    def close(self) -> None:
        """Wait for what is pending and release the network."""
        self._inference.close()


class HostPending:
    """A batch being inferred on the CPU."""

    def __init__(self, path: HostPath, target: TargetSet, slot: int) -> None:
        self._path, self._target, self._slot = path, target, slot

    def ready(self) -> bool:
        """True once `finish` would not wait."""
        return self._path.inferred(self._slot)

    def finish(self, timer: StageTimer) -> None:
        """Wait if need be, and write the picture into the display texture."""
        self._path.finish(self._target, self._slot, timer)


def _crop(picture: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    return picture[region.y : region.y + region.size, region.x : region.x + region.size]
