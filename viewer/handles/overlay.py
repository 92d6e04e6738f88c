"""The mark on the picture: a ring on the point that is or would be held, and a tag that names it.

A small widget of its own over the stage, no larger than the two need, so that what has to be painted beneath it again
is small as well, with pixels and with OpenGL alike. The mouse does not meet it.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from viewer import theme

RING = 6.0  # radius
ROOM = 12  # around the point, for the ring
GAP = 14  # from the point to the tag
PAD_X, PAD_Y = 8, 4


class HandleOverlay(QWidget):
    """Hidden until `point_at`."""

    def __init__(self, stage: QWidget) -> None:
        super().__init__(stage)
        self._stage = stage
        self._title = self._hint = ""
        self._point, self._tag = QPointF(), QRect()
        self._is_held = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def text(self) -> tuple[str, str]:
        """What the tag says, ("", "") while it is hidden."""
        return ("", "") if self.isHidden() else (self._title, self._hint)

    def point_at(self, where: QPointF, title: str, hint: str, *, is_held: bool = False) -> None:
        """Show the ring at `where` in the stage's pixels, and the tag beside it."""
        tag = self._placed(where, self._tag_size(title, hint))
        point = QRect(round(where.x()) - ROOM, round(where.y()) - ROOM, 2 * ROOM, 2 * ROOM)
        place = tag.united(point)
        told = (where - QPointF(place.topLeft()), tag.translated(-place.topLeft()), title, hint, is_held)
        if (self._point, self._tag, self._title, self._hint, self._is_held) != told:
            self._point, self._tag, self._title, self._hint, self._is_held = told
            self.update()
        self.setGeometry(place)
        self.show()

    def _tag_size(self, title: str, hint: str) -> QSize:
        metrics = QFontMetrics(theme.figures(theme.SMALL_PX))
        lines = [title, *hint.splitlines()]
        width = max(map(metrics.horizontalAdvance, lines))
        return QSize(width + 2 * PAD_X, metrics.lineSpacing() * len(lines) + 2 * PAD_Y)

    def _placed(self, where: QPointF, size: QSize) -> QRect:
        """Below the point, on its side away from the middle, which is what one looks at; as far as there is room."""
        stage = self._stage.size()
        right, left = round(where.x()) + GAP, round(where.x()) - GAP - size.width()
        fits_right, fits_left = right + size.width() <= stage.width(), left >= 0
        goes_right = fits_right and (where.x() >= stage.width() / 2 or not fits_left)
        y = round(where.y()) + GAP
        if y + size.height() > stage.height():
            y = round(where.y()) - GAP - size.height()
        return QRect(right if goes_right else max(left, 0), max(y, 0), size.width(), size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: ring and tag."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((theme.VIEWPORT, 3.5), (theme.ACCENT if self._is_held else theme.TEXT, 1.5)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawEllipse(self._point, RING, RING)
        self._paint_tag(painter)

    def _paint_tag(self, painter: QPainter) -> None:
        ground = QColor(theme.PANEL)
        ground.setAlphaF(0.88)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self._tag), 4, 4)
        painter.setFont(theme.figures(theme.SMALL_PX))
        inner = self._tag.adjusted(PAD_X, PAD_Y, -PAD_X, -PAD_Y)
        top, left = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(inner, top | left, self._title)
        painter.setPen(QColor(theme.DIM))
        painter.drawText(inner.adjusted(0, painter.fontMetrics().lineSpacing(), 0, 0), top | left, self._hint)
