"""The engine: from expressions to finished pictures, one batch a step, up to `depth` batches in flight.

    FrameRequest -> pose -> draw (texture + render image) -> [copy_out -> pack -> infer -> unpack -> copy_in] -> Frame

`submit` runs the left half, `collect` the right one; inference runs in between, beside both. There is no thread here:
who calls decides, always from the one thread whose GL context is current.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.batch import RENDER_ONLY, Batch, LateStages
from gpu_core.drawing import draw_batch
from gpu_core.face import FaceAsset
from gpu_core.gl.context import describe_current
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.sync import drop, wait_on_gpu
from gpu_core.gl.target_pool import TargetPool
from gpu_core.gltf.face import load_face
from gpu_core.neural.choosing import Opened, open_in_any_precision, open_tried
from gpu_core.neural.library import generator_for
from gpu_core.neural.model import GeneratorModel, load_model
from gpu_core.neural.path import NeuralPath, Recorded
from gpu_core.path_state import PathState
from gpu_core.rebuilding import rebuild, sets_for
from gpu_core.remarks import remarks
from gpu_core.rival import Rival
from gpu_core.settings import EngineSettings, Frame, FrameRequest, StageTime, View
from gpu_core.stills import draw_still
from gpu_core.timing import StageTimer

if TYPE_CHECKING:
    from gpu_core.cuda.nvenc import GpuEncoder

log = logging.getLogger(__name__)

_WARM_UP_FRAMES = 2  # that stay off the statistics, after something was loaded or compiled


class Engine:
    """A face, its renderer, and the path through the generator. A context manager; needs a current GL context."""

    def __init__(self, face: FaceAsset, generator: GeneratorModel | None, settings: EngineSettings) -> None:
        self.settings = settings
        self._notify: Callable[[], None] = lambda: None
        self._flying: deque[Batch] = deque()
        self._finished, self._state = 0, RENDER_ONLY
        self._late = LateStages()
        with ExitStack() as owned:
            owned.callback(self.close)
            self._owned = ExitStack()
            self._path: NeuralPath | None = None
            self._renderer: Renderer | None = None
            settings.check()
            self._sets = TargetPool()
            self._owned.callback(self._sets.close)
            self._sets.replace(sets_for(settings))
            self._gl = describe_current()
            self._use_face(face)
            self._use_path(generator, open_tried(generator, settings))
            owned.pop_all()

    # ---- one frame -----------------------------------------------------------------------------------------------

    def submit(self, request: FrameRequest) -> None:
        """Pose and draw a batch and hand it to the generator if its picture is asked for.

        Raises:
            RuntimeError: nothing was collected or recycled for too long: all sets are in use.
        """
        if not self.can_submit:
            raise RuntimeError("too many batches in flight: collect and recycle first")
        submitted_ns, timer, index = time.perf_counter_ns(), StageTimer(), self._sets.first_free
        target = self._sets[index]
        path = self._path if View.GENERATED in request.views and self.path_state.serving else None
        pictures = path.pictures if path is not None else frozenset[str]()
        uploaded = draw_batch(self.renderer, target, request, pictures=pictures, timer=timer)
        pending = path.submit(target, timer) if path else None
        self._sets.take()  # not before all went well: a set that is neither free nor in flight would be lost
        self._flying.append(Batch(request, index, timer, pending, uploaded, submitted_ns, len(self._flying) + 1))

    def collect(self, *, wait: bool) -> list[Frame]:
        """The batches that are finished, oldest first; with `wait`, at least one if any is in flight."""
        if self._path is not None:
            self._path.advance()
        frames: list[Frame] = []
        try:
            while self._flying and (self._flying[0].ready() or (wait and not frames)):
                frames.append(self._finish(self._flying.popleft()))
        except BaseException:
            for frame in frames:  # whoever gets the error never sees them, and cannot give them back
                self.recycle(frame)
            raise
        return frames

    def recycle(self, frame: Frame, fence: Any = None) -> None:
        """Give a frame's textures back; the GPU waits for `fence`, a GLsync after the last use of them elsewhere."""
        if fence is not None:
            wait_on_gpu(fence)
        if frame.fence is not None:
            drop(frame.fence)
        self._sets.give_back(frame.set_index)

    def render(self, request: FrameRequest) -> Frame:
        """One still: submit and wait. Whatever else was in flight is finished and recycled first."""
        self._drain()
        self.submit(request)
        return self.collect(wait=True)[0]

    def read(self, frame: Frame, view: View, face: int = 0) -> NDArray[np.uint8]:
        """Copy one face's picture to host memory: (size, size, 4) uint8, premultiplied sRGB, top row first."""
        return self._sets[frame.set_index].read_picture(frame.pictures[view][face])

    def still(self, request: FrameRequest, view: View, size: int) -> NDArray[np.uint8]:
        """Its first face's texture or render image in another size, as `read` gives it; nothing in flight waits."""
        return draw_still(self.renderer, request.expressions[0], view, request.look, size)

    def film(
        self, frame: Frame, background: tuple[int, int, int], face: int = 0, encoder: GpuEncoder | None = None
    ) -> Recorded | None:
        """Begin copying a generated picture to the host for a recording: see `NeuralPath.film`. Never waits."""
        if self._path is None or View.GENERATED not in frame.pictures:
            return None
        return self._path.film(self._sets[frame.set_index], face, background, encoder)

    def _finish(self, batch: Batch) -> Frame:
        target = self._sets[batch.set_index]
        try:
            if batch.pending is not None:
                batch.pending.finish(batch.timer)
        except BaseException:
            self._sets.give_back(batch.set_index)
            raise
        self._finished += 1
        self._note_state()
        if batch.pending is not None:
            self._late.add(self._finished, batch.pending)
        return batch.finished(
            self._finished,
            batch.pictures(target, stands_in=not self.path_state.serving),
            path=self.path_name,
            steady=self._finished > self._steady_from,
        )

    def _note_state(self) -> None:
        """Frames after a change of path, engine or tier stay off the statistics, as those after any loading do."""
        state = replace(self.path_state, building=None)
        if state != self._state:
            self._state, self._steady_from = state, self._finished + _WARM_UP_FRAMES

    def late_stages(self) -> list[tuple[int, tuple[StageTime, ...]]]:
        """What the device has told since the last call: (`Frame.index`, its stages). Never waits."""
        return self._late.take()

    # ---- what it is built of -------------------------------------------------------------------------------------

    def load_face(self, path: Path) -> None:
        """Show another face, with the generator that ships for it; without one, as render image.

        A generator that lacks the precision of the settings runs in `auto`; `warnings` says so.

        Raises:
            AssetError: the file is no usable face; the old one stays.
            ModelError, PathUnavailable: its generator cannot be used here; the old face stays.
        """
        face = load_face(path)
        model = generator_for(face, self.settings.size)
        self._drain()
        opened = open_in_any_precision(model, self.settings)
        try:
            self._use_face(face)
        except BaseException:
            opened.close()
            raise
        self._use_path(model, opened)

    def load_generator(self, source: Path | GeneratorModel) -> None:
        """Use another generator, whatever face is shown: a file, or a model that `load_model` made of one.

        One that lacks the precision of the settings runs in `auto`; `warnings` says so.

        Raises:
            SignatureNeeded: nothing says what its tensors mean; the old one stays.
            ModelError, PathUnavailable, InferenceError: it cannot be used here; the old one stays.
        """
        model = source if isinstance(source, GeneratorModel) else load_model(source)
        self._drain()
        self._use_path(model, open_in_any_precision(model, self.settings))

    def open_rival(self, source: Path | None, changes: Mapping[str, Any]) -> Rival:
        """Another way through the generator beside this one: another file, or the same with other settings.

        Raises:
            MienError: it cannot be used here.
        """
        return Rival(self, model=load_model(source) if source is not None else None, changes=changes)

    def configure(self, settings: EngineSettings) -> None:
        """Change settings while running: what is in flight is finished and recycled, what they touch is built anew.

        Frames that the caller holds stay good. Settings that are the present ones open the path once more, which has a
        plan built that was given up.

        Raises:
            SettingsError: a number or a name that there is not.
            MienError: this generator, or this machine, cannot do that. In each case all stays as it was.
        """
        settings.check()
        self._drain()
        rebuilt = rebuild(self.settings, settings, face=self.face, generator=self.generator)
        if rebuilt.sets:
            self._sets.replace(rebuilt.sets)
        if rebuilt.renderer is not None:
            self._show_with(rebuilt.renderer, self.face)
        if rebuilt.opened is not None:
            self._use_path(self.generator, rebuilt.opened)
        self.settings = settings

    def _use_face(self, face: FaceAsset) -> None:
        self._show_with(Renderer(face, posing=self.settings.posing), face)

    def _show_with(self, renderer: Renderer, face: FaceAsset) -> None:
        if self._renderer is not None:
            self._renderer.close()
        self.face, self._renderer = face, renderer
        self._steady_from = self._finished + _WARM_UP_FRAMES

    def _use_path(self, model: GeneratorModel | None, opened: Opened) -> None:
        if opened.path is not None:
            opened.path.on_ready(lambda: self._notify())
        if self._path is not None:
            self._path.close()
        self.generator, self._path = model, opened.path
        self._late.forget()
        self._state = replace(self.path_state, building=None)
        self.settings, self._lacks = opened.settings, opened.lacks
        self._steady_from = self._finished + _WARM_UP_FRAMES
        for warning in self.warnings:
            log.warning("%s", warning)

    @property
    def renderer(self) -> Renderer:
        """What draws the face; another one after a change of face or of posing."""
        if self._renderer is None:
            raise RuntimeError("this engine has been closed")
        return self._renderer

    def _drain(self) -> None:
        while self._flying:
            for frame in self.collect(wait=True):
                self.recycle(frame)

    def cancel_building(self) -> None:
        """Give up the plan that is being built, if there is one; the path that serves meanwhile goes on."""
        if self._path is not None:
            self._path.cancel_building()

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from any thread, whenever a batch has been inferred."""
        self._notify = callback

    @property
    def in_flight(self) -> int:
        """Batches submitted and not yet collected."""
        return len(self._flying)

    @property
    def can_submit(self) -> bool:
        """True if `submit` has a free set and the pipeline is not full."""
        room = min(self.settings.depth, self._path.depth) if self._path is not None else self.settings.depth
        return len(self._flying) < room and self._sets.has_free

    # ---- what it says of itself ----------------------------------------------------------------------------------

    @property
    def path_name(self) -> str:
        """The path in use, or "render only" without a generator."""
        return self.path_state.name

    @property
    def path_state(self) -> PathState:
        """What the path is now; it may change between two batches."""
        return self._path.state if self._path else RENDER_ONLY

    @property
    def description(self) -> Mapping[str, str]:
        """Short facts for status line and doctor."""
        return {
            "gl_renderer": self._gl.renderer,
            "gl_version": self._gl.version,
            "generator": self.generator.name if self.generator else "none",
            "engine": self.path_state.engine,
            "size": f"{self.settings.size}×{self.settings.size}",
            "face": self.face.name,
            "posing": self._renderer.posing.name if self._renderer else "none",
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of generator and face: what was assumed, what does not fit, what is missing."""
        return tuple(remarks(self.face, self.generator, self._lacks))

    def close(self) -> None:
        """Wait for what is in flight and release everything; idempotent."""
        self._flying.clear()
        if self._path is not None:
            self._path.close()  # waits for what is pending
        if self._renderer is not None:
            self._renderer.close()
        self._path = self._renderer = None
        self._owned.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def open_engine(
    face_path: Path | None = None,
    generator: Path | GeneratorModel | None = None,
    settings: EngineSettings | None = None,
) -> Engine:
    """An engine for a face file and a generator; by default the shipped ones, those for pictures of this size.

    A face for which no generator ships is shown as render image.

    Raises:
        MienError: a file is unusable, or nothing here can run it.
    """
    face, settings = load_face(face_path or resource(*DEFAULT_FACE)), settings or EngineSettings()
    if generator is None:
        generator = generator_for(face, settings.size)
    elif not isinstance(generator, GeneratorModel):
        generator = load_model(generator)
    return Engine(face, generator, settings)
