"""Videos that keep every pixel: FFV1 or H.264 of RGB in Matroska, over a background as any video."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from viewer.sessions.background import Pixels, ground_by_alpha, laid_over
from viewer.sessions.growing_file import FRAGMENT_S, EncodedFile
from viewer.sessions.recording import BACKGROUND, Colour


@dataclass(frozen=True)
class LosslessCodec:
    """An encoder of libavcodec and the options that make it fast."""

    encoder: str
    options: dict[str, str]
    threads: int = 2  # the generator needs the rest of the machine


# slices: FFV1's own threads; a checksum each, so that a broken one is known. qp 0: lossless, x264's documentation.
FFV1 = LosslessCodec("ffv1", {"level": "3", "slices": "4", "slicecrc": "1", "context": "0"})
H264_RGB = LosslessCodec("libx264rgb", {"preset": "ultrafast", "qp": "0", "tune": "zerolatency"})


class LosslessVideo(EncodedFile):
    """Frames of `size` x `size` pixels, any size.

    Raises:
        RecordingError: as `GrowingFile`.
    """

    kind = "matroska"

    def __init__(
        self, path: Path, fps: float, size: int, background: Colour = BACKGROUND, *, codec: LosslessCodec = FFV1
    ) -> None:
        self._size, self._codec, self._ground = size, codec, ground_by_alpha(background)
        # A cluster is on the disk when it is complete: at every key frame.
        super().__init__(path, fps, {"cluster_time_limit": str(round(FRAGMENT_S * 1000))})

    def _add_stream(self) -> None:
        self._stream = self._container.add_stream(self._codec.encoder, rate=self._rate, options=self._codec.options)
        context: Any = self._stream.codec_context
        context.width = context.height = self._size
        context.pix_fmt = "bgr0"
        context.time_base = 1 / self._rate
        context.gop_size = max(1, round(self._rate * FRAGMENT_S))
        context.thread_count = self._codec.threads

    def write(self, pixels: Pixels) -> None:
        """Append a frame: (size, size, 4) uint8, premultiplied sRGB, top row first."""
        opaque = laid_over(pixels, self._ground)
        self._last = av.VideoFrame.from_ndarray(opaque, format="rgba").reformat(format="bgr0")
        self.repeat()
