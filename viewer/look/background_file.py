"""Reading a picture for the background: any of the usual kinds, bounded in bytes and pixels before it is decoded."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gpu_core.errors import MienError
from viewer.look.backdrop import FIT_BORDER, Pixels

FORMATS = ("PNG", "JPEG", "WEBP", "BMP")  # no TIFF: it is many formats, and a damaged one talks to the console
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
MOST_BYTES = 256 * 2**20
MOST_PIXELS = 64 * 10**6  # decoded once: a quarter of a gigabyte
KEPT_SIDE = 2048  # pixels of the longer side: what a background needs, sharp on any screen
# What Pillow raises for files that are damaged in one way or another.
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    struct.error,
    zlib.error,
)


def read_background(path: Path) -> Pixels:
    """The picture, (height, width, 4) opaque sRGB, top row first, at most `KEPT_SIDE` a side.

    What its name ends in does not matter, only what it is.

    Raises:
        MienError: in one line: it is no file, no picture, too large, or damaged.
    """
    _check_file(path)
    try:
        image = Image.open(path, formats=FORMATS)
    except UnidentifiedImageError:
        raise MienError(f"{path.name} is no picture that is read here: choose a PNG, JPEG, WebP or BMP") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MienError(_too_large(path.name)) from None
    except _DAMAGE as error:
        raise MienError(f"{path.name} cannot be read: {_first_line(error)}") from None
    with image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise MienError(_too_large(f"{path.name} has {width}x{height} pixels and"))
        return _decoded(image, path)


def _check_file(path: Path) -> None:
    try:
        if not path.is_file():  # a folder, a pipe, a device that never ends
            raise MienError(f"{path}: there is no such file")
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise MienError(f"{path} cannot be read: {_first_line(error)}") from None
    if size > MOST_BYTES:
        raise MienError(f"{path.name} has {size / 2**20:.0f} MB: a background may have {MOST_BYTES // 2**20}")


def _too_large(what: str) -> str:
    return f"{what} is too large: a background may have {MOST_PIXELS // 10**6} million pixels; save it smaller"


def _decoded(image: Image.Image, path: Path) -> Pixels:
    try:
        image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))  # a JPEG may be decoded at an eighth of its size
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BOX)
        colours = upright.convert("RGBA")
    except (*_DAMAGE, MemoryError) as error:
        raise MienError(f"{path.name} is damaged: {_first_line(error)}") from None
    beneath = Image.new("RGBA", colours.size, (*FIT_BORDER, 255))
    beneath.alpha_composite(colours)
    return np.array(beneath, np.uint8)


def _first_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:160] or type(error).__name__
