"""H.264 in MP4, in colours that every player shows: BT.709 over a background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from viewer.sessions.background import Pixels, bt709, lay_planes_over
from viewer.sessions.growing_file import FRAGMENT_S, EncodedFile
from viewer.sessions.recording import BACKGROUND, Colour

_SMALL = 1024  # pixels a side
BT709 = (
    1  # ITU-T H.273: primaries, transfer and matrix of HD video, what players assume of a picture this size or larger
)


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
        self._size, self._even = size, size + size % 2
        self._ground, self._style = bt709(background), style
        self._reformatter = VideoReformatter()
        super().__init__(path, fps, {"movflags": style.movflags})

    def _add_stream(self) -> None:
        style = self._style
        x264 = {"preset": style.preset, "crf": str(style.crf)} | ({"tune": style.tune} if style.tune else {})
        self._stream = self._container.add_stream("libx264", rate=self._rate, options=x264)
        context = self._stream.codec_context
        context.width = context.height = self._even
        context.pix_fmt = "yuv420p"
        context.time_base = 1 / self._rate
        context.gop_size = max(1, round(self._rate * style.key_s))
        context.max_b_frames = style.b_frames
        context.thread_count = style.threads if self._even > _SMALL else 1  # a second one costs more than it helps
        context.color_primaries = context.color_trc = context.colorspace = BT709
        context.color_range = ColorRange.MPEG

    def write(self, pixels: Pixels) -> None:
        """Append a frame: (size, size, 4) uint8, premultiplied sRGB, top row first.

        Or (size * 3 / 2, size) uint8: NV12 of an even size, laid over the background already, BT.709, limited range.
        """
        self._last = self._from_nv12(pixels) if pixels.ndim == 2 else self._from_rgba(pixels)
        self.repeat()

    def _from_rgba(self, pixels: Pixels) -> av.VideoFrame:
        if self._even != self._size:
            pixels = np.pad(pixels, ((0, 1), (0, 1), (0, 0)), mode="edge")
        # Four bytes a pixel although alpha is not read: libswscale reads them three times as fast as RGB24.
        # Colours by area, the mean of two by two pixels: as a GPU's kernel makes them for NV12.
        # The reformatter is kept: to set one up for every picture would take longer than its work.
        made = self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(pixels), format="rgba"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA,
            threads=1,
        )
        assert made is not None
        lay_planes_over(made, cv2.extractChannel(pixels, 3), self._ground)
        return made

    def _from_nv12(self, pixels: Pixels) -> av.VideoFrame:
        """The same bytes in the encoder's order: U and V in planes of their own."""
        size = self._size
        planes = np.empty_like(pixels)
        planes[:size] = pixels[:size]
        planes[size:].reshape(2, -1)[:] = pixels[size:].reshape(-1, 2).T
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        return frame


def nv12_shape(size: int) -> tuple[int, int]:
    """The shape of an NV12 picture of `size` x `size` pixels: luma, then rows of U and V in turn; (0, 0) if odd."""
    return (size * 3 // 2, size) if size % 2 == 0 else (0, 0)
