"""The marks of a comparison over the picture: the wipe's line, and a tag a side. Widgets of the stage, no mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from viewer import theme
from viewer.compare.comparison import Comparison, Layout
from viewer.compare.wipe_tool import line_at
from viewer.picture_layout import Cell

THICK_PX = 18  # of the line's widget: the knob needs it
KNOB_PX = 6  # radius
GAP_PX = 8
LEAST_TAG_PX = 40  # narrower, a tag says nothing


class WipeLine(QWidget):
    """The line with its knob, standing or lying by its own shape."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: light on dark, so that it shows on any picture."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        along = QPointF(0, middle.y()) if self.height() > self.width() else QPointF(middle.x(), 0)
        for colour, width in ((theme.VIEWPORT, 3.0), (theme.TEXT, 1.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawLine(middle - along, middle + along)
        painter.setPen(QPen(QColor(theme.VIEWPORT), 1.5))
        painter.setBrush(QColor(theme.TEXT))
        painter.drawEllipse(middle, KNOB_PX, KNOB_PX)


class CompareMarks:
    """Places line and tags. For the GUI thread."""

    def __init__(self, stage: QWidget) -> None:
        self._stage = stage
        self.line = WipeLine(stage)
        self.tags = tuple(_tag(stage) for _ in "AB")
        self._texts = ["", ""]

    def hide(self) -> None:
        """Nothing is compared."""
        for widget in (self.line, *self.tags):
            widget.hide()

    def place(self, wanted: Comparison, peek: str, texts: Sequence[str], cells: Sequence[Cell], ratio: float) -> None:
        """Show what belongs to this comparison; `cells` in device pixels, `ratio` of them a logical one."""
        has_line = wanted.layout is Layout.WIPE and not peek
        line = round(line_at(cells[0], wanted) / ratio)
        if has_line:
            self.line.setGeometry(self._line_rect(line, upright=wanted.is_upright))
        self.line.setVisible(has_line)
        for index, (tag, text) in enumerate(zip(self.tags, texts, strict=True)):
            if peek:
                room = self._whole() if "ab"[index] == peek else QRect()
            elif has_line:
                room = self._beside(line, index, upright=wanted.is_upright)
            elif len(cells) > 1:
                room = _beneath(cells[index], ratio)
            else:
                room = self._half(index)
            self._show(tag, text, room, towards_line=has_line and wanted.is_upright and index == 0)

    def _line_rect(self, line: int, *, upright: bool) -> QRect:
        half = THICK_PX // 2
        if upright:
            return QRect(line - half, 0, THICK_PX, self._stage.height())
        return QRect(0, line - half, self._stage.width(), THICK_PX)

    def _whole(self) -> QRect:
        return QRect(GAP_PX, GAP_PX, self._stage.width() - 2 * GAP_PX, 0)

    def _half(self, index: int) -> QRect:
        middle = self._stage.width() // 2
        return QRect(GAP_PX + index * middle, GAP_PX, middle - 2 * GAP_PX, 0)

    def _beside(self, line: int, index: int, *, upright: bool) -> QRect:
        """The room for a tag at the line's end: A's left of it or above, B's right of it or below."""
        width = self._stage.width()
        if upright:
            left, right = (GAP_PX, line - GAP_PX) if index == 0 else (line + GAP_PX, width - GAP_PX)
            return QRect(left, GAP_PX, min(right, width - GAP_PX) - max(left, GAP_PX), 0)
        height = self.tags[index].sizeHint().height()
        return QRect(GAP_PX, line - GAP_PX - height if index == 0 else line + GAP_PX, width - 2 * GAP_PX, 0)

    def _show(self, tag: QLabel, text: str, room: QRect, *, towards_line: bool) -> None:
        """Put a tag into its room, at its beginning or towards the line, and cut its text off at the end."""
        padding = 14
        shown = tag.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(room.width() - padding, 0))
        if tag.text() != shown:
            tag.setText(shown)
        size = tag.sizeHint()
        left = room.right() + 1 - size.width() if towards_line else room.left()
        tag.setGeometry(left, room.top(), size.width(), size.height())
        tag.setVisible(room.width() >= LEAST_TAG_PX)


def _beneath(cell: Cell, ratio: float) -> QRect:
    x, y, w, h = (round(value / ratio) for value in cell.clip)
    return QRect(x, y + h + 2, w, 0)


def _tag(stage: QWidget) -> QLabel:
    tag = QLabel(stage)
    tag.setObjectName("tag")
    tag.setFont(theme.figures(theme.SMALL_PX))
    tag.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    tag.hide()
    return tag
