"""Filming: what is shown, or a whole performance frame by frame, into a session on disk.

The pictures are read and encoded on the engine thread, where they are; the window hears how it goes by signals.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from gpu_core.errors import MienError
from gpu_core.settings import Frame, FrameRequest, StageTime, View
from gpu_core.telemetry import open_sampler
from viewer.camera import Camera
from viewer.engine_thread import EngineThread
from viewer.performance.builtin import Performance
from viewer.performance_sound import sound_of
from viewer.sessions.recording import Recording, RecordingForm
from viewer.sound_track import SoundTrack, write_audio
from viewer.speech.spoken import Spoken
from viewer.view_values import Shown
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine

log = logging.getLogger(__name__)

FPS = 25


class Filming(QObject):
    """Starts and ends recordings. Lives on the GUI thread; `Camera` does the work on the engine's."""

    ended = Signal(object)  # Recording: closed, its files are complete
    _told = Signal(object)  # Recording, from the engine thread
    _recovered = Signal(str)  # from the thread that looks for lost sessions

    def __init__(self, model: ViewerModel, thread: EngineThread) -> None:
        super().__init__(model)
        self._model, self._thread = model, thread
        self._camera: Camera | None = None
        self._told.connect(self._on_told)
        self._recovered.connect(self._on_recovered)
        self._recovery: threading.Thread | None = None
        self._track: SoundTrack | None = None  # of what is heard meanwhile
        self._sound_by_frame: Spoken | None = None  # of a performance that is filmed frame by frame
        self.sound_now: Callable[[], Spoken | None] = lambda: None  # what plays
        self._by_frame = False  # whether a performance is being filmed, which the sliders then follow
        thread.all_drawn.connect(self.stop)
        thread.frame_ready.connect(self._on_frame)
        model.frame_shown.connect(self._on_shown)
        model.stages_told.connect(self._on_stages)

    def toggle(self) -> None:
        """Start or end recording what is shown."""
        if self._camera is None:
            self.start(sessions_folder())
        else:
            self.stop()

    def start(self, folder: Path) -> None:
        """Record every frame that is shown from now on, at the time at which it was shown."""
        start_ns = time.perf_counter_ns()
        form = RecordingForm(
            FPS, patient=False, now_s=lambda: (time.perf_counter_ns() - start_ns) / 1e9, open_sampler=open_sampler
        )
        self._track = track = SoundTrack()

        def shown_s(frame: Frame, _index: int) -> float:
            track.note_frame(frame.request.requested_ns, frame.finished_ns)
            return max(0.0, (frame.finished_ns - start_ns) / 1e9)

        camera = self._begin(folder, form, shown_s)
        self._thread.set_tap(camera.film)

    def film_performance(self, performance: Performance, folder: Path, *, seconds: float | None = None) -> None:
        """Record a performance from its beginning, every frame of it, however long each takes."""
        count = round(min(seconds or performance.duration_s, performance.duration_s) * FPS)
        self._sound_by_frame = sound_of(performance)
        views = frozenset({View.GENERATED})
        requests: Iterator[FrameRequest] = (
            FrameRequest((performance.at(index / FPS),), views) for index in range(count)
        )
        form = RecordingForm(FPS, open_sampler=open_sampler)
        camera = self._begin(folder, form, lambda _frame, index: index / FPS)
        self._by_frame = True
        self._thread.draw_all(requests, camera.film)

    def recover_lost(self, folder: Path) -> None:
        """Make sessions whole whose writer was killed, beside the window; the user hears of each."""

        def look() -> None:
            from viewer.sessions.recovering import recover_lost

            for sentence in recover_lost(folder):
                self._recovered.emit(sentence)

        self._recovery = threading.Thread(target=look, name="recovery", daemon=True)
        self._recovery.start()

    def close(self) -> None:
        """End the recording, and wait for a recovery that is under way."""
        self.stop()
        if self._recovery is not None:
            self._recovery.join()

    def stop(self) -> None:
        """End the recording; `ended` follows when its files are complete."""
        camera, self._camera = self._camera, None
        self._leave_performance()
        if camera is not None:
            self._thread.set_tap(None)
            self._thread.run_job(partial(self._close, camera, self._track, self._sound_by_frame))
        self._track = self._sound_by_frame = None

    def note_played(self, position_s: float) -> None:
        """What plays has come so far."""
        spoken = self.sound_now() if self._track is not None else None
        if spoken is not None and self._track is not None:
            self._track.note(time.perf_counter_ns(), position_s, spoken)

    def _close(self, camera: Camera, track: SoundTrack | None, whole: Spoken | None, engine: Engine) -> None:
        """On the engine's thread: the sound goes before, for files are complete once the camera is closed."""
        try:
            if whole is not None:
                write_audio(whole, camera.folder, camera.filmed / FPS)
            elif track is not None:
                track.write(camera.folder)
        except MienError as error:
            log.warning("the recording has no sound: %s", error)
        finally:
            camera.close(engine)

    def _leave_performance(self) -> None:
        if self._by_frame:
            self._by_frame = False
            self._thread.cancel_all()

    def _begin(self, folder: Path, form: RecordingForm, clock: Callable[[Frame, int], float]) -> Camera:
        self._camera = camera = Camera(folder, form, clock, self._told.emit)
        self._model.set_recording(Recording(running=True, folder=str(folder)))
        return camera

    def _on_frame(self, frame: Frame, _dropped: int) -> None:
        if self._by_frame:
            self._model.edit(frame.request.expressions[0], by_hand=False)

    def _on_recovered(self, sentence: str) -> None:
        self._model.post(f"Recovered a recording: {sentence}")

    def _on_shown(self, shown: Shown) -> None:
        if self._camera is not None:
            self._camera.amend(shown.index, tuple(stage for stage in shown.stages if stage.name == "show"))

    def _on_stages(self, index: int, stages: tuple[StageTime, ...]) -> None:
        if self._camera is not None:
            self._camera.amend(index, stages)

    def _on_told(self, recording: Recording) -> None:
        self._model.set_recording(recording)
        if not recording.running:
            self._camera = None
            self._leave_performance()
            self.ended.emit(recording)


def sessions_folder() -> Path:
    """Where sessions go: among the user's videos. The recorder makes a new folder in it for each."""
    videos = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return Path(videos) / "Mien"
