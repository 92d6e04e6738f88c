"""Who takes the cores: a bar a kind of thread, the longest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer import theme
from viewer.figures.panel_cost import PanelCost
from viewer.figures.thread_text import Taker
from viewer.measures import MIEN_COLOUR

ROW = 16
TITLE, FIGURE = 98, 64  # px
LEAST_CORES = 0.005  # what would read as 0.00 is not shown


class TakerBars(QWidget):
    """`rows` of them at most; the height stays, so that nothing below it moves."""

    def __init__(self, rows: int, cores: int, cost: PanelCost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.takers: tuple[Taker, ...] = ()
        self._rows, self._cores, self._cost = rows, max(cores, 1), cost
        self.setFixedHeight(rows * ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_takers(self, takers: Sequence[Taker]) -> None:
        """Show these, those that take nothing left out, those that have no room as one."""
        busy = [taker for taker in takers if taker.cores >= LEAST_CORES]
        if len(busy) > self._rows:
            rest = busy[self._rows - 1 :]
            tip = ", ".join(f"{taker.title} {taker.cores:.2f}" for taker in rest)
            more = Taker(f"{len(rest)} more", sum(t.cores for t in rest), sum(t.threads for t in rest), tip)
            busy = [*busy[: self._rows - 1], more]
        self.takers = tuple(busy)
        self.setAccessibleDescription("; ".join(f"{taker.title} {taker.cores:.2f} cores" for taker in busy))
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(260, self._rows * ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: title, bar of all cores, figure."""
        with self._cost.measured(), QPainter(self) as painter:
            painter.setFont(theme.figures(theme.SMALL_PX))
            room = self.width() - TITLE - FIGURE
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            for row, taker in enumerate(self.takers):
                top = row * ROW
                painter.setPen(QColor(theme.DIM))
                painter.drawText(QRectF(0, top, TITLE, ROW), Qt.AlignmentFlag.AlignVCenter, taker.title)
                painter.fillRect(QRectF(TITLE, top + 5, room, 6), QColor(theme.RAISED))
                share = min(taker.cores / self._cores, 1.0)
                painter.fillRect(
                    QRectF(TITLE, top + 5, room * share, 6), QColor(MIEN_COLOUR if taker.threads else theme.FAINT)
                )
                painter.setPen(QColor(theme.TEXT))
                painter.drawText(QRectF(self.width() - FIGURE, top, FIGURE, ROW), right, f"{taker.cores:.2f} cores")

    def event(self, event: QEvent) -> bool:
        """Qt: what those threads are."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = event.pos().y() // ROW
            text = tip(self.takers[row]) if row < len(self.takers) else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def tip(taker: Taker) -> str:
    """The tooltip of a bar."""
    count = {0: "", 1: "1 thread of Mien, "}.get(taker.threads, f"{taker.threads} threads of Mien, ")
    return f"<p><b>{taker.title}</b>: {count}on average over the last second</p><p>{taker.tip}</p>"
