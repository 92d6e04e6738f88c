"""How a slider is painted: name, figures, track, knob, and the marks of the rules that hold for it.

┃ Blink, left ★      0.32 ●     link's colour · name, favourite · value, lamp
  ━━━━━━━━━●──────────╌╌╌       from zero to the knob · rest · what the generator was not trained for
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from viewer import theme
from viewer.sliders.marks import Marks

HEIGHT = 36
TRACK_Y = 26.0
KNOB = 5.0
PAD = 8.0
FIGURES_WIDTH = 34.0
_LINK_WIDTH, _BADGE = 3.0, 13.0


@dataclass(frozen=True)
class SliderLook:
    """What is painted. `zero`, `knob` and the ends of `trained` are shares of the track, 0..1."""

    title: str
    figures: str
    zero: float
    knob: float
    trained: tuple[float, float]
    marks: Marks
    is_zero: bool
    is_enabled: bool
    is_hot: bool  # moved last, or held
    is_lit: bool  # outside of what was trained


def track(width: float) -> tuple[float, float]:
    """Where the track begins and ends, in pixels."""
    return PAD + KNOB, width - PAD - KNOB


def paint_slider(painter: QPainter, look: SliderLook, width: float) -> None:
    """Paint it into the upper left corner."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if look.marks.is_chosen:
        painter.setBrush(_colour(theme.LINE))
        painter.drawRoundedRect(QRectF(2, 0, width - 4, HEIGHT), 4, 4)
    if look.marks.link >= 0:
        painter.setBrush(_colour(link_colour(look.marks.link)))
        painter.drawRoundedRect(QRectF(2, 5, _LINK_WIDTH, HEIGHT - 10), 1.5, 1.5)
    _paint_track(painter, look, width)
    if look.is_enabled:
        _paint_knob(painter, look, width)
    _paint_text(painter, look, width)


def link_colour(number: int) -> str:
    """The colour of a link."""
    return theme.LINK_COLOURS[number % len(theme.LINK_COLOURS)]


def _paint_track(painter: QPainter, look: SliderLook, width: float) -> None:
    left, right = track(width)
    length = right - left
    painter.setBrush(_colour(theme.FAINT if look.marks.is_chosen else theme.LINE))
    painter.drawRoundedRect(QRectF(left, TRACK_Y - 1.5, length, 3), 1.5, 1.5)
    painter.drawRect(QRectF(left + length * look.zero - 0.5, TRACK_Y - 4, 1, 8))
    if not look.is_enabled:
        return
    painter.setBrush(_colour(theme.WARNING, 70))
    low, high = look.trained
    for begin, end in ((0.0, low), (high, 1.0)):
        if end > begin:
            painter.drawRect(QRectF(left + length * begin, TRACK_Y - 1.5, length * (end - begin), 3))
    painter.setBrush(_colour(theme.FAINT if look.marks.is_dimmed or look.marks.is_locked else theme.ACCENT))
    begin, end = sorted((look.zero, look.knob))
    painter.drawRect(QRectF(left + length * begin, TRACK_Y - 1.5, length * (end - begin), 3))


def _paint_knob(painter: QPainter, look: SliderLook, width: float) -> None:
    left, right = track(width)
    x = left + (right - left) * look.knob
    if look.marks.is_locked:
        _paint_lock(painter, x)
        return
    colour = theme.FAINT if look.marks.is_dimmed else theme.ACCENT if look.is_hot else theme.TEXT
    painter.setBrush(_colour(colour))
    painter.drawEllipse(QPointF(x, TRACK_Y), KNOB, KNOB)


def _paint_lock(painter: QPainter, x: float) -> None:
    painter.setBrush(_colour(theme.TEXT))
    painter.drawRoundedRect(QRectF(x - 5, TRACK_Y - 1.5, 10, 7), 1.5, 1.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = painter.pen()
    painter.setPen(_colour(theme.TEXT))
    painter.drawArc(QRectF(x - 3, TRACK_Y - 6, 6, 8), 0, 180 * 16)
    painter.setPen(pen)


def _paint_text(painter: QPainter, look: SliderLook, width: float) -> None:
    painter.setFont(_font())
    text = QRectF(PAD, 0, width - 2 * PAD, TRACK_Y - KNOB)
    name = text.adjusted(0, 0, -FIGURES_WIDTH, 0)
    if look.marks.is_alone:
        _paint_badge(painter, text)
        name.setLeft(name.left() + _BADGE + 3)
    faint = not look.is_enabled or look.marks.is_dimmed
    painter.setPen(_colour(theme.FAINT if faint else theme.ACCENT if look.is_hot else theme.TEXT))
    title = f"{look.title} ★" if look.marks.is_favourite else look.title
    shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(name.width()))
    painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.setPen(_colour(theme.WARNING if look.is_lit else theme.FAINT if faint or look.is_zero else theme.TEXT))
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, look.figures)
    if look.is_lit:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_colour(theme.WARNING))
        painter.drawEllipse(QPointF(width - PAD / 2, text.center().y()), 2.5, 2.5)


def _paint_badge(painter: QPainter, text: QRectF) -> None:
    """An S for what is shown alone, as on a mixing desk."""
    badge = QRectF(text.left(), text.center().y() - _BADGE / 2, _BADGE, _BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_colour(theme.WARNING))
    painter.drawRoundedRect(badge, 3, 3)
    painter.setPen(_colour(theme.VIEWPORT))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "S")


# Fifty sliders are painted in one go: looking up a font and reading colours cost more than all the lines.
@cache
def _font() -> QFont:
    return theme.figures(theme.SMALL_PX)


@cache
def _colour(name: str, alpha: int = 255) -> QColor:
    colour = QColor(name)
    colour.setAlpha(alpha)
    return colour
