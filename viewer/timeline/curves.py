"""Curves of tracks: points for each pixel, and the field in which the chosen tracks' curves are drawn and edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer import theme
from viewer.performance.easing import Floats
from viewer.performance.keyframes import limits
from viewer.timeline.columns import Columns
from viewer.timeline.layout import EDGE_PX, NAMES_PX, RULER_PX, SheetLayout
from viewer.timeline.rows import title, unit
from viewer.timeline.scale import TimeScale

if TYPE_CHECKING:
    from viewer.timeline.painting import Scene

KEY_PX, CHOSEN_PX = 6.0, 8.0
MOST_KEYS = 1000  # of a curve, in sight: more would touch each other everywhere


def curve(columns: Columns, scale: TimeScale) -> tuple[Floats, Floats]:
    """Pixels from the scale's left edge, and values there; where keys are denser than pixels, their extremes."""
    seen = columns.between(scale.start_s, scale.end_s)
    count = int(scale.width_px) + 1
    if seen.stop - seen.start <= 2 * count:
        x = np.arange(count, dtype=float)
        times = scale.start_s + x / scale.px_per_s
        within = columns.times[seen]
        # The keys themselves: between two pixels a peak would be cut off.
        times = np.sort(np.concatenate([times, within]))
        return (times - scale.start_s) * scale.px_per_s, columns.track.values_at(times)
    edges = columns.times.searchsorted(scale.start_s + np.arange(count + 1) / scale.px_per_s)
    held = np.flatnonzero(np.diff(edges))
    values = columns.values[: edges[-1]]
    low, high = (reach.reduceat(values, edges[held]) for reach in (np.minimum, np.maximum))
    return np.repeat(held.astype(float), 2), np.stack([low, high], axis=1).ravel()


def paint_field(painter: QPainter, layout: SheetLayout) -> None:
    """What is behind the curves: lines of equal value."""
    painter.fillRect(NAMES_PX, RULER_PX, layout.sheet_px, layout.body_px, QColor(theme.PANEL))
    painter.setPen(QColor(theme.LINE))
    for share in value_shares(layout):
        y = _height(layout, share)
        painter.drawLine(QPointF(NAMES_PX, y), QPointF(layout.width_px, y))


def paint_figures(painter: QPainter, layout: SheetLayout, leader: str) -> None:
    """What the lines of equal value are for one of the tracks."""
    low, high = limits(leader) if leader else (0.0, 1.0)
    ground = QColor(theme.VIEWPORT)
    ground.setAlpha(150)
    painter.setFont(theme.figures(theme.SMALL_PX))
    for share in value_shares(layout):
        text = f"{low + (high - low) * share:g}{unit(leader) if leader else ''}"
        width, y = painter.fontMetrics().horizontalAdvance(text) + 6, _height(layout, share)
        box = QRectF(NAMES_PX + 2, min(max(y - 8, RULER_PX), layout.height_px - 15.0), width, 15)
        painter.fillRect(box, ground)
        painter.setPen(QColor(theme.DIM))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def value_shares(layout: SheetLayout) -> list[float]:
    """Where the lines are, between a track's least (0) and greatest value (1)."""
    steps = 4 if layout.body_px > 110 else 2
    return [step / steps for step in range(steps + 1)]


def _height(layout: SheetLayout, share: float) -> float:
    return round(RULER_PX + EDGE_PX + (1 - share) * layout.curve_px) + 0.5


def paint_curves(painter: QPainter, scene: Scene) -> None:
    """The curves, the first of them uppermost, and the keys on them."""
    layout = scene.layout
    painter.save()
    painter.setClipRect(QRectF(NAMES_PX, RULER_PX, layout.sheet_px, layout.body_px))
    for name, colour in reversed(list(scene.colours.items())):
        columns = scene.columns.of(scene.timeline, name)
        x, values = curve(columns, layout.scale)
        # Smooth lines cost most where they are so dense that nobody sees it.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=len(x) < 2 * layout.sheet_px)
        painter.setPen(QPen(QColor(colour), 1))
        painter.drawPolyline(arrayToQPolygonF(x + NAMES_PX, _heights(layout, name, values)))
        _paint_keys(painter, scene, columns, colour)
    painter.restore()


def _paint_keys(painter: QPainter, scene: Scene, columns: Columns, colour: str) -> None:
    scale, name = scene.layout.scale, columns.track.name
    seen = columns.between(scale.start_s, scale.end_s)
    if seen.stop - seen.start > MOST_KEYS:
        return
    places = arrayToQPolygonF(
        (columns.times[seen] - scale.start_s) * scale.px_per_s + NAMES_PX,
        _heights(scene.layout, name, columns.values[seen]),
    )
    # Points with a square cap: Qt draws a whole column of squares at once.
    for size_px, ink in ((KEY_PX, colour), (KEY_PX - 2, theme.VIEWPORT)):
        painter.setPen(QPen(QColor(ink), size_px, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawPoints(places)
    chosen = scene.chosen.get(name)
    if chosen is not None:
        there = chosen[(chosen >= scale.start_s) & (chosen <= scale.end_s)]
        heights = _heights(scene.layout, name, columns.values[columns.times.searchsorted(there)])
        painter.setPen(QPen(QColor(theme.ACCENT), CHOSEN_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        painter.drawPoints(arrayToQPolygonF((there - scale.start_s) * scale.px_per_s + NAMES_PX, heights))


def _heights(layout: SheetLayout, name: str, values: Floats) -> Floats:
    low, high = limits(name)
    return RULER_PX + EDGE_PX + (high - values) / (high - low) * layout.curve_px


def told(track: str, value: float) -> str:
    """A value of a track in words."""
    return f"{title(track)} {value:.2f}" if not unit(track) else f"{title(track)} {value:z.1f}°"
