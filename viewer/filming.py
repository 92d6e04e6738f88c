"""Filming: what is shown, or a whole performance frame by frame, into a session on disk.

The pictures are read and encoded on the engine thread, where they are; the window hears how it goes by signals.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from gpu_core.settings import Frame, FrameRequest, View
from viewer.engine_thread import EngineThread
from viewer.performance.builtin import Performance
from viewer.viewer_model import Recording, ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from viewer.sessions.recorder import Recorder

FPS = 25
TELL_S = 0.25  # how often the window hears of progress
BEST_FIRST = (View.GENERATED, View.RENDER, View.TEXTURE)


class Filming(QObject):
    """Starts and ends recordings. Lives on the GUI thread; `_Camera` does the work on the engine's."""

    ended = Signal(object)  # Recording: closed, its files are complete
    _told = Signal(object)  # Recording, from the engine thread

    def __init__(self, model: ViewerModel, thread: EngineThread) -> None:
        super().__init__(model)
        self._model, self._thread = model, thread
        self._camera: _Camera | None = None
        self._told.connect(self._on_told)
        self._by_frame = False  # whether a performance is being filmed, which the sliders then follow
        thread.all_drawn.connect(self.stop)
        thread.frame_ready.connect(self._on_frame)

    def toggle(self) -> None:
        """Start or end recording what is shown."""
        if self._camera is None:
            self.start(sessions_folder())
        else:
            self.stop()

    def start(self, folder: Path) -> None:
        """Record every frame that is shown from now on, at the time at which it was shown."""
        start_ns = time.perf_counter_ns()
        camera = self._begin(folder, lambda frame, _index: max(0.0, (frame.finished_ns - start_ns) / 1e9))
        self._thread.set_tap(camera.film)

    def film_performance(self, performance: Performance, folder: Path, *, seconds: float | None = None) -> None:
        """Record a performance from its beginning, every frame of it, however long each takes."""
        count = round(min(seconds or performance.duration_s, performance.duration_s) * FPS)
        views = frozenset({View.GENERATED})
        requests: Iterator[FrameRequest] = (
            FrameRequest((performance.at(index / FPS),), views) for index in range(count)
        )
        camera = self._begin(folder, lambda _frame, index: index / FPS)
        self._by_frame = True
        self._thread.draw_all(requests, camera.film)

    def stop(self) -> None:
        """End the recording; `ended` follows when its files are complete."""
        camera, self._camera = self._camera, None
        self._leave_performance()
        if camera is not None:
            self._thread.set_tap(None)
            self._thread.run_job(camera.close)

    def _leave_performance(self) -> None:
        if self._by_frame:
            self._by_frame = False
            self._thread.cancel_all()

    def _begin(self, folder: Path, clock: Callable[[Frame, int], float]) -> _Camera:
        self._camera = camera = _Camera(folder, clock, self._told.emit)
        self._model.set_recording(Recording(running=True, folder=str(folder)))
        return camera

    def _on_frame(self, frame: Frame, _dropped: int) -> None:
        if self._by_frame:
            self._model.edit(frame.request.expressions[0], by_hand=False)

    def _on_told(self, recording: Recording) -> None:
        self._model.set_recording(recording)
        if not recording.running:
            self._camera = None
            self._leave_performance()
            self.ended.emit(recording)


class _Camera:
    """One recording, on the engine thread."""

    def __init__(self, folder: Path, clock: Callable[[Frame, int], float], tell: Callable[[Recording], object]) -> None:
        self._clock, self._tell = clock, tell
        self._state = Recording(running=True, folder=str(folder))
        self._recorder: Recorder | None = None
        self._told_s = 0.0
        self._filmed = 0  # the recorder counts what is encoded, and that comes later

    def film(self, engine: Engine, frame: Frame) -> None:
        """Record one frame. If that fails, the recording ends with what it has."""
        view = next(view for view in BEST_FIRST if view in frame.pictures)
        pixels = engine.read(frame, view)
        try:
            recorder = self._open(pixels.shape[0])
            recorder.add(pixels, frame.request.expressions[0], self._clock(frame, self._filmed))
            self._filmed += 1
        except Exception:
            self.close(engine)
            raise
        self._state = replace(self._state, frames=recorder.frames, seconds=recorder.seconds)
        if time.monotonic() - self._told_s > TELL_S:
            self._told_s = time.monotonic()
            self._tell(self._state)

    def _open(self, size: int) -> Recorder:
        if self._recorder is None:
            from viewer.sessions.recorder import Recorder

            self._recorder = Recorder(Path(self._state.folder), FPS, size)
            self._state = replace(self._state, folder=str(self._recorder.folder))
        return self._recorder

    def close(self, _engine: Engine) -> None:
        """Complete the files and say so."""
        recorder, self._recorder = self._recorder, None
        try:
            if recorder is not None:
                recorder.close()
                self._state = replace(self._state, frames=recorder.frames, seconds=recorder.seconds)
        finally:
            self._tell(replace(self._state, running=False))


def sessions_folder() -> Path:
    """Where sessions go: among the user's videos. The recorder makes a new folder in it for each."""
    videos = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return Path(videos) / "Mien"
