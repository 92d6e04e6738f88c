"""What is behind the face: nothing, a colour, a picture, or the squares that stand for transparency. Without Qt.

Every picture of a face has alpha, premultiplied; a background is a square of the same size beneath it. What the window
shows behind a face is what a still saved with its background has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width, 4) sRGB, top row first

KINDS = ("neutral", "colour", "picture", "transparent")
FITS = ("fill", "fit", "blur")  # cut to the square, whole within it, or cut and out of focus
SQUARES = 32  # of the checkerboard, across
LIGHT_SQUARE, DARK_SQUARE = 118, 96
FIT_BORDER = (27, 28, 31)  # beside a picture that is shown whole: as beside the face
BLUR = 1 / 40  # of the side: the standard deviation of a background out of focus


@dataclass(frozen=True)
class Background:
    """What the user chose. `colour` is sRGB; `path` is the picture's file."""

    kind: str = "neutral"
    colour: tuple[int, int, int] = (104, 120, 134)
    path: Path | None = None
    fit: str = "fill"


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A background that can be drawn: with its picture, opaque, where it is one."""

    background: Background
    picture: Pixels | None = field(default=None, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether it is one colour all over."""
        return self.background.kind == "colour"

    def square(self, side: int) -> Pixels:
        """The background, (side, side, 4) opaque; of a single colour (1, 1, 4)."""
        if self.background.kind == "colour":
            return np.array([[[*self.background.colour, 255]]], np.uint8)
        if self.background.kind == "picture" and self.picture is not None:
            return _fitted(self.picture, side, self.background.fit)
        return checkers(side)


def backdrop_of(background: Background, picture: Pixels | None) -> Backdrop | None:
    """None where nothing is drawn behind the face: for `neutral`, and until a picture has been read."""
    if background.kind == "neutral" or (background.kind == "picture" and picture is None):
        return None
    return Backdrop(background, picture if background.kind == "picture" else None)


def checkers(side: int) -> Pixels:
    """The squares that stand for transparency."""
    place = np.arange(side) * SQUARES // side
    tone = np.where((place[:, None] + place) % 2, DARK_SQUARE, LIGHT_SQUARE).astype(np.uint8)
    return np.dstack([tone, tone, tone, np.full_like(tone, 255)])


def on_backdrop(picture: Pixels, backdrop: Backdrop) -> Pixels:
    """A premultiplied square picture over its background, opaque."""
    beneath = backdrop.square(picture.shape[0])
    shown = 255 - picture[..., 3:].astype(np.uint16)
    # Exact to a rounding, which never carries beyond 255: a premultiplied colour is at most its alpha.
    mixed = picture[..., :3].astype(np.uint16) + (beneath[..., :3] * shown + 127) // 255
    return np.dstack([np.minimum(mixed, 255).astype(np.uint8), np.full(picture.shape[:2], 255, np.uint8)])


def _fitted(picture: Pixels, side: int, fit: str) -> Pixels:
    height, width = picture.shape[:2]
    if fit == "fit":
        scale = side / max(width, height)
        within = _scaled(picture, max(round(width * scale), 1), max(round(height * scale), 1))
        square = np.full((side, side, 4), (*FIT_BORDER, 255), np.uint8)
        top, left = (side - within.shape[0]) // 2, (side - within.shape[1]) // 2
        square[top : top + within.shape[0], left : left + within.shape[1]] = within
        return square
    cut = min(width, height)
    top, left = (height - cut) // 2, (width - cut) // 2
    square = _scaled(picture[top : top + cut, left : left + cut], side, side)
    return np.asarray(cv2.GaussianBlur(square, (0, 0), side * BLUR), np.uint8) if fit == "blur" else square


def _scaled(picture: Pixels, width: int, height: int) -> Pixels:
    method = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), np.uint8)
