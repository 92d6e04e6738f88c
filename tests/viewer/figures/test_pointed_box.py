"""viewer.figures.pointed_box: the mouse points, with its left button, and does not move the view."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.figures.pointed_box import PointedBox

pytestmark = pytest.mark.display


def test_a_click_tells_the_place(qtbot: QtBot) -> None:
    box = PointedBox()
    plot = pg.PlotWidget(viewBox=box, enableMenu=False)
    qtbot.addWidget(plot)
    plot.resize(300, 140)
    plot.show()
    qtbot.waitExposed(plot)
    plot.setRange(xRange=(-50, 0), yRange=(0, 1), padding=0.0, disableAutoRange=True)
    places: list[float] = []
    box.pointed.connect(places.append)
    at = plot.mapFromScene(box.mapViewToScene(QPointF(-20, 0.5)))
    for button in (Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton):
        click(plot, at, button)
    assert places == [pytest.approx(-20, abs=0.3)]
    assert box.viewRange()[0] == [-50, 0]


def click(plot: pg.PlotWidget, at: QPoint, button: Qt.MouseButton) -> None:
    """Press and let go, without Qt's doubt whether anybody wanted it."""
    for kind, held in (
        (QMouseEvent.Type.MouseButtonPress, button),
        (QMouseEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
    ):
        place = QPointF(at)
        event = QMouseEvent(kind, place, plot.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(plot.viewport(), event)
