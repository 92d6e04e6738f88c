"""The expressions panel and its sliders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gpu_core.expression import ARKIT_SHAPES
from gpu_core.path_state import PathState
from viewer.engine_info import EngineInfo
from viewer.panels.expressions import ExpressionsPanel
from viewer.shape_slider import STEPS, ShapeSlider
from viewer.shape_titles import REGIONS, matches, title
from viewer.slider_picture import track
from viewer.slider_rules import SliderRules
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def panel(model: ViewerModel, qtbot: QtBot) -> Iterator[ExpressionsPanel]:
    panel = ExpressionsPanel(model, SliderRules(model))
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def drag(qtbot: QtBot, slider: ShapeSlider, share: float) -> None:
    left, right = track(slider.width())
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(left + share * (right - left)), 26))


def test_every_shape_has_a_place_and_a_name() -> None:
    placed = [name for rows in REGIONS.values() for row in rows for name in row]
    assert sorted(placed) == sorted(ARKIT_SHAPES)
    assert len({title(name) for name in ARKIT_SHAPES}) == len(ARKIT_SHAPES)
    assert title("eyeBlinkLeft") == "Blink, left"


def test_search_knows_both_names() -> None:
    assert matches("eyeBlinkLeft", "blink left")
    assert matches("eyeBlinkLeft", "EYEBLINKL")
    assert not matches("eyeBlinkLeft", "smile")


def test_moving_a_slider_edits_the_model(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    drag(qtbot, panel.sliders["jawOpen"], 0.75)
    assert model.expression["jawOpen"] == pytest.approx(0.75, abs=0.01)
    assert panel.sliders["jawOpen"]._highlighted


def test_the_panel_follows_the_model_without_an_echo(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    changes: list[object] = []
    model.edit(model.expression.with_weights({"jawOpen": 0.33}), by_hand=False)
    model.expression_changed.connect(lambda *_: changes.append(_))
    qtbot.waitUntil(lambda: panel.sliders["jawOpen"].number == 0.33, timeout=2000)
    assert changes == []


def test_what_moved_last_is_highlighted_alone(panel: ExpressionsPanel, model: ViewerModel) -> None:
    model.edit_weights({"jawOpen": 0.5})
    model.edit_weights({"jawLeft": 0.5})
    assert [name for name, slider in panel.sliders.items() if slider._highlighted] == ["jawLeft"]


def test_keys_step_and_shift_is_fine(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    slider = panel.sliders["mouthSmileLeft"]
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert model.expression["mouthSmileLeft"] == 0.01
    qtbot.keyClick(slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert model.expression["mouthSmileLeft"] == 0.011
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert model.expression["mouthSmileLeft"] == 1.0
    qtbot.keyClick(slider, Qt.Key.Key_Delete)
    assert model.expression["mouthSmileLeft"] == 0.0


def test_a_double_click_goes_back_to_zero(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    model.edit_weights({"jawOpen": 0.5})
    qtbot.mouseDClick(panel.sliders["jawOpen"], Qt.MouseButton.LeftButton, pos=QPoint(40, 26))
    assert model.expression["jawOpen"] == 0.0


def test_a_number_can_be_typed(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    slider = panel.sliders["jawOpen"]
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 12, 8))
    assert slider._editor is not None
    qtbot.keyClicks(slider._editor, "0.42")
    qtbot.keyClick(slider._editor, Qt.Key.Key_Return)
    assert model.expression["jawOpen"] == 0.42
    assert slider._editor is None


def test_search_shows_what_it_finds_even_where_folded(panel: ExpressionsPanel, qtbot: QtBot) -> None:
    assert not panel.sliders["eyeLookUpLeft"].isVisible()
    panel.search.setText("look up")
    assert panel.sliders["eyeLookUpLeft"].isVisible()
    assert not panel.sliders["jawOpen"].isVisible()
    panel.search.setText("no such thing")
    assert panel.nothing.isVisible()
    panel.search.clear()
    assert panel.sliders["jawOpen"].isVisible()
    assert not panel.sliders["eyeLookUpLeft"].isVisible(), "folded as before"


def test_shapes_a_face_lacks_are_disabled_with_the_reason(panel: ExpressionsPanel, model: ViewerModel) -> None:
    model.set_engine(EngineInfo("foreign", ("tongueOut",), True, PathState("host", "", "numpy"), {}, ()))
    assert not panel.sliders["tongueOut"].isEnabled()
    assert "no such shape" in panel.sliders["tongueOut"].toolTip()
    model.set_engine(EngineInfo("own", (), False, PathState("host", "", "numpy"), {}, ()))
    assert panel.sliders["tongueOut"].isEnabled()


def test_a_slider_may_run_both_ways(qtbot: QtBot, model: ViewerModel) -> None:
    slider = ShapeSlider("yaw", "Turn", low=-32.0, high=32.0, step=0.5, decimals=1)
    qtbot.addWidget(slider)
    slider.show_number(-12.5)
    assert slider.value() == round(-12.5 * STEPS)
    assert slider._knob_x() < slider.width() / 2
    slider.grab()


def test_escape_leaves_the_number_as_it_was(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    slider = panel.sliders["jawOpen"]
    slider.type_number()
    assert slider._editor is not None
    qtbot.keyClicks(slider._editor, "0.9")
    qtbot.keyClick(slider._editor, Qt.Key.Key_Escape)
    assert slider._editor is None
    assert model.expression["jawOpen"] == 0.0
