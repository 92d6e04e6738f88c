"""viewer.figures.plot_style: neither a figure at an axis's end nor a point between two gaps is left out."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QPainter, QPixmap
from pytestqt.qtbot import QtBot

from viewer.figures.plot_style import ThemedAxis, with_lone_points

pytestmark = pytest.mark.display


@pytest.mark.parametrize("name", ["left", "bottom"])
def test_figures_at_the_ends_are_written(qtbot: QtBot, name: str) -> None:
    axis = ThemedAxis(name)
    plot = pg.PlotWidget(axisItems={name: axis}, enableMenu=False)
    qtbot.addWidget(plot)
    plot.resize(300, 140)
    plot.show()
    plot.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.0, disableAutoRange=True)
    axis.setTicks([[(0, "first"), (1, "last")]])
    axis.setGrid(255)
    plot.grab()
    pixmap = QPixmap(10, 10)
    with QPainter(pixmap) as painter:
        _, lines, texts = axis.generateDrawSpecs(painter)
    assert [text for _, _, text in texts] == ["first", "last"]
    assert len(lines) == 2


def test_a_point_between_two_gaps_becomes_a_line_and_nothing_else_changes() -> None:
    x = np.arange(8.0)
    y = np.array([1.0, np.nan, 3.0, np.nan, 5.0, 6.0, np.nan, 8.0])
    found_x, found_y = with_lone_points(x, y)
    assert found_x.tolist() == [0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 7.5]
    assert found_y[np.isfinite(found_y)].tolist() == [1.0, 1.0, 3.0, 3.0, 5.0, 6.0, 8.0, 8.0]
    for whole in (np.arange(8.0), np.array([]), np.full(8, np.nan)):
        same_x, same_y = with_lone_points(x[: whole.size], whole)
        assert same_x.tolist() == x[: whole.size].tolist()
        assert same_y is whole
