"""A clip in the making: the frames of a take through the engine, the pipeline full, into a video file.

    expressions -> pose, draw | infer | read -> queue -> composite, convert, encode

Three things run side by side: the thread of the GL context, to which this belongs; inference; and the encoder's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_core.batching import play_through
from gpu_core.frame_record import FrameRecord
from gpu_core.settings import View
from gpu_core.timing import StageTimer
from gpu_core.trace import TraceWriter
from viewer.clips.encoder import ClipEncoder, Video
from viewer.clips.offline_figures import READ, Figures, Tally
from viewer.clips.offline_log import BatchLog
from viewer.clips.parts import PART_S, ClipParts, PartsVideo
from viewer.clips.pictures import ClipPictures
from viewer.sessions.background import Pixels
from viewer.sessions.recording import BACKGROUND, Colour
from viewer.sessions.take import Take
from viewer.sessions.video import Style, VideoFile

if TYPE_CHECKING:
    from gpu_core.engine import Engine


@dataclass(frozen=True)
class ClipForm:
    """What a clip looks like."""

    fps: float
    view: View = View.GENERATED
    background: Colour = BACKGROUND
    side: int | None = None  # in pixels, even; None: as large as the engine makes its pictures


def offline_style() -> Style:
    """How an offline video is encoded: as a recording, finer, and with the index first for the web.

    Measured at 512x512 with a head that talks, converting included: 6.0 core-ms a frame and 40.0 dB; "medium" at 17
    takes 10.8 for the same 40.0 dB and a file a quarter smaller.
    """
    threads = max(1, min(8, (os.cpu_count() or 1) // 2))
    return Style("veryfast", 15, threads, key_s=2.0, b_frames=0, movflags="faststart")


def video_at(path: Path, form: ClipForm, *, style: Style | None = None) -> Callable[[int], VideoFile]:
    """What begins the clip's video in the new file `path`, when it is told the side of its pictures."""
    return lambda side: VideoFile(path, form.fps, side, form.background, style=style or offline_style())


def video_in(parts: ClipParts, form: ClipForm) -> Callable[[int], PartsVideo]:
    """The same in parts."""

    def begin(side: int) -> PartsVideo:
        return PartsVideo(parts, lambda path: video_at(path, form)(side), max(1, round(PART_S * form.fps)))

    return begin


class Clip:
    """One clip from its frame `first` on, into the video that `open_video` begins; to be closed.

    `made` counts the frames that are encoded, those before `first` included.
    """

    def __init__(
        self,
        engine: Engine,
        take: Take,
        form: ClipForm,
        open_video: Callable[[int], Video],
        *,
        first: int = 0,
        trace: TraceWriter | None = None,
    ) -> None:
        self._engine, self._take, self._form, self._trace = engine, take, form, trace
        self._first = first
        self._pictures = ClipPictures(engine, form.view, form.background)
        self._tally = Tally()
        self._log = BatchLog(self._tally, self._write)
        self._encoder = ClipEncoder(open_video, form.side)

    @property
    def frames(self) -> int:
        """How many it will have."""
        return self._take.frames(self._form.fps)

    @property
    def made(self) -> int:
        """How many are encoded."""
        return self._first + self._log.made

    def film(self, tell: Callable[[int], object] = lambda _made: None) -> Figures:
        """Make all of it; `tell` hears now and then how many frames are made.

        Raises:
            MienError: the engine fails, or the file cannot be written.
        """
        views = frozenset({self._form.view})
        faces = islice(self._take.expressions(self._form.fps), self._first, None)
        for frame, valid in play_through(self._engine, faces, views=views):
            reading = StageTimer()
            arrived: list[Pixels] = []
            with reading.stage(READ):
                for face in range(valid):
                    arrived += self._pictures.take(frame, face)
            self._engine.recycle(frame)
            self._log.add(frame, reading.take(), faces=valid)
            self._encode(arrived)
            tell(self.made)
        self._encode(self._pictures.rest())
        self._encoder.finish()
        self._note_encoded()
        frames = self.frames - self._first
        return self._tally.figures(frames=frames, waited_s=self._encoder.waited_s, encoder_s=self._encoder.core_s)

    def _encode(self, pictures: list[Pixels]) -> None:
        for picture in pictures:
            self._encoder.put(picture)
        self._note_encoded()

    def _note_encoded(self) -> None:
        for index, stages in self._engine.late_stages():
            self._log.amend(index, stages)
        self._log.encoded(self._encoder.take_spans())

    def _write(self, record: FrameRecord) -> None:
        if self._trace is not None:
            self._trace.frame(record)
            self._trace.counter("waiting for the encoder", {"pictures": self._encoder.queued}, record.shown_ns)

    def close(self) -> None:
        """Stop the encoder, if it has not finished."""
        self._encoder.abandon()
        self._pictures.close()
