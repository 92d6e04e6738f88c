"""viewer.live.capture_adjustments: neutral, mirror, smoothing and gains."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from viewer.live.capture_adjustments import CaptureAdjustments
from viewer.live.capture_model import CaptureModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def capture(model: ViewerModel) -> CaptureModel:
    return CaptureModel(model)


@pytest.fixture
def adjustments(capture: CaptureModel, qtbot: QtBot) -> CaptureAdjustments:
    adjustments = CaptureAdjustments(capture)
    qtbot.addWidget(adjustments)
    adjustments.show()
    return adjustments


def test_keys_and_mouse_change_the_settings(
    capture: CaptureModel, adjustments: CaptureAdjustments, qtbot: QtBot
) -> None:
    qtbot.keyClick(adjustments.smoothing, Qt.Key.Key_End)
    qtbot.keyClick(adjustments.mirror, Qt.Key.Key_Space)
    qtbot.keyClick(adjustments.gain, Qt.Key.Key_Home)
    assert (capture.settings.smoothing, capture.settings.mirrors, capture.settings.gain) == (1.0, True, 0.0)
    assert [label.text() for label in adjustments.figures.values()] == ["100 %", "0 %"]


def test_each_shape_has_a_gain_of_its_own(capture: CaptureModel, adjustments: CaptureAdjustments) -> None:
    adjustments.shape.setCurrentIndex(adjustments.shape.findData("jawOpen"))
    adjustments.gain.setValue(250)
    adjustments.shape.setCurrentIndex(adjustments.shape.findData("yaw"))
    assert adjustments.gain.value() == 100
    assert capture.settings.gains == {"jawOpen": 2.5}
    adjustments.shape.setCurrentIndex(0)
    assert adjustments.gain.value() == 100
    adjustments.shape.setCurrentIndex(adjustments.shape.findData("jawOpen"))
    assert adjustments.gain.value() == 250


def test_a_neutral_face_can_be_cleared(capture: CaptureModel, adjustments: CaptureAdjustments, qtbot: QtBot) -> None:
    assert not adjustments.forget.isEnabled()
    capture.configure(replace(capture.settings, neutral=NEUTRAL.with_head(yaw=3.0)))
    assert adjustments.forget.isEnabled()
    qtbot.mouseClick(adjustments.forget, Qt.MouseButton.LeftButton)
    assert capture.settings.neutral == NEUTRAL
