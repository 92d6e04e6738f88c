"""A session's expressions through an engine once more: bit by bit the same, timed, and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_core.batching import play_through
from gpu_core.expression import Expression
from gpu_core.frame_record import FrameRecord, record_of
from gpu_core.settings import Frame, StageTime, View
from viewer.replay_pictures import PictureComparison, PictureFigures
from viewer.sessions import exact_track
from viewer.sessions.exact_track import TrackRow
from viewer.sessions.frame_index import SHOWN, IndexRow
from viewer.sessions.layout import SessionError
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm
from viewer.sessions.session import Session

if TYPE_CHECKING:
    from gpu_core.engine import Engine


@dataclass(frozen=True)
class Replayed:
    """What came of a replay."""

    frames: int
    stages: dict[str, list[float]]  # milliseconds of the steady frames
    pictures: PictureFigures | None


@dataclass(frozen=True)
class ReplayForm:
    """What to do beside rendering."""

    compare: bool = False  # the pictures, if the recording kept every pixel
    out: Path | None = None  # the folder of a new session
    about: dict[str, object] | None = None


class Replay:
    """One replay; `run` it once."""

    def __init__(self, engine: Engine, session: Session, form: ReplayForm) -> None:
        self._engine, self._session, self._form = engine, session, form
        self._stages: dict[str, list[float]] = defaultdict(list)
        self._steady: set[int] = set()
        self._recorder: Recorder | None = None
        self.count = sum(1 for _ in session.index())

    def run(self, tell: Callable[[int], object] = lambda _done: None) -> Replayed:
        """Render every frame of the track that has a face; `tell` hears how many are done.

        Raises:
            SessionError: the session cannot be read, or an expression came out of the engine changed.
            MienError: the engine fails, or the new session cannot be written.
        """
        comparing = self._form.compare and self._session.is_lossless and self._session.codec != "exr"
        done = 0
        with ExitStack() as owned:
            pictures = PictureComparison(self._session, self.count) if comparing else None
            if pictures is not None:
                owned.enter_context(closing(pictures))
            owned.callback(self._end)
            waiting: list[tuple[TrackRow, IndexRow]] = []
            for frame, _ in play_through(self._engine, self._faces(waiting)):
                try:
                    row, place = waiting.pop(0)
                    self._take(frame, row, place, pictures)
                finally:
                    self._engine.recycle(frame)
                done += 1
                tell(done)
            if self._recorder is not None:
                self._recorder.close()
            return Replayed(done, dict(self._stages), pictures.figures() if pictures is not None else None)

    def _faces(self, waiting: list[tuple[TrackRow, IndexRow]]) -> Iterator[Expression]:
        """Each face of the track; `waiting` gets the rows of those that are on their way."""
        for row, place in zip(self._session.track(), self._session.index(), strict=False):
            if row.expression is not None:
                waiting.append((row, place))
                yield row.expression

    def _take(self, frame: Frame, row: TrackRow, place: IndexRow, pictures: PictureComparison | None) -> None:
        expression = frame.request.expressions[0]
        if exact_track.line(row.frame, row.time_s, expression) != exact_track.line(*row):
            raise SessionError(f"{self._session.track_file}: frame {row.frame} did not come back bit by bit")
        record = record_of(frame)
        if frame.steady:
            self._steady.add(frame.index)
            self._note(frame.stages)
        for index, stages in self._engine.late_stages():
            if index in self._steady:
                self._note(stages)
        if pictures is not None or self._form.out is not None:
            self._use_picture(frame, record, row, place, pictures)

    def _note(self, stages: tuple[StageTime, ...]) -> None:
        for stage in stages:
            self._stages[stage.name].append(stage.duration_ms)

    def _use_picture(
        self, frame: Frame, record: FrameRecord, row: TrackRow, place: IndexRow, pictures: PictureComparison | None
    ) -> None:
        pixels = self._engine.read(frame, View.GENERATED)
        if pictures is not None and place.state == SHOWN:
            pictures.add(place.video_frame, pixels)
        if self._form.out is None:
            return
        if self._recorder is None:
            form = RecordingForm(
                self._session.fps, name="", codec=self._session.codec, background=self._session.background,
                about=self._form.about or {},
            )  # fmt: skip
            self._recorder = Recorder(self._form.out, form, pixels.shape[0])
        self._recorder.add(pixels, row.expression, row.time_s, record)

    def _end(self) -> None:
        if self._recorder is not None:
            self._recorder.__exit__(BaseException, None, None)  # whole by now, or what there is of it is kept
