"""Pictures as the frames that an H.264 encoder takes: yuv420p, BT.709, limited range, over a background."""

from __future__ import annotations

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from viewer.sessions.background import Pixels, bt709, lay_planes_over
from viewer.sessions.recording import BACKGROUND, Colour

BT709 = (
    1  # ITU-T H.273: primaries, transfer and matrix of HD video, what players assume of a picture this size or larger
)


class FrameMaker:
    """Makes frames of `size` x `size` pictures. An odd size grows by a row and a column: H.264 needs even ones.

    Attributes:
        side: of the frames, in pixels.
    """

    def __init__(self, size: int, background: Colour = BACKGROUND) -> None:
        self._size, self.side = size, size + size % 2
        self._ground = bt709(background)
        self._reformatter = VideoReformatter()

    def frame(self, pixels: Pixels) -> av.VideoFrame:
        """A frame that keeps nothing of `pixels`: (size, size, 4) uint8, premultiplied sRGB, top row first.

        Or (size * 3 / 2, size) uint8: NV12 of an even size, laid over the background already, BT.709, limited range.
        """
        return self.from_nv12(pixels) if pixels.ndim == 2 else self.from_rgba(pixels)

    def from_rgba(self, pixels: Pixels) -> av.VideoFrame:
        """See `frame`."""
        if self.side != self._size:
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

    def from_nv12(self, pixels: Pixels) -> av.VideoFrame:
        """See `frame`: the same bytes in the encoder's order, U and V in planes of their own."""
        size = self._size
        planes = np.empty_like(pixels)
        planes[:size] = pixels[:size]
        planes[size:].reshape(2, -1)[:] = pixels[size:].reshape(-1, 2).T
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        return frame


def tag_colours(context: av.VideoCodecContext) -> None:
    """Write into the stream what the colours of these frames mean."""
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = ColorRange.MPEG


def nv12_shape(size: int) -> tuple[int, int]:
    """The shape of an NV12 picture of `size` x `size` pixels: luma, then rows of U and V in turn; (0, 0) if odd."""
    return (size * 3 // 2, size) if size % 2 == 0 else (0, 0)
