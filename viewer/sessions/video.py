"""H.264 in MP4, in colours that every player shows: BT.709 over a background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from viewer.sessions.background import Pixels
from viewer.sessions.growing_file import FRAGMENT_S, EncodedFile
from viewer.sessions.recording import BACKGROUND, Colour
from viewer.sessions.video_frames import FrameMaker, tag_colours

_SMALL = 1024  # pixels a side


@dataclass(frozen=True)
class Style:
    """How x264 encodes and how the file is laid out."""

    preset: str
    crf: int  # 17 or 18 and below: hardly anybody sees a difference from the source (x264's own documentation)
    threads: int
    key_s: float  # seconds between frames that can be sought
    b_frames: int
    movflags: str
    tune: str = ""


# A recording: near transparent quality at 1.5 ms of a core a frame (a head that talks at 512x512, converting included;
# 40.6 dB, where veryfast takes 3 ms for 40.2 dB in two thirds of the bytes), with two threads, for the generator needs
# the rest of the machine. Frames leave at once and in the order they came, so that a fragment holds all of its time:
# zerolatency looks ahead at none.
LIVE = Style("ultrafast", 17, 2, FRAGMENT_S, 0, "hybrid_fragmented", "zerolatency")


class VideoFile(EncodedFile):
    """Frames of `size` x `size` pixels, `fps` a second. An odd size grows by a row and a column: H.264 needs even ones.

    Raises:
        RecordingError: as `GrowingFile`.
    """

    kind = "mp4"

    def __init__(
        self, path: Path, fps: float, size: int, background: Colour = BACKGROUND, *, style: Style = LIVE
    ) -> None:
        self._maker, self._style = FrameMaker(size, background), style
        super().__init__(path, fps, {"movflags": style.movflags})

    def _add_stream(self) -> None:
        style = self._style
        x264 = {"preset": style.preset, "crf": str(style.crf)} | ({"tune": style.tune} if style.tune else {})
        self._stream = self._container.add_stream("libx264", rate=self._rate, options=x264)
        context = self._stream.codec_context
        context.width = context.height = side = self._maker.side
        context.pix_fmt = "yuv420p"
        context.time_base = 1 / self._rate
        context.gop_size = max(1, round(self._rate * style.key_s))
        context.max_b_frames = style.b_frames
        context.thread_count = style.threads if side > _SMALL else 1  # a second one costs more than it helps
        tag_colours(context)

    def write(self, pixels: Pixels) -> None:
        """Append a frame, as `FrameMaker.frame` takes it."""
        self._last = self._maker.frame(pixels)
        self.repeat()
