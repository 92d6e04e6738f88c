"""The timeline's widget: rows of keys or curves under a ruler, painted once and kept until something looks different.

The playhead is a line over that picture: while it moves, only its own strip is painted again.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from viewer import theme
from viewer.timeline.actions import TimelineActions
from viewer.timeline.columns import chosen_times
from viewer.timeline.curves import paint_curves, paint_field, paint_figures, told
from viewer.timeline.hand import TimelineHand
from viewer.timeline.layout import NAMES_PX, ROW_PX, RULER_PX, SheetLayout
from viewer.timeline.model import Selection, TimelineModel
from viewer.timeline.painting import (
    Scene,
    paint_empty,
    paint_grounds,
    paint_names,
    paint_playhead,
    paint_rows,
    paint_ruler,
)
from viewer.timeline.sheet import TimelineSheet
from viewer.timeline.tools import TimelineTools
from viewer.viewer_model import ViewerModel

STRIP_PX = 8  # to each side of the playhead
WHEEL_ROWS = 3
HELP = (
    "Click or draw a box: choose keys. Drag: move them (Ctrl: copies, Alt: off the frames). Double-click: set a key. "
    "Wheel: zoom in time, Shift: pan. Right-click: what can be done"
)
RULER_HELP = (
    "Drag: move the playhead (Alt: off the frames). Shift and drag: the part that a loop plays. "
    "Figures: minutes and seconds, then the frame"
)


class TimelineView(QAbstractScrollArea):
    """Shows a sheet of the timeline, and edits it by hand."""

    def __init__(
        self, model: ViewerModel, timeline: TimelineModel, sheet: TimelineSheet, tools: TimelineTools,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._model, self._timeline, self._sheet = model, timeline, sheet
        self.paint_ms = 0.0  # processor time of the last whole picture
        self._picture: QPixmap | None = None
        self._painted_s = sheet.playhead_s  # where the playhead is on the screen
        self.hand = TimelineHand(timeline, sheet, lambda: self.sheet_layout, self.viewport().update)
        self.actions_ = TimelineActions(self, timeline, sheet, tools)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Timeline")
        self.setMinimumSize(NAMES_PX + 120, RULER_PX + 2 * ROW_PX)
        self.viewport().setMouseTracking(True)
        # Everything is painted: no background before.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().setSingleStep(ROW_PX)
        self.verticalScrollBar().valueChanged.connect(self.repaint_all)
        timeline.selection_changed.connect(self._on_selection)
        timeline.changed.connect(self.repaint_all)
        sheet.changed.connect(self._on_sheet)
        sheet.playhead_moved.connect(self._on_playhead)
        model.playback_changed.connect(self._on_playback)
        self._was_live = self._is_live
        self._on_selection(timeline.selection)

    # -- state -------------------------------------------------------------------------------------------------------
    @property
    def sheet_layout(self) -> SheetLayout:
        """Where everything lies now."""
        size, sheet = self.viewport().size(), self._sheet
        scroll_px = self.verticalScrollBar().value()
        return SheetLayout(size.width(), size.height(), sheet.rows, sheet.scale, scroll_px)

    @property
    def scene(self) -> Scene:
        """What is painted now."""
        sheet, timeline = self._sheet, self._timeline.timeline
        shown = sheet.curves if sheet.shows_curves or sheet.chosen else ()
        colours = {name: theme.CURVES[place % len(theme.CURVES)] for place, name in enumerate(shown)}
        return Scene(
            self.sheet_layout, timeline, sheet.columns, self._chosen_times, sheet.chosen, colours,
            sheet.loop_range, sheet.shows_curves, self.viewport().devicePixelRatioF(),
        )  # fmt: skip

    def _on_selection(self, selection: Selection) -> None:
        self._chosen_times = chosen_times(selection)

    @property
    def _is_live(self) -> bool:
        return self._model.playback.name == self._timeline.timeline.key

    def repaint_all(self, _what: object = None) -> None:
        """Something looks different."""
        self._picture = None
        self.viewport().update()

    def _on_sheet(self) -> None:
        self._show_scrolling()
        self.repaint_all()

    def _show_scrolling(self) -> None:
        bar, layout = self.verticalScrollBar(), self.sheet_layout
        bar.setPageStep(layout.body_px)
        bar.setRange(0, layout.scrolls_px)

    def _on_playhead(self, time_s: float) -> None:
        layout = self.sheet_layout
        for moment in (self._painted_s, time_s):
            self.viewport().update(QRect(round(layout.x(moment)) - STRIP_PX, 0, 2 * STRIP_PX + 1, layout.height_px))
        self._painted_s = time_s

    def _on_playback(self, _playback: object) -> None:
        if self._is_live != self._was_live:
            self._was_live = self._is_live
            self.viewport().update()

    # -- painting ----------------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: what was painted before, and the playhead over it."""
        if self._picture is None or self._picture.deviceIndependentSize().toSize() != self.viewport().size():
            self._picture = self._painted()
        painter = QPainter(self.viewport())
        ratio = self._picture.devicePixelRatioF()
        # Two strips of the playhead may be far apart: what lies between has not changed.
        painter.setClipRegion(event.region())
        box = QRectF(event.rect())
        painter.drawPixmap(box, self._picture, QRectF(box.topLeft() * ratio, box.size() * ratio))
        paint_playhead(painter, self.sheet_layout, self._sheet.playhead_s, is_live=self._is_live)
        if self.hand.band is not None:
            painter.setPen(QPen(QColor(theme.ACCENT), 1))
            inside = QColor(theme.ACCENT)
            inside.setAlpha(40)
            painter.setBrush(inside)
            painter.drawRect(self.hand.band)
        painter.end()

    def _painted(self) -> QPixmap:
        start_s = time.thread_time()
        ratio = self.viewport().devicePixelRatioF()
        picture = QPixmap(self.viewport().size() * ratio)
        picture.setDevicePixelRatio(ratio)
        scene = self.scene
        painter = QPainter(picture)
        self._paint_scene(painter, scene)
        painter.end()
        self.paint_ms = (time.thread_time() - start_s) * 1e3
        return picture

    @staticmethod
    def _paint_scene(painter: QPainter, scene: Scene) -> None:
        layout = scene.layout
        if scene.shows_curves:
            paint_field(painter, layout)
        else:
            paint_grounds(painter, layout)
        paint_ruler(painter, scene)
        if scene.shows_curves:
            paint_curves(painter, scene)
            paint_figures(painter, layout, next(iter(scene.colours), ""))
        else:
            paint_rows(painter, scene)
        paint_names(painter, scene)
        if not scene.timeline.tracks and not layout.rows:
            paint_empty(painter, layout)

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(900, RULER_PX + 9 * ROW_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the scale goes along."""
        super().resizeEvent(event)
        self._sheet.resize(float(self.sheet_layout.sheet_px))
        self._show_scrolling()
        self.repaint_all()

    # -- the hand ----------------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: the hand's."""
        self.hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: the hand's; with no button down, show what could be taken."""
        self.hand.move(event)
        if not self.hand.is_busy:
            at = event.position()
            over_key = at.x() >= NAMES_PX and at.y() >= RULER_PX and bool(self.hand.keys_at(at))
            self.viewport().setCursor(Qt.CursorShape.SizeHorCursor if over_key else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: the hand's."""
        self.hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: the hand's."""
        self.hand.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: zoom and pan; over the names, and with Ctrl, the rows scroll."""
        scrolls = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if scrolls or not self.hand.wheel(event):
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - round(event.angleDelta().y() / 120 * WHEEL_ROWS * ROW_PX))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape puts back what is in the hand. The other keys are actions."""
        if event.key() == Qt.Key.Key_Escape and self.hand.cancel():
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: what can be done with the keys under the pointer, or the chosen ones."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            under = self.hand.keys_at(QPointF(event.pos()))
            if under and not under <= self._timeline.selection:
                self._timeline.select(under)
        menu = self.actions_.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    # -- tips --------------------------------------------------------------------------------------------------------
    def viewportEvent(self, event: QEvent) -> bool:
        """Qt: tips say what is under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(QPointF(event.pos())), self)
            return True
        return super().viewportEvent(event)

    def tip(self, at: QPointF) -> str:
        """What is under a pixel, and what can be done with it."""
        timeline, row = self._timeline.timeline, self.sheet_layout.row_at(at.y())
        if at.y() < RULER_PX:
            return RULER_HELP
        if at.x() < NAMES_PX:
            return _tip_of_name(row.track) if row is not None and row.track else "Click a track: choose it"
        keys = self.hand.keys_at(at)
        if len(keys) != 1:
            return HELP
        (name, time_s) = next(iter(keys))
        key = timeline.track(name).key_at(time_s)
        if key is None:
            return HELP
        frame = round(time_s * timeline.fps, 2)
        return f"{told(name, key.value)}, {key.ease.value}: {time_s:.3f} s, frame {frame:g}"


def _tip_of_name(track: str) -> str:
    return f"{track}: click chooses the track, Ctrl and Shift several, double-click its keys"
