"""A stream's small picture: JPEG, for a panel that shows many of them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageChops

from viewer.sessions.recording import BACKGROUND

SIDE = 96
_QUALITY = 80


def thumbnail(pixels: Any) -> bytes:
    """A JPEG of a picture as `viewer.streams.pictures.Arrived` has it."""
    picture = _over_background(pixels) if pixels.ndim == 3 else _of_nv12(pixels)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def _over_background(pixels: Any) -> Image.Image:
    """Made small first: the colours are premultiplied, so that nothing dark creeps in from outside."""
    small = Image.fromarray(pixels[..., :3]).resize((SIDE, SIDE), Image.Resampling.BOX)
    cover = Image.fromarray(pixels[..., 3]).resize((SIDE, SIDE), Image.Resampling.BOX)
    ground = Image.new("RGB", (SIDE, SIDE), BACKGROUND)
    ground.paste((0, 0, 0), mask=cover)
    return ImageChops.add(ground, small)


def _of_nv12(pixels: Any) -> Image.Image:
    import av

    frame = av.VideoFrame.from_ndarray(pixels, format="nv12")
    return Image.fromarray(frame.reformat(SIDE, SIDE, format="rgb24", src_colorspace="ITU709").to_ndarray())
