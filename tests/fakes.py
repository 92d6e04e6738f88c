"""Stand-ins for what is slow, big or made by others. They keep the contracts of what they stand in for."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.errors import AssetError, InferenceError, PathUnavailable
from gpu_core.expression import ARKIT_SHAPES
from gpu_core.face import FaceAsset, Material, Part, Rig
from gpu_core.neural.model import GeneratorModel
from gpu_core.path_state import PathState
from gpu_core.rival import RivalPicture
from gpu_core.settings import EngineSettings, Frame, FrameRequest, Picture, StageTime, Traffic, View

SIZE = 128


def draw_face(request: FrameRequest, view: View, size: int = SIZE) -> NDArray[np.uint8]:
    """A gradient ellipse that opens with the jaw and turns with the head; (size, size, 4), bottom row first."""
    expression = request.expressions[0]
    y, x = np.mgrid[1.0 : -1.0 : size * 1j, -1.0 : 1.0 : size * 1j]
    face = ((x - expression.yaw / 90) ** 2 / 0.42 + y**2 / (0.62 + 0.2 * expression["jawOpen"])) < 1.0
    mouth = (x - expression.yaw / 90) ** 2 / 0.06 + (y + 0.35) ** 2 / (0.004 + 0.05 * expression["jawOpen"]) < 1.0
    tint = {View.TEXTURE: (0.55, 0.75, 0.95), View.RENDER: (0.75, 0.75, 0.75), View.GENERATED: (0.95, 0.72, 0.6)}[view]
    colour = np.stack([tone * (0.75 + 0.25 * y) for tone in tint] + [np.ones_like(x)], -1)
    colour[mouth] = (0.35, 0.1, 0.1, 1.0)
    pixels = (255 * colour * face[..., None]).astype(np.uint8)
    return np.ascontiguousarray(pixels[::-1])


def bare_face() -> FaceAsset:
    """A face of one triangle that no picture shows: nothing of it can be pointed at."""
    corners = np.array([[50, 0, 0], [51, 0, 0], [50, 1, 0]], np.float32)
    front = np.tile(np.array([0, 0, 1], np.float32), (3, 1))
    still = np.zeros((len(ARKIT_SHAPES), 1, 3), np.float32)
    return FaceAsset(
        name="ellipse", vertices=corners, normals=front, uvs=np.zeros((3, 2), np.float32),
        colours=np.ones((3, 3), np.float32), triangles=np.array([[0, 1, 2]], np.uint32), moved=np.array([0]),
        deltas=still, normal_deltas=still, parts=(Part("skin", 0, 0, 1),), materials=(Material("skin"),), textures=(),
        strands=(), rig=Rig(), missing=("tongueOut",), sha256="0", is_foreign=False,
    )  # fmt: skip


class FakeEngine:
    """Draws ellipses instead of faces and takes `delay_s` to infer them. Needs a current context, like the real one."""

    def __init__(
        self, delay_s: float = 0.0, depth: int = 2, path_name: str = "fake", face: FaceAsset | None = None
    ) -> None:
        self.face = face or bare_face()
        self.generator: Any = None
        self.settings = EngineSettings()
        self.path_name = path_name
        self.path_state = PathState(path_name, "a test asked for it", "numpy")
        self.description: Mapping[str, str] = {
            "gl_renderer": "fake GL", "generator": "ellipse", "engine": "numpy", "size": f"{SIZE}×{SIZE}",
        }  # fmt: skip
        self.warnings: tuple[str, ...] = ()
        self.late: list[tuple[int, tuple[StageTime, ...]]] = []  # what a GPU is about to tell
        self.traffic = Traffic()  # of every frame from now on
        self.cancelled = 0  # plans given up
        self.record: Callable[[Frame, tuple[int, int, int]], Any] | None = None  # a path's own way to film
        self.in_flight = 0
        self.submitted: list[FrameRequest] = []
        self.recycled: list[int] = []
        self.fail_with: Exception | None = None
        self.closed = False
        self.rivals: list[FakeRival] = []  # opened beside it, the closed ones too
        self.rival_options: dict[str, Any] = {}  # of the next ones
        self.refuses_rivals = ""
        self.thread = threading.get_ident()
        self._delay_s, self._depth = delay_s, depth
        self._order: deque[int] = deque()
        self._finished: dict[int, Frame] = {}
        self._free = [_texture_set() for _ in range(depth + 2)]
        self._used: dict[int, dict[View, int]] = {}
        self._ready: Callable[[], None] = lambda: None
        self._timers: list[threading.Timer] = []

    def __enter__(self) -> FakeEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def on_ready(self, callback: Callable[[], None]) -> None:
        self._ready = callback

    @property
    def can_submit(self) -> bool:
        return self.in_flight < self._depth and bool(self._free)

    def submit(self, request: FrameRequest) -> None:
        assert threading.get_ident() == self.thread, "the engine belongs to one thread"
        assert self.can_submit, "too many batches in flight"
        if self.fail_with is not None:
            raise self.fail_with
        index = len(self.submitted)
        self.submitted.append(request)
        self.in_flight += 1
        self._used[index] = self._free.pop()
        self._order.append(index)
        start_ns = time.perf_counter_ns()
        if not self._delay_s:
            self._finish(request, index, start_ns)
            return
        timer = threading.Timer(self._delay_s, self._finish, (request, index, start_ns))
        self._timers.append(timer)
        timer.start()

    def _finish(self, request: FrameRequest, index: int, start_ns: int) -> None:
        textures, now = self._used[index], time.perf_counter_ns()
        names = ("pose", "render", "copy_out", "pack", "infer", "unpack", "copy_in")
        share = (0.4, 6.0, 0.1, 0.5, max((now - start_ns) / 1e6, 0.01), 0.6, 0.1)
        stages = tuple(StageTime(name, start_ns, value) for name, value in zip(names, share, strict=True))
        faces = self.settings.faces
        pictures = {view: (Picture(textures[view], 0, 0, SIZE, SIZE, SIZE),) * faces for view in request.views}
        frame = Frame(
            index, request, pictures, None, index % 3, stages, now, self.path_name, index > 0, self.traffic
        )  # fmt: skip
        self._finished[index] = frame
        self._ready()

    def collect(self, *, wait: bool) -> list[Frame]:
        while wait and self._order and self._order[0] not in self._finished:
            time.sleep(0.001)
        frames = []
        while self._order and self._order[0] in self._finished:  # in order, whichever timer was first
            frame = self._finished.pop(self._order.popleft())
            self.in_flight -= 1
            for view, pictures in frame.pictures.items():
                _upload(pictures[0].texture, draw_face(frame.request, view))
            fence = GL.glFenceSync(GL.GL_SYNC_GPU_COMMANDS_COMPLETE, 0)
            GL.glFlush()
            frames.append(Frame(**{**vars(frame), "fence": fence}))
        return frames

    def recycle(self, frame: Frame, fence: Any = None) -> None:
        assert frame.index not in self.recycled, "a frame came back twice"
        if fence is not None:
            GL.glWaitSync(fence, 0, 0xFFFFFFFFFFFFFFFF)
        self.recycled.append(frame.index)
        self._free.append(self._used.pop(frame.index))

    def render(self, request: FrameRequest) -> Frame:
        self.submit(request)
        return self.collect(wait=True)[-1]

    def read(self, frame: Frame, view: View, face: int = 0) -> NDArray[np.uint8]:
        return draw_face(frame.request, view)[::-1]

    def still(self, request: FrameRequest, view: View, size: int) -> NDArray[np.uint8]:
        return draw_face(request, view, size)[::-1]

    def late_stages(self) -> list[tuple[int, tuple[StageTime, ...]]]:
        told, self.late = self.late, []
        return told

    def cancel_building(self) -> None:
        self.cancelled += 1
        self.path_state = replace(self.path_state, building=None, reason="building the plan was cancelled")

    def film(self, frame: Frame, background: tuple[int, int, int], face: int = 0, encoder: Any = None) -> Any:
        return self.record(frame, background) if self.record is not None else None

    def load_face(self, path: Path) -> None:
        if not path.is_file():
            raise AssetError(f"there is no face file {path}")
        missing = ("tongueOut", "cheekPuff")
        self.face = replace(self.face, name=path.stem, missing=missing, is_foreign=True, sha256="1")
        self.warnings = ("This face is not the one the generator was trained on",)

    def load_generator(self, source: GeneratorModel) -> None:
        if "broken" in source.name:
            raise InferenceError(f"{source.name} fails on its first picture")
        if self.settings.precision == "int8" and source.variant("int8") is None:
            self.settings = replace(self.settings, precision="auto")
        self.generator = source
        engine = f"numpy {self.settings.precision}"
        self.description = {**self.description, "generator": source.name, "engine": engine}

    def configure(self, settings: EngineSettings) -> None:
        settings.check()
        if settings.precision == "int8" and self.generator is not None and self.generator.variant("int8") is None:
            raise PathUnavailable(f"{self.generator.name} has no int8 version")
        name = "classic" if settings.path == "classic" else self.path_name
        self.settings, self._depth = settings, settings.depth
        self.path_state = replace(self.path_state, name=name, engine=f"numpy {settings.precision}")

    def open_rival(self, source: Path | None, changes: Mapping[str, Any]) -> FakeRival:
        if self.refuses_rivals:
            raise PathUnavailable(self.refuses_rivals)
        name = source.stem if source is not None else "ellipse"
        self.rivals.append(FakeRival(self, name, dict(changes), **self.rival_options))
        return self.rivals[-1]

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
            timer.join()
        self.closed = True


class FakeRival:
    """Draws the engine's ellipse with red and blue exchanged. With `by_order`, not before a test says `finish`."""

    def __init__(self, engine: FakeEngine, name: str, changes: Mapping[str, Any], *, by_order: bool = False) -> None:
        self.changes, self.name, self.closed = changes, name, False
        self.state = PathState("fake", "a test asked for it", f"numpy {changes.get('precision', '')}".strip())
        self.submitted: list[FrameRequest] = []
        self.fail_with: Exception | None = None
        self._engine, self._by_order = engine, by_order
        self._pending: FrameRequest | None = None
        self._done = False
        self._ready: Callable[[], None] = lambda: None

    def __enter__(self) -> FakeRival:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def on_ready(self, callback: Callable[[], None]) -> None:
        self._ready = callback

    @property
    def can_submit(self) -> bool:
        return self._pending is None and self.state.serving

    @property
    def is_ready(self) -> bool:
        return self._pending is not None and self._done

    def advance(self) -> None:
        assert not self.closed

    def submit(self, request: FrameRequest) -> None:
        assert threading.get_ident() == self._engine.thread, "the engine belongs to one thread"
        assert self.can_submit
        self.submitted.append(request)
        self._pending, self._done = request, not self._by_order
        if self._done:
            self._ready()

    def finish(self) -> None:
        """Let it have its picture, from any thread."""
        self._done = True
        self._ready()

    def collect(self) -> RivalPicture:
        assert self._pending is not None
        request, self._pending = self._pending, None
        if self.fail_with is not None:
            raise self.fail_with
        pixels = draw_rival(request)
        faces = (pixels,) * self._engine.settings.faces
        return RivalPicture(faces, (StageTime("infer", 0, 33.0),), self.state)

    def close(self) -> None:
        self.closed = True


def draw_rival(request: FrameRequest) -> NDArray[np.uint8]:
    """What a `FakeRival` makes of a request, top row first."""
    return np.ascontiguousarray(draw_face(request, View.GENERATED)[::-1][..., [2, 1, 0, 3]])


def _texture_set() -> dict[View, int]:
    return {view: _texture() for view in View}


def _texture() -> int:
    texture = int(GL.glGenTextures(1))
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
    GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA8, SIZE, SIZE, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, None)
    return texture


def _upload(texture: int, pixels: NDArray[np.uint8]) -> None:
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
    GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, 0, 0, SIZE, SIZE, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
