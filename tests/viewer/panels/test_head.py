"""The head panel: angles and gaze."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gpu_core.expression import GAZE_YAW_DEG
from gpu_core.path_state import PathState
from viewer.engine_info import EngineInfo
from viewer.panels.head import PAD_PX, HeadPanel
from viewer.performance.trained_range import TrainedRange
from viewer.sliders.rules import SliderRules
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


def test_locked_angles_stay_and_the_lamp_knows_them(model: ViewerModel, qtbot: QtBot) -> None:
    rules = SliderRules(model)
    panel = HeadPanel(model, rules)
    qtbot.addWidget(panel)
    reach = TrainedRange((1.0,) * 52, ((-20.0, 20.0), (-5.0, 8.0), (-10.0, 10.0))).to_dict()
    generator = SimpleNamespace(card={"training": {"reach": reach}})
    model.set_engine(
        EngineInfo("f", (), False, PathState("host", "", "numpy"), {}, (), generator)  # type: ignore[arg-type]
    )
    model.edit_head(pitch=9.0, yaw=-19.0)
    assert panel.sliders["pitch"].look().is_lit
    assert not panel.sliders["yaw"].look().is_lit
    assert "from -5.0° to 8.0°" in panel.sliders["pitch"].toolTip()
    qtbot.keyClick(panel.sliders["yaw"], Qt.Key.Key_L)
    assert panel.sliders["yaw"].marks.is_locked
    assert "Locked" in panel.sliders["yaw"].toolTip()
    model.edit_head(yaw=5.0)
    assert model.expression.yaw == panel.sliders["yaw"].number == -19.0


def test_the_pad_shows_what_the_locks_leave_of_a_gaze_and_lets_go(model: ViewerModel, qtbot: QtBot) -> None:
    rules = SliderRules(model)
    panel = HeadPanel(model, rules)
    qtbot.addWidget(panel)
    rules.lock(["eyeLookOutLeft", "eyeLookInRight"], locked=True)
    gesture = model.gesture
    qtbot.mouseClick(panel.pad, Qt.MouseButton.LeftButton, pos=QPoint(PAD_PX - 8, PAD_PX // 2))
    assert model.expression.gaze == (0.0, 0.0)
    assert panel.pad.gaze == (0.0, 0.0)
    assert model.gesture == gesture + 1
