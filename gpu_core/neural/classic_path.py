"""The classic path: what a competent program did before it was taken apart, kept as the honest baseline.

One frame at a time: glReadPixels, OpenCV for colours, size and layout, the network in FP32, and the picture up again.
Nothing overlaps, nothing is kept from frame to frame, and nothing is worse than the textbook has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import InferenceError, ModelError
from gpu_core.gl.sync import finish_drawing
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.classic_networks import Network
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.pixels import resized
from gpu_core.neural.readback import crop, read_picture
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings, StageTime, Traffic
from gpu_core.timing import StageTimer

Tensor = NDArray[Any]


class ClassicPath:
    """A `NeuralPath` that is done when `submit` returns, whatever `settings.depth` says.

    The generator and the settings are such as `refusal` has nothing against. The network is the path's to close.
    """

    depth = 1

    def __init__(self, model: GeneratorModel, settings: EngineSettings, network: Network, reason: str) -> None:
        self.model, self._network = model, network
        self._said, self._faces = model.signature, settings.faces
        self.pictures = self._said.pictures
        self._read_back = sorted(self.pictures if self._said.has_alpha else self.pictures | {"render"})
        self.state = PathState(
            "classic", f"{reason}: one frame at a time, OpenCV and {network.title}", network.title, gpu=network.gpu
        )
        self._notify: Callable[[], None] = lambda: None
        self._pending: ClassicPending | None = None

    def advance(self) -> None:
        """There is nothing to move on to."""

    def cancel_building(self) -> None:
        """Nothing is built here."""

    def film(self, target: TargetSet, face: int, background: tuple[int, int, int], encoder: object = None) -> None:
        """The picture is the host's already: read it."""

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called at the end of `submit`."""
        self._notify = callback

    def submit(self, target: TargetSet, timer: StageTimer) -> ClassicPending:
        """Do all of it, one step after the other.

        Raises:
            RuntimeError: a batch is pending.
            CudaError, PlanError: the GPU failed; nothing is pending.
        """
        if self._pending is not None:
            raise RuntimeError("a batch is pending already")
        with timer.stage("render"):
            finish_drawing()
        with timer.stage("copy_out"):
            pictures = {name: read_picture(target, name) for name in self._read_back}
        with timer.stage("pack"):
            feed = {said.name: _batch(said, pictures, target) for said in self._said.inputs}
        error, made = None, None
        try:
            made = self._network.run(feed, timer)
        except InferenceError as failure:
            error = failure
        if made is not None:
            self._show(made, pictures, target, timer)
        copied = sum(picture.nbytes for picture in pictures.values()) + 4 * target.atlas.width * target.atlas.height
        copied += self._network.copied_bytes
        self._pending = ClassicPending(self, error, Traffic(copied, copied))
        self._notify()
        return self._pending

    def _show(self, made: Tensor, pictures: dict[str, Tensor], target: TargetSet, timer: StageTimer) -> None:
        picture = np.zeros((target.atlas.height, target.atlas.width, 4), np.uint8)
        with timer.stage("unpack"):
            for face, region in enumerate(target.atlas.regions):
                cover = None if self._said.has_alpha else crop(pictures["render"], region)
                crop(picture, region)[:] = _picture(made[face], self._said.output, cover, region.size)
        with timer.stage("copy_in"):
            target.write_display(picture)

    def try_out(self) -> None:
        """Run the network once on empty pictures."""
        said = self._said.output
        feed = {tensor.name: np.zeros((self._faces, *tensor.shape), np.float32) for tensor in self._said.inputs}
        try:
            made = self._network.run(feed, StageTimer())
        except InferenceError as error:
            raise ModelError(f"{self.model.path.name} loads but does not run: {error}") from error
        if made.shape[1:] != said.shape:
            got, wanted = (" x ".join(map(str, shape)) for shape in (made.shape[1:], said.shape))
            raise ModelError(f"{self.model.path.name} makes {got}, not {wanted}")

    def landed(self) -> None:
        """The pending batch has been finished."""
        self._pending = None

    def close(self) -> None:
        """Nothing runs between two calls: release the network."""
        self._pending = None
        self._network.close()


class ClassicPending:
    """A batch that is done."""

    def __init__(self, path: ClassicPath, error: InferenceError | None, traffic: Traffic) -> None:
        self._path, self._error, self.traffic = path, error, traffic

    def late_stages(self) -> tuple[StageTime, ...]:
        """None are."""
        return ()

    def ready(self) -> bool:
        """Always."""
        return True

    def finish(self, timer: StageTimer) -> None:
        """Say what went wrong, if something did."""
        self._path.landed()
        if self._error is not None:
            raise self._error


def _batch(said: InputTensor, pictures: dict[str, Tensor], target: TargetSet) -> Tensor:
    """One input tensor: every face's pictures side by side as channels."""
    faces = []
    for region in target.atlas.regions:
        planes = [_plane(crop(pictures[name], region), said) for name in said.pictures]
        faces.append(np.concatenate(planes, axis=-1 if said.layout == "NHWC" else 0))
    return np.stack(faces)


