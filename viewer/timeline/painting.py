"""Paints the timeline's ruler, names and rows of keys. What is chosen and what is in sight comes in a `Scene`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QPolygonF

from viewer import theme
from viewer.performance.easing import Floats
from viewer.performance.keyframes import limits
from viewer.performance.timeline import Timeline
from viewer.timeline.columns import Classes, ColumnsCache, pixels, summary
from viewer.timeline.layout import ARROW_PX, NAMES_PX, ROW_PX, RULER_PX, SheetLayout
from viewer.timeline.marks import REACH_PX, row_picture
from viewer.timeline.rows import Row
from viewer.timeline.scale import marks

EMPTY = (
    "No keys yet",
    "K sets a key of the face, Shift+K records what you move, Ctrl+Shift+E makes keys of the performance or take",
)
FRAME_GAP_PX = 5
FRAMES_PX = 12.0  # to a frame, from which the frames have lines of their own


@dataclass(frozen=True)
class Scene:
    """What is painted. `chosen` are the times of chosen keys by track; `colours` those of the tracks with curves."""

    layout: SheetLayout
    timeline: Timeline
    columns: ColumnsCache
    chosen: Mapping[str, Floats]
    chosen_tracks: tuple[str, ...]
    colours: Mapping[str, str]
    loop_range: tuple[float, float] | None = None
    shows_curves: bool = False
    dpr: float = 1.0  # the device's pixels to one of the widget


def paint_ruler(painter: QPainter, scene: Scene) -> None:
    """The marks above, the loop's range, and lines down through the sheet."""
    layout, timeline = scene.layout, scene.timeline
    painter.save()
    painter.setClipRect(QRectF(NAMES_PX, 0, layout.sheet_px, layout.height_px))
    painter.fillRect(NAMES_PX, 0, layout.sheet_px, RULER_PX, QColor(theme.WINDOW))
    _paint_beyond(painter, layout, timeline.duration_s)
    if scene.loop_range is not None:
        left, right = (layout.x(time_s) for time_s in scene.loop_range)
        painter.fillRect(QRectF(left, 0, right - left, 4), QColor(theme.ACCENT))
        painter.fillRect(QRectF(left, 4, right - left, RULER_PX - 4), _faded(theme.ACCENT, 48))
    painter.setFont(theme.figures(theme.SMALL_PX))
    has_frames = layout.scale.px_per_s / timeline.fps >= FRAMES_PX
    for mark in marks(layout.scale, timeline.fps, timeline.duration_s):
        x = round(layout.x(mark.time_s)) + 0.5
        if mark.label or has_frames:
            painter.setPen(_faded(theme.LINE, 200 if mark.label else 90))
            painter.drawLine(QPointF(x, RULER_PX), QPointF(x, layout.height_px))
        painter.setPen(QColor(theme.FAINT if mark.label else theme.LINE))
        painter.drawLine(QPointF(x, RULER_PX - (9 if mark.label else 4)), QPointF(x, RULER_PX - 1))
        if mark.label:
            _paint_label(painter, x + 4, mark.label, str(mark.frame), layout.width_px - x - 4)
    painter.restore()


def _paint_label(painter: QPainter, x: float, label: str, frame: str, room_px: float) -> None:
    """Both or, where the widget ends, the first or none: nothing is cut off."""
    width = painter.fontMetrics().horizontalAdvance(label)
    if width <= room_px:
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(QPointF(x, 15), label)
    if width + FRAME_GAP_PX + painter.fontMetrics().horizontalAdvance(frame) <= room_px:
        painter.setPen(QColor(theme.FAINT))
        painter.drawText(QPointF(x + width + FRAME_GAP_PX, 15), frame)


def _paint_beyond(painter: QPainter, layout: SheetLayout, duration_s: float) -> None:
    """Before the beginning and after the end there is no timeline."""
    start, end = layout.x(0.0), layout.x(duration_s)
    shade = QColor(theme.VIEWPORT)
    painter.fillRect(QRectF(NAMES_PX, 0, start - NAMES_PX, layout.height_px), shade)
    painter.fillRect(QRectF(end, 0, layout.width_px - end, layout.height_px), shade)


def paint_names(painter: QPainter, scene: Scene) -> None:
    """The column at the left, with arrows before groups and a spot of colour where a curve is shown."""
    layout = scene.layout
    painter.save()
    painter.setClipRect(QRectF(0, RULER_PX, NAMES_PX, layout.body_px))
    painter.fillRect(0, RULER_PX, NAMES_PX, layout.body_px, QColor(theme.PANEL))
    for index in layout.visible:
        _paint_name(painter, scene, layout.rows[index], layout.top(index))
    painter.restore()
    painter.fillRect(0, 0, NAMES_PX, RULER_PX, QColor(theme.WINDOW))
    painter.fillRect(NAMES_PX - 1, 0, 1, layout.height_px, QColor(theme.LINE))


