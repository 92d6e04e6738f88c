"""A small graph of shares over the last minute. What was not measured is a gap."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer import theme
from viewer.panel_cost import PanelCost

LEFT = 42  # px, for the axis's figures
EDGE = 7  # px above 100 and below 0, half of a figure
Series = Mapping[str, Sequence[float]]  # by colour: percent, the newest last; NaN is a gap


class PercentGraph(QWidget):
    """One curve a colour; `length` values fill the width."""

    def __init__(self, length: int, cost: PanelCost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.series: dict[str, tuple[float, ...]] = {}
        self._length, self._cost = length, cost
        self.setMinimumHeight(44)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_series(self, series: Series) -> None:
        """Show these."""
        self.series = {colour: tuple(values) for colour, values in series.items()}
        self.update()

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(260, 56)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: grid, figures, curves."""
        with self._cost.measured(), QPainter(self) as painter:
            painter.setFont(theme.figures(theme.SMALL_PX))
            box = QRectF(LEFT, EDGE, self.width() - LEFT - 1, self.height() - 2 * EDGE)
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            for percent in (0, 50, 100) if box.height() >= 40 else (0, 100):
                y = box.bottom() - percent / 100 * box.height()
                painter.setPen(QColor(theme.LINE))
                painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
                painter.setPen(QColor(theme.DIM))
                painter.drawText(
                    QRectF(0, y - 8, LEFT - 5, 16), right, f"{percent} %" if percent == 100 else f"{percent}"
                )
            for colour, values in self.series.items():
                painter.setPen(QColor(colour))
                for line in self._lines(values, box):
                    painter.drawPolyline(line) if len(line) > 1 else painter.drawPoint(line[0])

    def _lines(self, values: Sequence[float], box: QRectF) -> list[list[QPointF]]:
        """The points of a curve, in pieces between its gaps."""
        step = box.width() / max(self._length - 1, 1)
        lines: list[list[QPointF]] = [[]]
        for index, value in enumerate(values):
            if not math.isfinite(value):
                lines.append([])
                continue
            x = box.right() - (len(values) - 1 - index) * step
            lines[-1].append(QPointF(x, box.bottom() - min(max(value, 0.0), 100.0) / 100 * box.height()))
        return [line for line in lines if line]
