"""viewer.percent_graph: what was not measured is a gap."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from viewer.panel_cost import PanelCost
from viewer.percent_graph import PercentGraph

pytestmark = pytest.mark.display

NAN = float("nan")


def test_lines_end_at_gaps_and_stay_in_the_box(qtbot: QtBot) -> None:
    graph = PercentGraph(60, PanelCost())
    qtbot.addWidget(graph)
    box = QRectF(0, 0, 59, 100)
    lines = graph._lines((10.0, 20.0, NAN, 400.0, -3.0, float("inf")), box)
    assert [len(line) for line in lines] == [2, 2]
    assert [point.y() for line in lines for point in line] == [90.0, 80.0, 0.0, 100.0]
    assert lines[1][1].x() == 58.0, "the newest is at the right, the one before it one step to the left"


def test_it_paints_what_it_is_shown(qtbot: QtBot) -> None:
    graph = PercentGraph(60, PanelCost())
    qtbot.addWidget(graph)
    graph.resize(280, 60)
    empty = graph.grab().toImage()
    graph.show_series({"#ff0000": [10.0, NAN, 50.0, 60.0]})
    assert graph.grab().toImage() != empty