def _paint_name(painter: QPainter, scene: Scene, row: Row, top: int) -> None:
    is_chosen = not row.is_group and row.track in scene.chosen_tracks
    if row.is_group or is_chosen:
        painter.fillRect(0, top, NAMES_PX, ROW_PX, QColor(theme.RAISED) if row.is_group else _faded(theme.ACCENT, 60))
    has_keys = any(name in scene.timeline.by_name for name in row.tracks)
    painter.setPen(QColor(theme.TEXT if row.is_group or is_chosen else theme.DIM if has_keys else theme.FAINT))
    if row.is_group:
        _paint_arrow(painter, top + ROW_PX / 2, is_open=row.is_open)
    elif row.track in scene.colours:
        painter.fillRect(QRectF(8, top + ROW_PX / 2 - 3, 6, 6), QColor(scene.colours[row.track]))
    left = ARROW_PX if row.is_group else ARROW_PX + 4
    font = theme.figures(theme.SMALL_PX)
    font.setBold(row.is_group)
    painter.setFont(font)
    room = NAMES_PX - left - 4
    text = QFontMetrics(font).elidedText(row.title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QRectF(left, top, room, ROW_PX), Qt.AlignmentFlag.AlignVCenter, text)


def _paint_arrow(painter: QPainter, y: float, *, is_open: bool) -> None:
    points = ((5, -2), (13, -2), (9, 3)) if is_open else ((7, -4), (12, 0), (7, 4))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.DIM))
    painter.drawPolygon(QPolygonF([QPointF(x, y + dy) for x, dy in points]))
    painter.restore()


def paint_grounds(painter: QPainter, layout: SheetLayout) -> None:
    """What is behind the rows."""
    painter.fillRect(NAMES_PX, 0, layout.sheet_px, layout.height_px, QColor(theme.PANEL))
    for index in layout.visible:
        top = max(layout.top(index), RULER_PX)
        height = layout.top(index) + ROW_PX - top
        if layout.rows[index].is_group:
            painter.fillRect(NAMES_PX, top, layout.sheet_px, height, _faded(theme.RAISED, 170))
        painter.fillRect(NAMES_PX, top + height - 1, layout.sheet_px, 1, _faded(theme.LINE, 90))


def paint_rows(painter: QPainter, scene: Scene) -> None:
    """Every row's keys, with its curve small behind them."""
    layout = scene.layout
    painter.save()
    # Before the beginning and beyond the end tracks only hold still: nothing is painted there but keys cut in half.
    left = max(layout.x(0.0) - REACH_PX, float(NAMES_PX))
    right = min(layout.x(scene.timeline.duration_s) + REACH_PX, float(layout.width_px))
    painter.setClipRect(QRectF(left, RULER_PX, max(right - left, 0.0), layout.body_px))
    for index in layout.visible:
        painter.drawImage(QPointF(NAMES_PX - REACH_PX, layout.top(index)), _row_image(scene, layout.rows[index]))
    painter.restore()


def _row_image(scene: Scene, row: Row) -> QImage:
    classes, height = row_classes(scene, row), round((ROW_PX - 1) * scene.dpr)
    if row.track not in scene.timeline.by_name:
        return row_picture(classes, height, scene.dpr)
    low, high = limits(row.track)
    times = scene.layout.scale.start_s + np.arange(len(classes)) / (scene.layout.scale.px_per_s * scene.dpr)
    shares = (scene.timeline.track(row.track).values_at(times) - low) / (high - low)
    colour = scene.colours.get(row.track, theme.FAINT)
    return row_picture(classes, height, scene.dpr, shares=shares, rest=-min(low, 0.0) / (high - low), colour=colour)


def row_classes(scene: Scene, row: Row) -> Classes:
    """What every device pixel of a row holds."""
    count = round(scene.layout.sheet_px * scene.dpr)
    scale = scene.layout.scale
    device = type(scale)(scale.start_s, scale.px_per_s * scene.dpr, count)
    tracks = [name for name in row.tracks if name in scene.timeline.by_name]
    found = [pixels(scene.columns.of(scene.timeline, name), device, count, scene.chosen.get(name)) for name in tracks]
    if row.is_group:
        return summary(found, count)
    return found[0] if found else np.zeros(count, np.uint8)


def paint_empty(painter: QPainter, layout: SheetLayout) -> None:
    """What would fill it."""
    top = RULER_PX + max(layout.body_px / 2 - 22, 4)
    for text, colour, y in ((EMPTY[0], theme.TEXT, top), (EMPTY[1], theme.DIM, top + 22)):
        painter.setPen(QColor(colour))
        painter.setFont(theme.figures(theme.NORMAL_PX if colour == theme.TEXT else theme.SMALL_PX))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(NAMES_PX + 8, y, layout.sheet_px - 16, 40), flags, text)


def paint_playhead(painter: QPainter, layout: SheetLayout, time_s: float, *, is_live: bool) -> None:
    """The line; dim while something else is played."""
    x = round(layout.x(time_s)) + 0.5
    if x < NAMES_PX:
        return
    colour = QColor(theme.WARNING if is_live else theme.FAINT)
    painter.setPen(QPen(colour, 1))
    painter.drawLine(QPointF(x, RULER_PX - 6), QPointF(x, layout.height_px))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    points = ((-5, -14), (5, -14), (5, -8), (0, -2), (-5, -8))
    painter.drawPolygon(QPolygonF([QPointF(x + dx, RULER_PX + dy) for dx, dy in points]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _faded(colour: str, alpha: int) -> QColor:
    faded = QColor(colour)
    faded.setAlpha(alpha)
    return faded
