"""The camera: takes the pictures of delivered frames into a recording, on the engine's thread.

Where the path has a way of its own, a picture is copied from the GPU beside everything else: `film` begins the copy and
hands over what earlier ones have brought, so nothing waits; the recorder gets the pictures in their order. Elsewhere
the picture is read back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gpu_core.errors import CudaError, MienError
from gpu_core.expression import Expression
from gpu_core.frame_record import FrameRecord, record_of
from gpu_core.settings import Frame, StageTime, View
from viewer.filming.session_facts import engine_facts
from viewer.sessions.recording import Recording, RecordingForm

if TYPE_CHECKING:
    from gpu_core.cuda.nvenc import Encodable, GpuEncoder, Packet
    from gpu_core.engine import Engine
    from gpu_core.neural.path import Recorded
    from viewer.sessions.background import Pixels
    from viewer.sessions.recorder import Recorder

log = logging.getLogger(__name__)

NEWEST = 50  # frames whose cost is told
TELL_S = 0.25  # how often the window hears of progress
BEST_FIRST = (View.GENERATED, View.RENDER, View.TEXTURE)


class _Copy(NamedTuple):
    """A picture on its way from the GPU."""

    recorded: Recorded
    record: FrameRecord
    expression: Expression
    time_s: float


class Camera:
    """One recording. `clock` says when a frame was, `tell` hears how it goes, `tell_work` what was done beside frames:
    their `Frame.index` and the stage, each once.
    """

    def __init__(
        self,
        folder: Path,
        form: RecordingForm,
        clock: Callable[[Frame, int], float],
        tell: Callable[[Recording], object],
        tell_work: Callable[[list[tuple[int, StageTime]]], object] = lambda _told: None,
    ) -> None:
        self._form, self._clock, self._tell, self._tell_work = form, clock, tell, tell_work
        self._state = Recording(running=True, folder=str(folder))
        self._recorder: Recorder | None = None
        self._under_way: deque[_Copy] = deque()
        self._told_s = 0.0
        self._closing: threading.Thread | None = None
        self._taken_ms: deque[float] = deque(maxlen=NEWEST)
        self._encoded_ms: deque[float] = deque(maxlen=NEWEST)
        self._encoder: GpuEncoder | None = None  # of the GPU, where it has one and PyNvVideoCodec is installed
        self.before_end: Callable[[Camera], object] = lambda _camera: None  # writes what else belongs to the session
        self._filmed = 0  # the recorder counts what is encoded, and that comes later

    def film(self, engine: Engine, frame: Frame) -> int:
        """Record one frame; returns the bytes that leave the GPU for it.

        If that fails, the recording ends with what it has.
        """
        start_ns = time.perf_counter_ns()
        try:
            time_s = self._clock(frame, self._filmed)
            self._filmed += 1
            copied = self._take(engine, frame, time_s)
            stage = StageTime("record", start_ns, (time.perf_counter_ns() - start_ns) / 1e6)
            self._taken_ms.append(stage.duration_ms)
            self.amend(frame.index, (stage,))
        except Exception:
            self._give_up(engine)
            raise
        if time.monotonic() - self._told_s > TELL_S:
            self._told_s = time.monotonic()
            self._note_cost(self._recorder)
            self._tell(self._state)
        return copied

    @property
    def folder(self) -> Path:
        """Where the recording is, once it has begun."""
        return Path(self._state.folder)

    @property
    def filmed(self) -> int:
        """Frames that it was given."""
        return self._filmed

    @property
    def now(self) -> Recording:
        """How it goes; from any thread."""
        recorder = self._recorder
        return self._noted(recorder) if recorder is not None else self._state

    @property
    def has_failed(self) -> bool:
        """Whether the recorder has stopped by itself, which `close` tells; from any thread."""
        recorder = self._recorder
        return recorder is not None and recorder.error is not None

    def amend(self, index: int, stages: tuple[StageTime, ...]) -> None:
        """What is known of the frame with that `Frame.index` only now; from any thread."""
        if self._recorder is not None:
            self._recorder.amend(index, stages)

    def _take(self, engine: Engine, frame: Frame, time_s: float) -> int:
        if self._recorder is None and not self._under_way:
            self._form = replace(self._form, about=engine_facts(engine) | dict(self._form.about))
        record = record_of(frame)
        view = next(view for view in BEST_FIRST if view in frame.pictures)
        self._hand_over()
        recorded = self._copy(engine, frame) if view is View.GENERATED else None
        if recorded is not None:
            self._under_way.append(_Copy(recorded, record, frame.request.expressions[0], time_s))
            self._hand_over()  # what the GPU has encoded need not wait for the next
            return recorded.size
        self._hand_over(wait=True)
        pixels = frame.pixels[view] if view in frame.pixels and len(frame.pictures[view]) == 1 else None
        pixels = engine.read(frame, view) if pixels is None else pixels  # the window may have read it already
        self._record(pixels, frame.request.expressions[0], time_s, record)
        return pixels.nbytes

    def _copy(self, engine: Engine, frame: Frame) -> Recorded | None:
        """Begin a copy; None if this path has no way for it, or has lost its device."""
        if self._form.codec != "h264":
            return None  # the GPU makes NV12, which keeps not every pixel
        if self._recorder is None and not self._under_way:
            self._encoder = _open_encoder(engine, frame, round(self._form.fps))
        try:
            recorded = engine.film(frame, self._form.background, encoder=self._encoder)
            if recorded is None and self._under_way:  # no room for another copy: the oldest will make some
                self._hand_over(wait=True)
                recorded = engine.film(frame, self._form.background, encoder=self._encoder)
        except CudaError as error:
            log.warning("a picture to record is read back, because %s", error)
            return None
        return recorded

    def _hand_over(self, *, wait: bool = False) -> None:
        """Give the recorder the copies that have arrived, oldest first; with `wait`, all there are.

        What a lost device has taken with it is lost: the video holds the picture before it.
        """
        while self._under_way:
            copy = self._under_way[0]
            try:
                if not wait and not copy.recorded.ready():
                    return
                self._record(copy.recorded.picture(), copy.expression, copy.time_s, copy.record)
            except CudaError as error:
                log.warning("a picture is missing in the recording: %s", error)
                if self._recorder is not None:
                    self._recorder.add(None, copy.expression, copy.time_s, copy.record)
            self._under_way.popleft().recorded.release()

    def _record(self, pixels: Pixels | Encodable, expression: Expression, time_s: float, record: FrameRecord) -> None:
        recorder = self._open(pixels.shape[1] if isinstance(pixels, np.ndarray) else pixels.side)
        recorder.add(pixels, expression, time_s, record)
        self._note(recorder)

    def _note_cost(self, recorder: Recorder | None) -> None:
        """Medians, for the first frame opens everything."""
        encoded = recorder.take_encoded() if recorder is not None else []
        if encoded:
            self._tell_work(encoded)
        self._encoded_ms += [stage.duration_ms for _, stage in encoded]
        if self._taken_ms and self._encoded_ms:
            self._state = replace(self._state, record_ms=median(self._taken_ms), encode_ms=median(self._encoded_ms))

    def _note(self, recorder: Recorder) -> None:
        self._state = self._noted(recorder)

    def _noted(self, recorder: Recorder) -> Recording:
        return replace(
            self._state, frames=recorder.frames, seconds=recorder.seconds, dropped=recorder.dropped,
            skipped=recorder.skipped, lost_rows=recorder.lost_rows, room=recorder.room,
        )  # fmt: skip

    def _open(self, size: int) -> Recorder:
        if self._recorder is None:
            from viewer.sessions.recorder import Recorder

            is_encoded = self._encoder is not None
            self._recorder = Recorder(Path(self._state.folder), self._form, size, encoded=is_encoded)
            self._state = replace(self._state, folder=str(self._recorder.folder), encoder=self._recorder.encoder)
        return self._recorder

    def _give_up(self, engine: Engine) -> None:
        """Something failed: what is under way is lost, what is recorded stays."""
        while self._under_way:
            self._under_way.popleft().recorded.release()
        self.close(engine)

    def close(self, _engine: Engine) -> None:
        """Complete the files and say so."""
        try:
            self._hand_over(wait=True)
        finally:
            problem = self._complete(self._last_packets())
            self._tell(replace(self._state, running=False))
        if problem is not None:
            raise problem

    def close_beside(self, _engine: Engine) -> None:
        """The same without holding the engine up: what waits is encoded and the files are completed beside it.

        What fails is told as the recording's `problem`.
        """
        try:
            self._hand_over(wait=True)
        finally:
            self._closing = threading.Thread(target=self._complete_beside, args=(self._last_packets(),), name="closing")
            self._closing.start()

    @property
    def is_closing(self) -> bool:
        """Whether files may still have to be completed, after `close_beside` was asked for; from any thread."""
        return self._closing is None or self._closing.is_alive()

    def wait(self) -> None:
        """Wait until the files are complete, after `close_beside`."""
        if self._closing is not None:
            self._closing.join()

    def _complete_beside(self, late: Sequence[Packet]) -> None:
        problem = self._complete(late)
        self._tell(replace(self._state, running=False, problem=str(problem or "")))

    def _complete(self, late: Sequence[Packet]) -> MienError | None:
        """Close the recorder; returns what went wrong."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        problem = None
        try:
            self.before_end(self)
        except MienError as error:
            log.warning("the recording has no sound: %s", error)
        try:
            recorder.close(late=late)
        except MienError as error:
            problem = error
        self._note_cost(recorder)
        self._note(recorder)
        return problem

    def _last_packets(self) -> Sequence[Packet]:
        """What the GPU's encoder still has; it is closed."""
        encoder, self._encoder = self._encoder, None
        if encoder is None:
            return ()
        try:
            return encoder.finish()
        except MienError as error:
            log.warning("the last pictures are missing in the recording: %s", error)
            return ()
        finally:
            encoder.close()


def _open_encoder(engine: Engine, frame: Frame, fps: int) -> GpuEncoder | None:
    """The GPU's encoder if the pictures are there and it can be had; without it, they are copied."""
    state = engine.path_state
    if state.name != "cuda" or state.tier == "host copy":
        return None
    from gpu_core.cuda.nvenc import GpuEncoder

    try:
        return GpuEncoder(frame.pictures[View.GENERATED][0].size, fps)
    except MienError as reason:
        log.info("recording copies each picture to the host: %s", reason)
        return None
