"""Filming: what is shown, or a whole performance frame by frame, into a session on disk.

The pictures are read and encoded on the engine thread, where they are; the window hears how it goes by signals.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from gpu_core.settings import Frame, FrameRequest, StageTime, View
from gpu_core.telemetry import open_sampler
from viewer.engine_thread import EngineThread
from viewer.filming.camera import Camera
from viewer.filming.filming_choice import FilmingChoice
from viewer.performance.builtin import Performance
from viewer.sessions.recording import Recording, RecordingForm
from viewer.sound.performance_sound import sound_of
from viewer.sound.sound_track import SoundTrack, write_audio
from viewer.speech.spoken import Spoken
from viewer.view_values import Shown
from viewer.viewer_model import ViewerModel

LOOK_MS = 500  # how often to look how a recording goes: while nothing moves, no frame tells


class Filming(QObject):
    """Starts and ends recordings. Lives on the GUI thread; `Camera` does the work on the engine's."""

    ended = Signal(object)  # Recording: closed, its files are complete
    _told = Signal(int, object)  # number of the recording, and a Recording; from other threads
    _work = Signal(object)  # [(Frame.index, StageTime)], from the engine thread
    _recovered = Signal(str)  # from the thread that looks for lost sessions

    def __init__(self, model: ViewerModel, thread: EngineThread, memory: QSettings | None = None) -> None:
        super().__init__(model)
        self._model, self._thread = model, thread
        self.choice = FilmingChoice(memory, self)
        self._camera: Camera | None = None
        self._closing: list[Camera] = []  # those that may still be completing their files
        self._number = 0  # of the newest recording
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._told.connect(self._on_told)
        self._work.connect(model.note_work_beside)
        self._recovered.connect(self._on_recovered)
        self._recovery: threading.Thread | None = None
        self._track: SoundTrack | None = None  # of what is heard meanwhile
        self.sound_now: Callable[[], Spoken | None] = lambda: None  # what plays
        self._by_frame = False  # whether a performance is being filmed, which the sliders then follow
        thread.all_drawn.connect(self.stop)
        thread.frame_ready.connect(self._on_frame)
        model.frame_shown.connect(self._on_shown)
        model.stages_told.connect(self._on_stages)

    def toggle(self) -> None:
        """Start or end recording what is shown."""
        if self._camera is None:
            self.start()
        else:
            self.stop()

    def start(self, folder: Path | None = None) -> None:
        """Record every frame that is shown from now on, at the time at which it was shown; where it was chosen."""
        chosen, start_ns = self.choice.settings, time.perf_counter_ns()
        form = RecordingForm(
            chosen.fps, codec=chosen.codec, patient=False, open_sampler=open_sampler,
            now_s=lambda: (time.perf_counter_ns() - start_ns) / 1e9,
        )  # fmt: skip
        self._track = track = SoundTrack()

        def shown_s(frame: Frame, _index: int) -> float:
            track.note_frame(frame.request.requested_ns, frame.finished_ns)
            return max(0.0, (frame.finished_ns - start_ns) / 1e9)

        camera = self._begin(folder, form, shown_s)
        camera.before_end = lambda ended: track.write(ended.folder)
        self._thread.set_tap(camera.film)

    def film_performance(
        self, performance: Performance, folder: Path | None = None, *, seconds: float | None = None
    ) -> None:
        """Record a performance from its beginning, every frame of it, however long each takes."""
        chosen, spoken = self.choice.settings, sound_of(performance)
        count = round(min(seconds or performance.duration_s, performance.duration_s) * chosen.fps)
        views = frozenset({View.GENERATED})
        requests: Iterator[FrameRequest] = (
            FrameRequest((performance.at(index / chosen.fps),), views) for index in range(count)
        )
        form = RecordingForm(chosen.fps, codec=chosen.codec, open_sampler=open_sampler)
        camera = self._begin(folder, form, lambda _frame, index: index / chosen.fps)
        if spoken is not None:
            camera.before_end = lambda ended: write_audio(spoken, ended.folder, ended.filmed / chosen.fps)
        self._by_frame = True
        self._thread.draw_all(requests, camera.film)

    def recover_lost(self, folder: Path | None = None) -> None:
        """Make sessions whole whose writer was killed, beside the window; the user hears of each."""
        folder = folder or self.choice.settings.folder

        def look() -> None:
            from viewer.sessions.recovering import recover_lost

            for sentence in recover_lost(folder):
                self._recovered.emit(sentence)
            import viewer.sessions.recorder  # noqa: F401 - or the first frame of a recording would wait for it

        self._recovery = threading.Thread(target=look, name="recovery", daemon=True)
        self._recovery.start()

    def close(self) -> None:
        """End the recording, and wait for a recovery that is under way."""
        self.stop()
        self.choice.close()
        if self._recovery is not None:
            self._recovery.join()

    def stop(self) -> None:
        """End the recording; `ended` follows when its files are complete."""
        camera, self._camera = self._camera, None
        self._leave_performance()
        self._timer.stop()
        if camera is not None:
            self._thread.set_tap(None)
            self._closing = [*(one for one in self._closing if one.is_closing), camera]
            self._thread.run_job(camera.close_beside)
        self._track = None

    def note_played(self, position_s: float) -> None:
        """What plays has come so far."""
        spoken = self.sound_now() if self._track is not None else None
        if spoken is not None and self._track is not None:
            self._track.note(time.perf_counter_ns(), position_s, spoken)

    def wait(self) -> None:
        """Wait until the files of all recordings are complete. Once the engine's thread has ended."""
        for camera in self._closing:
            camera.wait()

    def _leave_performance(self) -> None:
        if self._by_frame:
            self._by_frame = False
            self._thread.cancel_all()

    def _begin(self, folder: Path | None, form: RecordingForm, clock: Callable[[Frame, int], float]) -> Camera:
        folder = folder or self.choice.settings.folder
        self._number += 1
        tell = partial(self._told.emit, self._number)
        self._camera = camera = Camera(folder, form, clock, tell, self._work.emit)
        self._model.set_recording(Recording(running=True, folder=str(folder)))
        self._timer.start()
        return camera

    def _look(self) -> None:
        if self._camera is not None:
            self._model.set_recording(self._camera.now)
            if self._camera.has_failed:
                self.stop()  # and whoever closes the files says why

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

    def _on_told(self, number: int, recording: Recording) -> None:
        is_newest = number == self._number
        if is_newest:
            self._model.set_recording(recording)
        if recording.running:
            return
        if is_newest:
            self._camera = None
            self._timer.stop()
            self._leave_performance()
        self.choice.look()
        if recording.problem:
            self._model.post(recording.problem, "error")
        self.ended.emit(recording)
