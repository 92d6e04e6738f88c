"""viewer.compare.model, peek_keys: what the user does with a comparison, and what follows of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gpu_core.settings import View
from viewer.cockpit import Cockpit
from viewer.compare.comparison import AMPLIFICATIONS, Comparison, Layout, OtherWay, Side
from viewer.compare.model import CompareModel
from viewer.view_values import ViewMode
from viewer.viewer_model import ViewerModel

FP32 = Side(way=OtherWay("Precision fp32", changes=(("precision", "fp32"),)))


@pytest.fixture
def compare(model: ViewerModel) -> CompareModel:
    return CompareModel(model)


@pytest.fixture
def wanted(compare: CompareModel) -> list[Any]:
    """What was asked to run beside the engine."""
    asked: list[Any] = []
    compare.ways_wanted.connect(asked.append)
    return asked


def test_turning_it_on_asks_for_both_pictures_and_off_for_the_views(compare: CompareModel, model: ViewerModel) -> None:
    compare.toggle()
    assert model.request.views == {View.GENERATED, View.RENDER}
    compare.set(a=Side(View.TEXTURE))
    assert model.request.views == {View.TEXTURE, View.RENDER}
    compare.toggle()
    assert model.request.views == {View.GENERATED}


def test_nothing_runs_beside_unless_it_is_on(compare: CompareModel, wanted: list[Any]) -> None:
    compare.set(b=FP32)
    assert wanted == []
    compare.toggle()
    compare.set(position=0.2)
    compare.swap()
    compare.toggle()
    assert wanted == [(FP32.way,), None]


def test_the_line_stays_on_the_picture_and_amplifications_are_known(compare: CompareModel) -> None:
    compare.move_line(7)
    assert compare.comparison.position == 1.0
    compare.move_line(-1)
    assert compare.comparison.position == 0.0
    compare.amplify(64)
    compare.amplify(5)
    assert compare.comparison.amplification == 64
    assert {1, 64} <= set(AMPLIFICATIONS)


def test_the_difference_comes_and_goes(compare: CompareModel) -> None:
    compare.toggle_difference()
    assert (compare.comparison.is_on, compare.comparison.layout) == (True, Layout.DIFFERENCE)
    compare.toggle_difference()
    assert (compare.comparison.is_on, compare.comparison.layout) == (True, Layout.WIPE)


def test_what_is_refused_gives_way_to_what_was(compare: CompareModel, model: ViewerModel) -> None:
    compare.set(is_on=True, a=FP32)
    assert compare.is_opening
    compare.note_refused(compare.comparison.ways, "there is none")
    assert compare.comparison.a == Side()
    assert not compare.is_opening
    assert model.message.level == "error"
    compare.set(a=FP32)
    compare.note_opened((FP32.way,))  # type: ignore[arg-type]
    compare.note_refused((), "something long ago")
    assert compare.comparison.a == FP32, "what was asked for before says nothing of what is compared now"


def test_figures_of_another_pair_are_forgotten(compare: CompareModel) -> None:
    told: list[Any] = []
    compare.measured.connect(told.append)
    compare.toggle()
    figures: Any = object()
    compare.note_measured(figures)
    compare.set(b=Side(View.TEXTURE))
    assert told == [figures, None]
    compare.toggle()
    compare.note_measured(figures)
    assert compare.figures is None, "it comes too late"


def test_without_a_switch_thrown_there_is_no_before(compare: CompareModel, model: ViewerModel) -> None:
    compare.show_before()
    assert not compare.comparison.is_on
    assert "Nothing to compare yet" in model.message.text


def test_a_file_is_compared_as_b(compare: CompareModel, wanted: list[Any]) -> None:
    compare.compare_file(Path("my faces/面.onnx"))
    assert compare.comparison.b.title == "Generator 面"
    assert wanted == [(OtherWay("Generator 面", Path("my faces/面.onnx")),)]


def test_choosing_a_view_ends_it(compare: CompareModel, model: ViewerModel) -> None:
    compare.toggle()
    model.set_mode(ViewMode.ALL)
    assert not compare.comparison.is_on
    assert model.request.views == set(View)


@pytest.mark.display
def test_keys(cockpit: Cockpit, qtbot: QtBot) -> None:
    window, compare = cockpit.window, cockpit.desk.compare
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert compare.comparison.is_on
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert compare.comparison.a == Comparison().b
    qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert not compare.comparison.is_upright
    qtbot.keyClick(window, Qt.Key.Key_D)
    assert compare.comparison.layout is Layout.DIFFERENCE
    for key, side in ((Qt.Key.Key_A, "a"), (Qt.Key.Key_B, "b")):
        qtbot.keyPress(cockpit.viewport, key)
        assert compare.peek == side
        qtbot.keyRelease(cockpit.viewport, key)
        assert compare.peek == ""


@pytest.mark.display
def test_who_types_does_not_peek(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.desk.compare.toggle()
    field = cockpit.window.docks["Expressions"].findChild(QLineEdit)
    assert field is not None
    qtbot.keyPress(field, Qt.Key.Key_A)
    assert cockpit.desk.compare.peek == ""
    assert field.text() == "a"
