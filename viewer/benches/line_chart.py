"""A line chart drawn by Pillow, in the theme's colours, with a label at each line's end instead of a legend.

Everything is drawn larger and made smaller at the end: Pillow's lines have no soft edges of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from viewer.theme import DIM, LINE, PANEL, TEXT

FINER = 3  # times as large as it ends
TICK_PX, LABEL_PX, TITLE_PX = 15, 17, 19
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 104, 64, 58
_DOT_PX = 4.5
_TICKS = 5


@dataclass(frozen=True)
class Line:
    """One curve: (x, y) in order, in the axes' units."""

    label: str
    colour: str
    points: tuple[tuple[float, float], ...]
    is_dashed: bool = False


@dataclass(frozen=True)
class Chart:
    """What a chart shows. x has a tick at each of `ticks`, an equal distance apart."""

    title: str
    x_title: str
    ticks: tuple[int, ...]
    lines: tuple[Line, ...]
    top: float  # of the y axis, which begins at 0
    unit: str = ""  # behind the ticks' numbers


@dataclass(frozen=True)
class Box:
    """Where a chart lies in the picture, in pixels of the finished one."""

    x: int
    y: int
    width: int
    height: int


def font(pixels: float) -> ImageFont.FreeTypeFont:
    """The font that Pillow brings; `pixels` of the finished picture."""
    made = ImageFont.load_default(pixels * FINER)
    assert isinstance(made, ImageFont.FreeTypeFont), "Pillow is built with FreeType"
    return made


def nice_top(value: float) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten, times the number of ticks, that is not below `value`."""
    if value <= 0.0:
        return float(_TICKS)
    step = value / _TICKS
    power = 10.0 ** math.floor(math.log10(step))
    return _TICKS * power * next(nice for nice in (1.0, 2.0, 2.5, 5.0, 10.0) if nice * power >= step * (1 - 1e-9))


class ChartPainter:
    """Draws one chart into a picture that is FINER times as large."""

    def __init__(self, pen: ImageDraw.ImageDraw, box: Box, chart: Chart) -> None:
        self._pen, self._chart = pen, chart
        self._left, self._right = (box.x + _LEFT) * FINER, (box.x + box.width - _RIGHT) * FINER
        self._top, self._bottom = (box.y + _TOP) * FINER, (box.y + box.height - _BOTTOM) * FINER
        self._box = tuple(FINER * at for at in (box.x, box.y, box.x + box.width, box.y + box.height))

    def paint(self) -> None:
        """Panel, axes, lines, labels."""
        self._pen.rounded_rectangle(self._box, 10 * FINER, fill=PANEL)
        self._text(self._box[0] + 20 * FINER, self._box[1] + 18 * FINER, self._chart.title, TITLE_PX, TEXT, "la")
        self._axes()
        for line in self._chart.lines:
            self._line(line)
        self._labels()

    def _axes(self) -> None:
        for number in range(_TICKS + 1):
            value = self._chart.top * number / _TICKS
            y = self._y(value)
            self._pen.line((self._left, y, self._right, y), fill=LINE, width=FINER)
            self._text(self._left - 10 * FINER, y, f"{value:g}{self._chart.unit}", TICK_PX, DIM, "rm")
        for tick in self._chart.ticks:
            self._text(self._x(tick), self._bottom + 10 * FINER, str(tick), TICK_PX, DIM, "ma")
        middle = (self._left + self._right) / 2
        self._text(middle, self._bottom + 32 * FINER, self._chart.x_title, TICK_PX, DIM, "ma")

    def _line(self, line: Line) -> None:
        places = [(self._x(x), self._y(y)) for x, y in line.points]
        if line.is_dashed:
            for one, other in pairwise(places):
                self._dashes(one, other, line.colour)
            return
        self._pen.line(places, fill=line.colour, width=round(2.5 * FINER), joint="curve")
        radius = _DOT_PX * FINER
        for x, y in places:
            self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=line.colour, outline=PANEL,
                              width=round(1.5 * FINER))  # fmt: skip

    def _dashes(self, one: tuple[float, float], other: tuple[float, float], colour: str) -> None:
        length = math.dist(one, other)
        count = max(1, round(length / (12 * FINER)))
        for number in range(count):
            ends = [number / count, (number + 0.55) / count]
            places = [(one[0] + (other[0] - one[0]) * at, one[1] + (other[1] - one[1]) * at) for at in ends]
            self._pen.line(places, fill=colour, width=round(1.5 * FINER))

    def _labels(self) -> None:
        lines = [line for line in self._chart.lines if line.points]
        wanted = [self._y(line.points[-1][1]) for line in lines]
        apart = (LABEL_PX + 4.0) * FINER
        for line, y in zip(lines, spread(wanted, apart, self._top, self._bottom), strict=True):
            self._text(self._x(line.points[-1][0]) + 12 * FINER, y, line.label, LABEL_PX, line.colour, "lm")

    def _text(self, x: float, y: float, text: str, pixels: int, colour: str, anchor: str) -> None:
        self._pen.text((x, y), text, fill=colour, font=font(pixels), anchor=anchor)

    def _x(self, tick: float) -> float:
        """Ticks an equal distance apart; values between them in proportion."""
        ticks = self._chart.ticks
        if len(ticks) == 1:
            return (self._left + self._right) / 2
        place = len(ticks) - 1.0
        for number, (one, other) in enumerate(pairwise(ticks)):
            if tick <= other:
                place = number + (tick - one) / (other - one)
                break
        return self._left + (0.04 + 0.92 * place / (len(ticks) - 1)) * (self._right - self._left)

    def _y(self, value: float) -> float:
        return self._bottom - min(value / self._chart.top, 1.0) * (self._bottom - self._top)


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places as near to the wanted ones as it gets with that distance between any two; in the order of `wanted`."""
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed = [0.0] * len(wanted)
    before = low - apart
    for at in order:
        before = placed[at] = max(wanted[at], before + apart)
    after = high + apart
    for at in reversed(order):
        after = placed[at] = min(placed[at], after - apart)
    return placed


def finished(picture: Image.Image) -> Image.Image:
    """The picture at its size."""
    return picture.resize((picture.width // FINER, picture.height // FINER), Image.Resampling.LANCZOS)
