"""The head panel: angles and gaze."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gpu_core.expression import GAZE_YAW_DEG
from viewer.panels.head import PAD_PX, HeadPanel
from viewer.slider_rules import SliderRules
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


def test_angles_reach_the_model_and_come_back(model: ViewerModel, qtbot: QtBot) -> None:
    panel = HeadPanel(model, SliderRules(model))
    qtbot.addWidget(panel)
    qtbot.keyClick(panel.sliders["yaw"], Qt.Key.Key_Right)
    assert model.expression.yaw == 0.5
    model.edit_head(pitch=7.0)
    assert panel.sliders["pitch"].number == 7.0


def test_the_pad_turns_both_eyes(model: ViewerModel, qtbot: QtBot) -> None:
    panel = HeadPanel(model, SliderRules(model))
    qtbot.addWidget(panel)
    qtbot.mouseClick(panel.pad, Qt.MouseButton.LeftButton, pos=QPoint(PAD_PX - 8, PAD_PX // 2))
    yaw, pitch = model.expression.gaze
    assert yaw == pytest.approx(GAZE_YAW_DEG, abs=0.5)
    assert pitch == pytest.approx(0.0, abs=0.5)
    assert model.expression["eyeLookOutLeft"] == pytest.approx(1.0)
    assert panel.figures.text().startswith("Gaze 25°")
    qtbot.mouseDClick(panel.pad, Qt.MouseButton.LeftButton)
    assert model.expression.gaze == (0.0, 0.0)


def test_gaze_stays_on_the_pad(model: ViewerModel, qtbot: QtBot) -> None:
    panel = HeadPanel(model, SliderRules(model))
    qtbot.addWidget(panel)
    for _ in range(60):
        qtbot.keyClick(panel.pad, Qt.Key.Key_Left)
    assert panel.pad.gaze == (-GAZE_YAW_DEG, 0.0)
    panel.pad.grab()
