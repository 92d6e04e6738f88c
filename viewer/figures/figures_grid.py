"""A small grid of named figures, painted in one go so that they stand still while they change.

Each says in its tooltip how it is defined. Those that have a curve can be clicked, which shows or hides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer import theme
from viewer.figures.panel_cost import PanelCost

ROW = 17
GAP = 16  # between two columns
LEVELS = {"": theme.TEXT, "warning": theme.WARNING, "error": theme.ERROR, "none": theme.FAINT}


@dataclass(frozen=True)
class Figure:
    """One cell. `colour` is that of its curve, "" if it has none; `level` one of LEVELS."""

    name: str
    text: str
    tip: str = ""
    level: str = ""
    colour: str = ""
    drawn: bool = True  # its curve is


class FiguresGrid(QWidget):
    """Row by row, `columns` to a row."""

    clicked = Signal(str)  # a figure with a colour

    def __init__(self, cost: PanelCost, columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures: tuple[Figure, ...] = ()
        self._cost, self._columns = cost, columns
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show these."""
        if self.figures == tuple(figures):
            return
        rows = -(-len(figures) // self._columns)
        self.figures = tuple(figures)
        if self.height() != rows * ROW:
            self.setFixedHeight(rows * ROW)
        self.setAccessibleDescription("; ".join(f"{figure.name} {figure.text}" for figure in figures))
        self.update()

    def text(self, name: str) -> str:
        """What a figure says now; "" if there is none of that name."""
        return next((figure.text for figure in self.figures if figure.name == name), "")

    def sizeHint(self) -> QSize:
        """Qt: the width it likes."""
        return QSize(260, ROW * max(-(-len(self.figures) // self._columns), 1))

    def cell(self, index: int) -> QRect:
        """Where a figure stands."""
        width = (self.width() - GAP * (self._columns - 1)) // self._columns
        row, column = divmod(index, self._columns)
        return QRect(column * (width + GAP), row * ROW, width, ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: a swatch if it has a curve, the name on the left, the figure on the right of its cell."""
        with self._cost.measured(), QPainter(self) as painter:
            painter.setFont(theme.figures(theme.SMALL_PX))
            for index, figure in enumerate(self.figures):
                self._paint(painter, QRectF(self.cell(index)), figure)

    def _paint(self, painter: QPainter, cell: QRectF, figure: Figure) -> None:
        left = cell.left()
        if figure.colour:
            swatch = QRectF(left, cell.center().y() - 4, 8, 8)
            painter.setPen(QColor(figure.colour))
            painter.setBrush(QColor(figure.colour) if figure.drawn else Qt.BrushStyle.NoBrush)
            painter.drawRect(swatch.adjusted(0, 0, -1, -1))
            left += 14
        painter.setPen(QColor(theme.DIM))
        area = QRectF(left, cell.top(), cell.right() - left, ROW)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, figure.name)
        painter.setPen(QColor(LEVELS[figure.level]))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure.text)

    def event(self, event: QEvent) -> bool:
        """Qt: the tooltip of the figure under the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            figure = self._at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), tip(figure) if figure is not None else "", self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: show or hide a curve."""
        figure = self._at(round(event.position().x()), round(event.position().y()))
        if figure is not None and figure.colour:
            self.clicked.emit(figure.name)

    def _at(self, x: int, y: int) -> Figure | None:
        return next((figure for index, figure in enumerate(self.figures) if self.cell(index).contains(x, y)), None)


def tip(figure: Figure) -> str:
    """The tooltip of a figure."""
    how = "<p>Click: show or hide its curve</p>" if figure.colour else ""
    return f"<p><b>{figure.name}</b> {figure.text}</p><p>{figure.tip}</p>{how}"
