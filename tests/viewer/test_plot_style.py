"""viewer.plot_style: a figure at an axis's end is not left out."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtGui import QPainter, QPixmap
from pytestqt.qtbot import QtBot

from viewer.plot_style import ThemedAxis

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
