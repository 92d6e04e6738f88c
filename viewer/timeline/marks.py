"""A row of keys as a picture: diamonds stamped all at once, as many as there are pixels, over the curve's small area.

Where keys are dense they run together into a band, which is lower, so that the curve behind it is seen. Numpy paints,
with a palette: one byte a pixel says how much of it what kind of key covers, and what lies above has greater numbers.
A thousand keys, or as many points of a curve, cost Qt's painter ten times as much.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from viewer import theme
from viewer.performance.easing import Floats
from viewer.timeline.columns import CHOSEN, MIXED, Classes

Inks = NDArray[np.uint8]  # (height, width): LEVELS · class + level, AREA, or 0 for nothing
REACH_PX = 5  # of a key from its middle
BAND_PX = 2
DENSE = 0.2  # share of a row's pixels with keys from which it is a band
AREA, AREA_ALPHA = 1, 70
LEVELS = 16  # of coverage: the most there is room for
_LOOKS = {1: "diamond", 2: "square", 3: "disc", MIXED: "summary"}  # by class, as `timeline_columns.EASES`


@lru_cache(maxsize=64)
def stamp(look: int, scale: float) -> Inks:
    """The inks of one key, its middle in the middle."""
    reach = round(REACH_PX * scale)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1] / scale
    inside = {
        "diamond": REACH_PX - np.abs(x) - np.abs(y),
        "square": REACH_PX - 1.5 - np.maximum(np.abs(x), np.abs(y)),
        "disc": REACH_PX - 1.2 - np.hypot(x, y),
        "summary": REACH_PX - 1.0 - np.abs(x) - np.abs(y),
    }[_LOOKS[look % CHOSEN]]
    levels = np.round(np.clip(inside * scale + 0.5, 0.0, 1.0) * (LEVELS - 1))
    inks: Inks = np.where(levels > 0, LEVELS * look + levels, 0).astype(np.uint8)
    return inks


@lru_cache(maxsize=64)
def palette(area: str) -> tuple[int, ...]:
    """What the inks are, by number; `area` is the colour of the curve's area."""
    colours = [0] * 256
    colours[AREA] = _argb(area, AREA_ALPHA)
    for look, name in _LOOKS.items():
        for level in range(1, LEVELS):
            alpha = round(255 * level / (LEVELS - 1))
            colours[LEVELS * look + level] = _argb(theme.FAINT if name == "summary" else theme.TEXT, alpha)
            colours[LEVELS * (CHOSEN + look) + level] = _argb(theme.ACCENT, alpha)
    return tuple(colours)


def _argb(name: str, alpha: int) -> int:
    colour = QColor(name)
    colour.setAlpha(alpha)
    return colour.rgba()


def row_picture(
    row: Classes, height: int, scale: float = 1.0, *, shares: Floats | None = None, rest: float = 0.0,
    colour: str = theme.FAINT,
) -> QImage:  # fmt: skip
    """One row's keys in the middle of `height` pixels, REACH_PX more at both ends for keys that are cut in half.

    Args:
        row: classes of the device's pixels.
        height: of the device's pixels.
        scale: the device's pixels to one of the window.
        shares: the curve at each of them: 0 the least, 1 the greatest value. None: no curve.
        rest: from where its area is filled.
    """
    reach = round(REACH_PX * scale)
    picture = np.zeros((height, len(row) + 2 * reach), np.uint8)
    if shares is not None:
        picture[:, reach : reach + len(row)] = _area(height, shares, rest, scale)
    if np.count_nonzero(row) > DENSE * len(row):
        _lay_band(picture, row, reach, scale)
    else:
        _lay_keys(picture, row, reach, scale)
    image = QImage(picture.data, picture.shape[1], height, picture.shape[1], QImage.Format.Format_Indexed8).copy()
    image.setColorTable(palette(colour))
    image.setDevicePixelRatio(scale)
    return image


def _area(height: int, shares: Floats, rest: float, scale: float) -> NDArray[np.bool_]:
    edge = round(2 * scale)
    room = height - 2 * edge - 1
    tops = edge + np.round((1 - shares) * room)
    middle = edge + round((1 - rest) * room)
    y = np.arange(height)[:, None]
    inside: NDArray[np.bool_] = (y >= np.minimum(tops, middle)) & (y <= np.maximum(tops, middle))
    return inside


def _lay_band(picture: Inks, row: Classes, reach: int, scale: float) -> None:
    middle, half = picture.shape[0] // 2, round(BAND_PX * scale)
    inks = np.where(row > 0, LEVELS * row + LEVELS - 1, 0).astype(np.uint8)
    band = picture[middle - half : middle + half + 1, reach : reach + len(row)]
    np.maximum(band, inks, out=band)


def _lay_keys(picture: Inks, row: Classes, reach: int, scale: float) -> None:
    top = picture.shape[0] // 2 - reach
    strip = picture[top : top + 2 * reach + 1]
    for look in np.unique(row[row > 0]).tolist():
        places, key = np.flatnonzero(row == look), stamp(look, scale)
        for column in range(2 * reach + 1):
            # Places of one class are distinct, so no column is written twice in one go.
            strip[:, places + column] = np.maximum(strip[:, places + column], key[:, column, None])
