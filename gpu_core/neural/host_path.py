"""The host path: read the pictures back, convert, infer on the CPU, write the picture up again.

Inference runs beside the caller; everything else happens on the thread that owns the GL context. How pictures come down
and who converts is `readback`'s and `conversions`' business.
"""

from __future__ import annotations

from collections.abc import Callable

from gpu_core.errors import InferenceError, ModelError
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.conversions import open_conversion
from gpu_core.neural.cpu_inference import open_inference
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.precisions import file_to_run
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings, StageTime, Traffic
from gpu_core.timing import StageTimer


class HostPath:
    """A `NeuralPath` for any OpenGL and any processor."""

    def __init__(self, model: GeneratorModel, settings: EngineSettings, reason: str) -> None:
        self.model = file_to_run(model, settings)
        self.pictures = self.model.signature.pictures
        self.depth = settings.depth
        self._inference = open_inference(self.model, settings)
        # The render image's alpha stands in where the network makes none.
        read_back = self.pictures if self.model.signature.has_alpha else self.pictures | {"render"}
        try:
            self._conversion = open_conversion(self.model.signature, settings, read_back)
        except BaseException:
            self._inference.close()
            raise
        title, by = self._inference.title, self._conversion
        why = "; ".join(filter(None, (f"{reason} with {title}", by.title)))
        self.state = PathState("host", why, title, conversion=by.by, conversion_reason=by.why_not_gpu)
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
        slot = self._free[-1]
        copied = self._conversion.fill(target, slot, self._inference.inputs[slot], timer)
        self._free.pop()  # not before all went well: nobody would give it back
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

    def finish(self, target: TargetSet, slot: int, timer: StageTimer) -> Traffic:
        """Wait for a slot, write its picture up and free it, also when inference failed; returns its bytes."""
        try:
            tensor, start, end = self._inference.result(slot)
            timer.add("infer", start, end)
            copied = self._conversion.show(target, slot, tensor, timer)
        finally:
            self._free.append(slot)
        return Traffic(copied, copied)

    def close(self) -> None:
        """Wait for what is pending and release the network."""
        self._inference.close()
        self._conversion.close()


class HostPending:
    """A batch being inferred on the CPU."""

    def __init__(self, path: HostPath, target: TargetSet, slot: int, traffic: Traffic) -> None:
        self._path, self._target, self._slot = path, target, slot
        self.traffic = traffic  # what came out, and after `finish` what went in again

    def late_stages(self) -> tuple[StageTime, ...]:
        """None of a CPU's stages are late."""
        return ()

    def ready(self) -> bool:
        """True once `finish` would not wait."""
        return self._path.inferred(self._slot)

    def finish(self, timer: StageTimer) -> None:
        """Wait if need be, and write the picture into the display texture."""
        self.traffic += self._path.finish(self._target, self._slot, timer)
