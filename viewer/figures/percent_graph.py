"""A small graph of shares over the last minute. What was not measured is a gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from gpu_core.timing import Floats
from viewer.figures.panel_cost import PanelCost
from viewer.figures.plot_style import ThemedAxis, with_lone_points

LEFT_PX = 46  # for the axis's figures
EDGE_PX = 7  # above 100 and below 0, half of a figure
ROOMY_PX = 54  # from here there is room for a figure in the middle
EDGES = (-1.5, 101.5)  # percent: a line at 0 or at 100 is seen whole
Series = Mapping[str, Sequence[float]]  # by colour: percent, the newest last; NaN is a gap


class PercentGraph(pg.PlotWidget):  # type: ignore[misc]
    """One curve a colour; `length` values fill the width."""

    def __init__(self, length: int, cost: PanelCost, parent: QWidget | None = None) -> None:
        self._cost = cost
        self._axis = ThemedAxis("left")
        super().__init__(parent, background=None, enableMenu=False, axisItems={"left": self._axis})
        self.series: dict[str, tuple[float, ...]] = {}
        self.curves: dict[str, pg.PlotCurveItem] = {}
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.hideAxis("bottom")
        plot.setMouseEnabled(x=False, y=False)
        plot.layout.setContentsMargins(0, EDGE_PX, 1, EDGE_PX)
        self._axis.setWidth(LEFT_PX)
        self._axis.setGrid(255)
        self._axis.setZValue(-1)  # its lines are behind the curves
        plot.setRange(xRange=(1 - length, 0), yRange=EDGES, padding=0.0, disableAutoRange=True)
        plot.vb.sigResized.connect(self._show_figures)
        self._show_figures()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(44)

    def show_series(self, series: Series) -> None:
        """Show these."""
        self.series = {colour: tuple(values) for colour, values in series.items()}
        for colour in self.curves.keys() - series.keys():
            self.removeItem(self.curves.pop(colour))
        for colour, values in self.series.items():
            if colour not in self.curves:
                self.curves[colour] = pg.PlotCurveItem(pen=pg.mkPen(colour), connect="finite", antialias=False)
                self.addItem(self.curves[colour])
            places = np.arange(1.0 - len(values), 1.0)
            self.curves[colour].setData(*with_lone_points(places, _shares(values)))

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(260, 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: paint, and count what it costs."""
        with self._cost.measured():
            super().paintEvent(event)

    def _show_figures(self) -> None:
        """As many as there is room for."""
        percents = (0, 50, 100) if self.height() >= ROOMY_PX else (0, 100)
        self._axis.setTicks([[(percent, "100 %" if percent == 100 else str(percent)) for percent in percents]])


def _shares(values: Sequence[float]) -> Floats:
    told = np.array(values, float)
    return np.where(np.isfinite(told), np.clip(told, 0.0, 100.0), np.nan)
