"""Writes a session: the pictures at their moments, the rows beside them. For the recorder's thread alone."""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from av.error import FFmpegError

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from gpu_core.telemetry import Sampler
from viewer.sessions import layout, parquet
from viewer.sessions.background import Pixels
from viewer.sessions.contact_sheet import ContactSheet
from viewer.sessions.disk_room import DiskRoom, bytes_in, free_bytes
from viewer.sessions.frame_index import DROPPED, SHOWN, SKIPPED
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.packet_video import Packet, PacketVideo
from viewer.sessions.recording import RecordingForm
from viewer.sessions.recovering import mend
from viewer.sessions.session import open_session
from viewer.sessions.session_folder import SessionFolder, reason, write_bytes
from viewer.sessions.tracks import Tracks
from viewer.sessions.videos import open_pictures

log = logging.getLogger(__name__)

SAMPLE_S = 0.5
NVENC = "NVENC"
# How far behind now the last picture is held while none comes: what comes has been on its way for less.
HOLD_LAG_S = 1.0

Row: TypeAlias = tuple[Expression | None, float, FrameRecord | None]  # face, seconds from the first, what is known


class _Face(NamedTuple):
    """What a face did at a moment whose picture is missing."""

    moment: int
    expression: Expression | None


class SessionWriter:
    """The files of one session in a new folder.

    Raises:
        RecordingError, OSError: from every method: something cannot be written.
    """

    def __init__(self, parent: Path, form: RecordingForm, size: int, *, encoded: bool) -> None:
        now = datetime.now().astimezone()
        self.frames, self.first_s = 0, 0.0
        self._form, self._is_encoded = form, encoded
        self.encoder = NVENC if encoded else layout.ENCODERS[form.codec]
        self._about = described(form, size, now, encoder=self.encoder)
        self._folder = SessionFolder(parent, f"{form.name}_{now:%Y-%m-%d_%H-%M-%S}" if form.name else "")
        self.folder = self._folder.path
        self._sheet = ContactSheet(form.background)
        self._last: Expression | None = None
        self.left_out: Counter[str] = Counter()  # pictures that are not in the video, by their state in the index
        self._missing: deque[_Face] = deque()
        self._encoded: deque[tuple[int, StageTime]] = deque(maxlen=1024)
        self._began_s = self._beat_s = time.monotonic()
        self.room = DiskRoom()
        self._sampler: Sampler | None = None
        start_s = now.hour * 3600 + now.minute * 60 + now.second + now.microsecond / 1e6
        try:
            with contextlib.ExitStack() as undo:
                undo.callback(self._folder.remove)
                self._folder.describe(self._about)
                self._pictures: Any = open_pictures(
                    self.folder, form.codec, fps=form.fps, size=size, background=form.background, encoded=encoded
                )
                undo.callback(self._pictures.close)
                self._tracks = Tracks(self.folder, start_s)
                undo.callback(self._tracks.close)
                undo.pop_all()
        except (RecordingError, OSError) as error:
            raise RecordingError(f"cannot record into {self.folder}: {reason(error)}") from error

    def show(self, moment: int, row: Row, pixels: Pixels | Sequence[Packet]) -> None:
        """A picture, or its packets, at a moment of the video; late for its own, it is left out."""
        if moment < self.frames:
            self.leave_out(moment, row, SKIPPED)
            return
        self.hold_until(moment)
        expression, time_s, record = row
        number = self._tracks.frame(expression, time_s, video_frame=moment, state=SHOWN, record=record)
        self._tracks.video_frame(expression, moment / self._form.fps)
        start_ns = time.perf_counter_ns()
        self._pictures.write(pixels)
        end_ns = time.perf_counter_ns()
        self.frames, self._last = self.frames + 1, expression
        self._tracks.encoded(number, start_ns, end_ns)
        if record is not None:
            self._encoded.append((record.index, StageTime("encode", start_ns, (end_ns - start_ns) / 1e6)))
        if isinstance(pixels, np.ndarray):
            self._sheet.add(number, time_s, pixels)

    def leave_out(self, moment: int, row: Row, state: str) -> None:
        """A frame whose picture the video does not get."""
        expression, time_s, record = row
        self._tracks.frame(expression, time_s, video_frame=moment, state=state, record=record)
        self.left_out[state] += 1
        if moment >= self.frames:
            self._missing.append(_Face(moment, expression))

    def hold_until(self, moment: int) -> None:
        """Repeat the last picture before this moment, beside what the face did meanwhile."""
        while self.frames < moment:
            while self._missing and self._missing[0].moment <= self.frames:
                self._last = self._missing.popleft().expression
            self._tracks.video_frame(self._last, self.frames / self._form.fps)
            self._pictures.repeat()
            self.frames += 1
        while self._missing and self._missing[0].moment < moment:
            self._missing.popleft()

    def amend(self, index: int, stages: Iterable[StageTime]) -> None:
        """What was told late of a frame."""
        self._tracks.amend(index, stages)

    def write_late(self, packets: Sequence[Packet]) -> None:
        """What a GPU's encoder still had."""
        if packets and isinstance(self._pictures, PacketVideo):
            self._pictures.write_late(packets)

    def take_encoded(self) -> list[tuple[int, StageTime]]:
        """`Frame.index` and time of what has been encoded since the last call; from any one thread."""
        return [self._encoded.popleft() for _ in range(len(self._encoded))]

    def beat(self) -> None:
        """Now and then: is the folder still there, how busy is the machine, does the last picture have to be held."""
        now_s = time.monotonic()
        if now_s - self._beat_s < SAMPLE_S:
            return
        self._beat_s = now_s
        self._folder.check()
        self._tracks.flush()
        taken = bytes_in(self.folder) + getattr(self._pictures, "bytes", 0)
        self.room = DiskRoom(free_bytes(self.folder), taken / (now_s - self._began_s))
        if self._form.open_sampler is not None:
            self._sampler = self._sampler or self._form.open_sampler()
            self._tracks.sample(self._sampler.sample())
        if self._form.now_s is not None and self.frames and not self._is_encoded:
            self.hold_until(round((self._form.now_s() - HOLD_LAG_S - self.first_s) * self._form.fps))

    def close(self, counts: Mapping[str, int], *, problem: str) -> None:
        """Complete the files, as far as they let us; a session without a frame goes.

        Raises:
            RecordingError, OSError: the first of them that did not.
        """
        left_out = {state: self.left_out[state] for state in (SKIPPED, DROPPED)}
        counts = {"video_frames": self.frames, "frames": self._tracks.frames, **left_out, **counts}
        with contextlib.ExitStack() as closing:
            closing.callback(self._folder.leave if self.frames else self._folder.remove)
            if problem and self.frames:
                closing.callback(self._mend)
            closing.callback(self._describe_end, counts, problem)
            if not problem:
                closing.callback(self._write_parquet)
                closing.callback(self._write_sheet)
            closing.callback(self._tracks.close)
            closing.callback(self._pictures.close)
            if self._sampler is not None:
                closing.callback(self._sampler.close)

    def _write_sheet(self) -> None:
        picture = self._sheet.png()
        if picture and self.frames:
            self._folder.check()
            write_bytes(self.folder / layout.SHEET_NAME, picture)

    def _write_parquet(self) -> None:
        """An addition for who reads by columns: without it the session is whole all the same."""
        if self.frames and parquet.is_available():
            try:
                parquet.write_parquet(self.folder)
            except (OSError, ValueError) as error:
                log.warning("%s: no Parquet beside the CSV: %s", self.folder, reason(error))

    def _mend(self) -> None:
        """Something failed: whatever is torn is cut, as far as there is room for that; `recover` does the rest."""
        self._folder.check()
        with contextlib.suppress(MienError, OSError, FFmpegError):
            mend(open_session(self.folder))

    def _describe_end(self, counts: Mapping[str, int], problem: str) -> None:
        if not self.frames:
            return
        self._folder.check()
        about = self._about | {"state": layout.STOPPED if problem else layout.CLOSED, "counts": dict(counts)}
        about |= {"problem": problem, "trace_problem": self._tracks.trace_problem}
        about["ended"] = datetime.now().astimezone().isoformat(timespec="milliseconds")
        self._folder.describe(about, last=True)


def described(form: RecordingForm, size: int, now: datetime, *, encoder: str) -> dict[str, Any]:
    """What session.json says from the first moment on."""
    return {
        "kind": layout.KIND,
        "schema": layout.SCHEMA,
        "state": layout.RECORDING,
        "began": now.isoformat(timespec="milliseconds"),
        "video": {
            "file": layout.VIDEO_NAMES[form.codec], "codec": form.codec, "fps": form.fps, "size": size,
            "background": list(form.background), "lossless": form.codec in layout.LOSSLESS,
            "encoder": encoder,
        },
        "audio": {"file": layout.AUDIO_NAME, "recorded": False},
        **form.about,
    }  # fmt: skip
