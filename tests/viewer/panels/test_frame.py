"""The panel of the picked frame: its words, its waterfall, the way to its neighbours."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.frame_records import record
from viewer.figures.panel_cost import PanelCost
from viewer.figures.review import FrameReview
from viewer.panels.frame import FramePanel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


def test_it_follows_the_picked_frame_and_goes_to_its_neighbours(model: ViewerModel, qtbot: QtBot) -> None:
    review = FrameReview(model)
    panel = FramePanel(review, PanelCost())
    qtbot.addWidget(panel)
    assert panel.line.text().startswith("Pick a frame")
    assert not panel.before.isEnabled()
    for index in range(3):
        model.history.add(record(index, steady=index > 0))
    review.step(-1)
    assert panel.line.text().startswith("Frame 2 · 30.0 ms old when shown · host · steady")
    assert not panel.after.isEnabled(), "it is the newest"
    for _ in range(2):
        qtbot.mouseClick(panel.before, Qt.MouseButton.LeftButton)
    assert "Frame 0" in panel.line.text()
    assert "unsteady" in panel.line.text()
    assert "loaded or compiled" in panel.line.toolTip()
    assert panel.waterfall.record == record(0, steady=False)
    assert not panel.before.isEnabled()
    qtbot.mouseClick(panel.live, Qt.MouseButton.LeftButton)
    assert not review.is_paused
    assert panel.waterfall.record is None
