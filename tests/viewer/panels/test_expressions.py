"""The expressions panel and its sliders."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gpu_core.expression import ARKIT_SHAPES
from gpu_core.path_state import PathState
from viewer.edit_history import EditHistory
from viewer.engine_info import EngineInfo
from viewer.panels.expressions import ExpressionsPanel
from viewer.performance.trained_range import TrainedRange
from viewer.shape_titles import REGIONS, matches, title
from viewer.sliders.picture import track
from viewer.sliders.rules import SliderRules
from viewer.sliders.shape_slider import STEPS, ShapeSlider
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def panel(model: ViewerModel, qtbot: QtBot) -> Iterator[ExpressionsPanel]:
    panel = ExpressionsPanel(model, SliderRules(model, seed=1))
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
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


def engine(*, missing: tuple[str, ...] = (), most: float | None = None) -> EngineInfo:
    """Of a generator that was trained up to a weight, or says nothing."""
    training = {"reach": TrainedRange((most,) * 52, ((-10.0, 10.0),) * 3).to_dict()} if most is not None else {}
    generator = SimpleNamespace(card={"training": training})
    return EngineInfo("f", missing, False, PathState("host", "", "numpy"), {}, (), generator)  # type: ignore[arg-type]


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


def test_a_drag_is_a_step_of_the_history_by_itself(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    history = EditHistory(model, TimelineModel(model))
    for share in (0.3, 0.6):
        drag(qtbot, panel.sliders["jawOpen"], share)
    qtbot.mouseDClick(panel.sliders["jawOpen"], Qt.MouseButton.LeftButton, pos=QPoint(40, 26))
    panel.sliders["jawOpen"].type_number()
    editor = panel.sliders["jawOpen"]._editor
    assert editor is not None
    qtbot.keyClicks(editor, "0.9")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert [history.stack.text(step) for step in range(history.stack.count())] == [
        "Open jaw 0.30", "Open jaw 0.60", "Open jaw 0.00", "Open jaw 0.90",
    ]  # fmt: skip


def test_with_the_mirror_the_other_slider_moves_and_both_are_marked(
    panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot
) -> None:
    panel._rules.set_mirroring(mirrors=True)
    drag(qtbot, panel.sliders["eyeBlinkLeft"], 0.5)
    assert panel.sliders["eyeBlinkRight"].number == panel.sliders["eyeBlinkLeft"].number
    assert panel.sliders["eyeBlinkRight"]._highlighted


def test_a_locked_slider_stays_and_shows_it(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    panel._rules.lock(["jawOpen"], locked=True)
    drag(qtbot, panel.sliders["jawOpen"], 0.5)
    assert model.expression["jawOpen"] == panel.sliders["jawOpen"].number == 0.0
    assert panel.regions["Jaw"].heading.sum.locked == 1
    assert "Locked" in panel.sliders["jawOpen"].toolTip()
    model.edit(model.expression.with_weights({"jawOpen": 0.4}), by_hand=False)
    qtbot.waitUntil(lambda: panel.sliders["jawOpen"].number == 0.4, timeout=2000)


def test_the_lamp_is_on_beyond_what_was_trained_in_the_region_too(panel: ExpressionsPanel, model: ViewerModel) -> None:
    model.set_engine(engine(most=0.4))
    assert "lamp is on" in panel.regions["Jaw"].heading.toolTip()
    model.edit_weights({"jawOpen": 0.6})
    assert panel.sliders["jawOpen"].look().is_lit
    assert panel.regions["Jaw"].heading.sum.is_lit
    assert "trained up to 0.40" in panel.sliders["jawOpen"].toolTip()
    model.edit_weights({"jawOpen": 0.4})
    assert not panel.sliders["jawOpen"].look().is_lit
    model.edit_weights({"jawOpen": 1.0})
    model.set_engine(engine())
    assert not panel.sliders["jawOpen"].look().is_lit, "who says nothing has no lamp"
    assert "does not tell" in panel.regions["Jaw"].heading.toolTip()


def test_favourites_are_on_top_and_both_places_are_one(
    panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot
) -> None:
    assert not panel.favourites.sliders
    qtbot.keyClick(panel.sliders["jawOpen"], Qt.Key.Key_Asterisk)
    panel._rules.star(["mouthSmileLeft"], starred=True)
    top = panel.favourites.sliders["jawOpen"]
    assert top.isVisible()
    qtbot.waitUntil(lambda: top.width() > 100)
    drag(qtbot, top, 0.5)
    assert panel.sliders["jawOpen"].number == top.number == pytest.approx(0.5, abs=0.01)
    assert panel.sliders["jawOpen"]._highlighted
    assert top._highlighted
    qtbot.keyClick(top, Qt.Key.Key_Asterisk)
    assert list(panel.favourites.sliders) == ["mouthSmileLeft"]
    model.edit_weights({"jawOpen": 0.2})
    panel._rules.lock(["jawOpen"], locked=True)


def test_everyday_words_are_found_and_return_goes_to_the_first(panel: ExpressionsPanel, qtbot: QtBot) -> None:
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, "grin")
    assert panel.sliders["mouthSmileLeft"].isVisible()
    assert not panel.sliders["jawOpen"].isVisible()
    assert not panel.favourites.isVisible()
    assert set(panel._rules.scope) == {"cheekSquintLeft", "cheekSquintRight", "mouthSmileLeft", "mouthSmileRight"}
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.sliders["cheekSquintLeft"].hasFocus()
    panel.search.setFocus()
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    assert panel._rules.found is None


def test_escape_ends_solo_and_choice(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    model.edit_weights({"jawOpen": 0.5, "cheekPuff": 0.5})
    slider = panel.sliders["jawOpen"]
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_S)
    qtbot.mouseClick(panel.sliders["jawLeft"], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert model.request.expressions[0]["cheekPuff"] == 0.0
    assert panel.sliders["jawLeft"].marks.is_dimmed
    assert panel._rules.chosen == {"jawLeft"}
    qtbot.keyClick(slider, Qt.Key.Key_Escape)
    assert model.request.expressions == (model.expression,)
    assert not panel._rules.chosen
    assert not panel.sliders["jawLeft"].marks.is_dimmed


def test_a_region_has_a_menu(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    model.edit_weights({"jawOpen": 0.5})
    heading = panel.regions["Jaw"].heading
    heading.customContextMenuRequested.emit(QPoint(10, 10))
    assert panel._menu is not None
    qtbot.waitUntil(panel._menu.isVisible)
    next(action for action in panel._menu.actions() if action.text() == "Reset").trigger()
    panel._menu.close()
    assert model.expression["jawOpen"] == 0.0


def test_only_sliders_that_change_are_painted(panel: ExpressionsPanel, model: ViewerModel, qtbot: QtBot) -> None:
    class Painted(QObject):
        names: ClassVar[set[str]] = set()

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and isinstance(watched, ShapeSlider):
                self.names.add(watched.key)
            return False

    model.edit_weights({"eyeBlinkLeft": 0.1})
    QApplication.processEvents()
    watch = Painted(panel)
    for slider in panel.sliders.values():
        slider.installEventFilter(watch)
    model.edit_weights({"eyeBlinkLeft": 0.5})
    QApplication.processEvents()
    assert watch.names == {"eyeBlinkLeft"}
