"""A video file that survives its writer: H.264 in MP4, readable while it grows, whole again when it is closed.

The file is written in fragments of half a second, each on the disk's side of the process as soon as it is full, and the
encoder holds nothing back: killing the process costs half a second of pictures and not the recording. Closing turns it
into an ordinary MP4 with an index (libavformat's `hybrid_fragmented`), which every player can seek in.

One thread at a time may use a `VideoFile`.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from gpu_core.errors import MienError
from viewer.sessions.recording import BACKGROUND as BACKGROUND
from viewer.sessions.recording import Colour as Colour

Pixels = NDArray[np.uint8]

_FRAGMENT_S = 0.5
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


# A recording: near transparent quality at 2 ms of a core a frame (a head that talks at 512x512, converting included;
# 40.6 dB, where veryfast takes 4 ms for 40.2 dB in two thirds of the bytes), with two threads, for the generator needs
# the rest of the machine. Frames leave at once and in the order they came, so that a fragment holds all of its time:
# zerolatency looks ahead at none.
LIVE = Style("ultrafast", 17, 2, _FRAGMENT_S, 0, "hybrid_fragmented", "zerolatency")


class RecordingError(MienError):
    """A recording cannot be begun or go on; the text says what, where and what has been saved."""


class GrowingFile:
    """A growing video of one stream. Nothing is overwritten: the file must be new. Closed without a frame it is empty.

    `options` are libavformat's for this kind of file.

    Raises:
        RecordingError: from every method: the file cannot be made or written to. It is closed properly then.
    """

    kind = ""  # libavformat's name

    def __init__(self, path: Path, fps: float, options: Mapping[str, str]) -> None:
        self.path, self.frames = path, 0
        self._rate = Fraction(fps).limit_denominator(1001)
        try:
            path.open("xb").close()  # libavformat makes the file with the first frame: too late to hear of a bad folder
            every = {"flush_packets": "1", **options}
            self._container = av.open(str(path), "w", format=self.kind, options=every)
            self._add_stream()
        except (FFmpegError, OSError) as error:
            raise self._failure(error) from error
        self._open = True

    def _add_stream(self) -> None:
        """Say what the file holds."""
        raise NotImplementedError

    def _flush(self) -> None:
        """Write what is still held back; there is at least one frame."""

    def close(self) -> None:
        """Write what is still held back, and the index. Again is fine."""
        if not self._open:
            return
        # Without a frame there is no header either, and libavformat 62 crashes on indexing a hybrid file without one.
        if self.frames:
            self._flush()
        self._open = False
        try:
            self._container.close()
        except (FFmpegError, OSError) as error:
            self._abandon()
            raise self._failure(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _mux(self, packets: Callable[[], Iterable[av.Packet[Any]]]) -> None:
        try:
            self._container.mux(list(packets()))
        except (FFmpegError, OSError) as error:
            self._open = False
            self._abandon()
            raise self._failure(error) from error

    def _abandon(self) -> None:
        """Close after a failure: the first error is the one worth telling."""
        with contextlib.suppress(FFmpegError, OSError):
            self._container.close()
        with contextlib.suppress(OSError):
            self._cut()

    def _cut(self) -> None:
        """Cut off what was being written when it failed."""

    def _failure(self, error: Exception) -> RecordingError:
        return RecordingError(f"{self.path}: cannot be written: {getattr(error, 'strerror', None) or error}")


class Mp4File(GrowingFile):
    """A growing MP4; `movflags` are libavformat's for its layout.

    Raises:
        RecordingError: as `GrowingFile`.
    """

    kind = "mp4"

    def __init__(self, path: Path, fps: float, movflags: str = LIVE.movflags) -> None:
        super().__init__(path, fps, {"movflags": movflags})

    def _cut(self) -> None:
        cut_to_whole_fragments(self.path)


class VideoFile(Mp4File):
    """Frames of `size` x `size` pixels, `fps` a second. An odd size grows by a row and a column: H.264 needs even ones.

    Raises:
        RecordingError: as `Mp4File`.
    """

    def __init__(
        self, path: Path, fps: float, size: int, background: Colour = BACKGROUND, *, style: Style = LIVE
    ) -> None:
        self._size, self._even = size, size + size % 2
        self._ground, self._style = ground_by_alpha(background), style
        self._last: av.VideoFrame | None = None
        self._reformatter = VideoReformatter()
        super().__init__(path, fps, style.movflags)

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
        opaque = laid_over(pixels, self._ground)
        if self._even != self._size:
            opaque = np.pad(opaque, ((0, 1), (0, 1), (0, 0)), mode="edge")
        # Four bytes a pixel although nobody needs the last: libswscale reads them three times as fast as RGB24.
        # Colours by area, the mean of two by two pixels: as a GPU's kernel makes them for NV12.
        # The reformatter is kept: to set one up for every picture would take longer than its work.
        made = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(opaque, format="rgba"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA,
            threads=1,
        )
        assert made is not None
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

    def repeat(self) -> None:
        """Append the last frame once more."""
        if self._last is None:
            return
        self._last.pts, self._last.time_base = self.frames, 1 / self._rate
        self._mux(partial(self._stream.encode, self._last))
        self.frames += 1

    def _flush(self) -> None:
        self._mux(partial(self._stream.encode, None))


def nv12_shape(size: int) -> tuple[int, int]:
    """The shape of an NV12 picture of `size` x `size` pixels: luma, then rows of U and V in turn; (0, 0) if odd."""
    return (size * 3 // 2, size) if size % 2 == 0 else (0, 0)


def ground_by_alpha(background: Colour) -> NDArray[np.uint32]:
    """What shows of a background through each of the 256 alphas, as the four bytes of an RGBA pixel: (256,) uint32."""
    through = 255 - np.arange(256)[:, None]
    colours = np.zeros((256, 4), np.uint8)
    colours[:, :3] = np.rint(through * np.asarray(background) / 255)
    return colours.view(np.uint32).ravel()


def laid_over(pixels: Pixels, ground: NDArray[np.uint32]) -> Pixels:
    """Premultiplied (H, W, 4) laid over the background of `ground_by_alpha`; what is left of alpha means nothing.

    Composited in encoded space, as the viewer does.
    """
    # One look-up a pixel for all its channels, and nothing that is not vectorised: a fifth of NumPy's time for it.
    alpha = cv2.extractChannel(pixels, 3)
    seen = ground.take(alpha, mode="clip").view(np.uint8).reshape(pixels.shape)
    # Rounding may leave a colour above its alpha, and the sum must not pass 255.
    colour = cv2.min(pixels, cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGBA))
    return np.asarray(cv2.add(colour, seen))


def cut_to_whole_fragments(path: Path) -> None:
    """Cut a growing MP4 after its last whole fragment: a part of one is an error to some players.

    Walks the boxes (ISO/IEC 14496-12: a 32-bit size, which counts itself, and a four-letter name).
    """
    with path.open("r+b") as file:
        length, whole, box = path.stat().st_size, 0, 0
        while box + 8 <= length:
            file.seek(box)
            size, name = struct.unpack(">I4s", file.read(8))
            if size < 8 or box + size > length:
                break
            box += size
            whole = whole if name == b"moof" else box  # a fragment is whole when its mdat is
        file.truncate(whole)