def _plane(picture: Tensor, said: InputTensor) -> Tensor:
    """RGBA bytes from OpenGL as normalised float planes, channels first unless the network wants them last."""
    colours = cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB if said.order == "rgb" else cv2.COLOR_RGBA2BGR)
    values: Tensor = resized(cv2.flip(colours, 0), said.width, said.height).astype(np.float32) / np.float32(255.0)
    if (said.mean, said.std) != ((0.0,), (1.0,)):
        values = (values - np.asarray(said.mean, np.float32)) / np.asarray(said.std, np.float32)
    return values if said.layout == "NHWC" else np.ascontiguousarray(values.transpose(2, 0, 1))


def _picture(made: Tensor, said: OutputTensor, cover: Tensor | None, size: int) -> Tensor:
    """A network's answer as premultiplied RGBA bytes of `size`, bottom row first."""
    values = made if said.layout == "NHWC" else made.transpose(1, 2, 0)
    colours, alpha = values[..., :3], values[..., 3:]
    if (said.mean, said.std) != ((0.0,), (1.0,)):
        colours = colours * np.asarray(said.std, np.float32) + np.asarray(said.mean, np.float32)
        alpha = alpha * np.float32(said.std[0] if len(said.std) == 1 else 1.0)  # three numbers are for colours
        alpha = alpha + np.float32(said.mean[0] if len(said.mean) == 1 else 0.0)
    if said.order == "bgr":
        colours = colours[..., ::-1]
    if cover is not None:
        colours = resized(np.ascontiguousarray(colours), size, size)
        alpha = cv2.flip(cover, 0)[..., 3:].astype(np.float32) / 255.0
    if not said.premultiplied:
        colours = colours * alpha
    picture = np.concatenate([np.minimum(colours, alpha), alpha], axis=-1)
    whole = (np.clip(picture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    return np.asarray(cv2.flip(resized(whole, size, size), 0))


def refusal(model: GeneratorModel, settings: EngineSettings) -> str:
    """Why the baseline does not run this generator with these settings; "" if nothing is known against it."""
    if settings.precision not in ("auto", "fp32") or model.precision != "fp32":
        wanted = model.precision if model.precision != "fp32" else settings.precision
        return f"the classic path computes in fp32, not in {wanted}; choose fp32 or auto"
    if settings.inference == "openvino":
        return "the classic path runs ONNX Runtime; choose onnxruntime or auto"
    unknown = _unknown_form(model.signature)
    return f"the classic path does not know {unknown}; choose another path" if unknown else ""


def _unknown_form(said: Signature) -> str:
    if "depth" in said.pictures:
        return "generators that want depth"
    tensors: tuple[InputTensor | OutputTensor, ...] = (*said.inputs, said.output)
    if any(tensor.dtype != "float32" for tensor in tensors):
        return "generators with other tensors than float32"
    return ""
