"""A card of one stream: its face, how it goes, why not, and a button to begin it anew. Painted in one go."""

from __future__ import annotations

from collections.abc import Callable

import qtawesome
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from viewer import theme
from viewer.streaming.status_text import SHOWING, CardText, card_text
from viewer.streams.values import StreamStatus

WIDTH_PX = 312  # from here the figures have room
FACE_PX, EDGE_PX, LINE_PX, TITLE_PX, BUTTON_PX = 76, 8, 15, 20, 20
COLUMNS = (0.0, 0.335, 0.685)  # where figures begin, of their room; what is counted needs most
_WRAP = Qt.TextFlag.TextWordWrap


class StreamCard(QWidget):
    """Shows one stream; `restart` hears its number. Painted again only when it says something else."""

    def __init__(self, restart: Callable[[int], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._restart = restart
        self.text: CardText | None = None
        self._bytes = b""
        self._face = QPixmap()
        self._font, self._title_font = theme.figures(theme.SMALL_PX), theme.figures()
        self._title_font.setBold(True)
        self.button = QToolButton(self)
        self.button.setObjectName("icon")
        self.button.setIcon(qtawesome.icon("mdi6.restart", color=theme.TEXT))
        self.button.setFixedSize(BUTTON_PX, BUTTON_PX)
        self.button.clicked.connect(self._ask)

    def show_status(self, status: StreamStatus, *, can_restart: bool) -> bool:
        """Show it; whether the card wants another height now."""
        before, self.text = self.text, card_text(status)
        has_new_face = self._take_face(status.thumbnail)
        self.button.setEnabled(can_restart and self.text.can_restart)
        if self.text == before and not has_new_face:
            return False
        if before is None or before.tip != self.text.tip:
            self._tell()
        self.update()
        return before is None or before.reason != self.text.reason

    def wanted_height(self, width: int) -> int:
        """How tall it is at this width: taller by its reason."""
        assert self.text is not None
        return 2 * EDGE_PX + TITLE_PX + 4 * LINE_PX + self._reason_height(width)

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(WIDTH_PX, self.wanted_height(WIDTH_PX))

    # -- painting ----------------------------------------------------------------------------------------------------
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the card."""
        if self.text is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.LINE))
        painter.setBrush(QColor(theme.WINDOW))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._paint_face(painter, self.text)
        self._paint_title(painter, self.text)
        self._paint_cells(painter, self.text)
        painter.setPen(QColor(self.text.reason_colour))
        painter.drawText(self._reason_box(self.width()), _WRAP, self.text.reason)

    def _paint_face(self, painter: QPainter, text: CardText) -> None:
        box = QRect(EDGE_PX, EDGE_PX, FACE_PX, FACE_PX)
        painter.fillRect(box, QColor(theme.VIEWPORT))
        if self._face.isNull():
            painter.setFont(self._font)
            painter.setPen(QColor(theme.FAINT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "no face yet")
            return
        painter.setOpacity(1.0 if text.state in SHOWING else 0.4)
        painter.drawPixmap(box, self._face)
        painter.setOpacity(1.0)

    def _paint_title(self, painter: QPainter, text: CardText) -> None:
        left, middle = self._left(), EDGE_PX + TITLE_PX // 2 - 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(text.colour))
        painter.drawEllipse(QRectF(left, middle - 4, 8, 8))
        title = f"{text.number} {text.state}"
        width = QFontMetrics(self._title_font).horizontalAdvance(title)
        line = QRect(left + 14, EDGE_PX, width, TITLE_PX - 4)
        painter.setFont(self._title_font)
        painter.setPen(QColor(text.colour))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(self._font)
        painter.setPen(QColor(theme.DIM))
        room = QRect(line.right() + 10, EDGE_PX, self.width() - line.right() - 18 - EDGE_PX - BUTTON_PX, TITLE_PX - 4)
        where = painter.fontMetrics().elidedText(text.where, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, where)

    def _paint_cells(self, painter: QPainter, text: CardText) -> None:
        painter.setPen(QColor(theme.TEXT if text.state in SHOWING else theme.FAINT))
        left, room = self._left(), self.width() - self._left() - EDGE_PX
        for index, cell in enumerate(text.cells):
            row, column = divmod(index, len(COLUMNS))
            box = QRect(left + round(COLUMNS[column] * room), EDGE_PX + TITLE_PX + row * LINE_PX, room, LINE_PX)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the button stays in its corner."""
        super().resizeEvent(event)
        self.button.move(self.width() - EDGE_PX - BUTTON_PX + 2, EDGE_PX - 3)

    # -- parts -------------------------------------------------------------------------------------------------------
    def _take_face(self, thumbnail: bytes) -> bool:
        if not thumbnail or thumbnail == self._bytes:
            return False
        self._bytes = thumbnail
        self._face = QPixmap.fromImage(QImage.fromData(thumbnail))
        return True

    def _tell(self) -> None:
        assert self.text is not None
        self.setToolTip(self.text.tip)
        self.setAccessibleName(f"Stream {self.text.number}: {self.text.state}")
        self.setAccessibleDescription(self.text.tip)
        self.button.setToolTip(f"Begin stream {self.text.number} anew; the others go on")
        self.button.setAccessibleName(f"Restart stream {self.text.number}")

    def _ask(self) -> None:
        if self.text is not None:
            self._restart(self.text.number)

    def _left(self) -> int:
        return 2 * EDGE_PX + FACE_PX - 2

    def _reason_height(self, width: int) -> int:
        if self.text is None or not self.text.reason:
            return 0
        room = QRect(0, 0, width - 2 * EDGE_PX, 1000)
        return QFontMetrics(self._font).boundingRect(room, _WRAP, self.text.reason).height() + 4

    def _reason_box(self, width: int) -> QRect:
        top = EDGE_PX + TITLE_PX + 4 * LINE_PX + 4
        return QRect(EDGE_PX, top, width - 2 * EDGE_PX, self._reason_height(width))
