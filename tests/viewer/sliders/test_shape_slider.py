"""viewer.sliders.shape_slider: mouse, wheel and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.sliders.marks import Marks
from viewer.sliders.picture import track
from viewer.sliders.shape_slider import ShapeSlider, Wish

pytestmark = pytest.mark.display
Y = 26
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@pytest.fixture
def slider(qtbot: QtBot) -> ShapeSlider:
    slider = ShapeSlider("jawOpen", "Open jaw")
    qtbot.addWidget(slider)
    slider.resize(226, 36)  # 200 pixels of track
    slider.show()
    slider.activateWindow()
    qtbot.waitUntil(slider.isActiveWindow)
    return slider


def move(slider: ShapeSlider, x: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
    point = QPointF(x, Y)
    event = QMouseEvent(
        QEvent.Type.MouseMove, point, slider.mapToGlobal(point), Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton,
        modifiers,
    )  # fmt: skip
    QApplication.sendEvent(slider, event)


def turn(slider: ShapeSlider, notches: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
    event = QWheelEvent(
        QPointF(20, Y), slider.mapToGlobal(QPointF(20, Y)), QPoint(), QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(slider, event)


def x_of(slider: ShapeSlider, share: float) -> float:
    left, right = track(slider.width())
    return left + share * (right - left)


def press(qtbot: QtBot, slider: ShapeSlider, share: float) -> None:
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(x_of(slider, share)), Y))


def test_shift_in_the_middle_of_a_drag_does_not_jump(slider: ShapeSlider, qtbot: QtBot) -> None:
    press(qtbot, slider, 0.0)
    move(slider, x_of(slider, 0.5))
    assert slider.number == 0.5
    move(slider, x_of(slider, 0.5), SHIFT)
    assert slider.number == 0.5
    move(slider, x_of(slider, 0.6), SHIFT)
    assert slider.number == pytest.approx(0.51)
    move(slider, x_of(slider, 0.6))
    assert slider.number == pytest.approx(0.51), "nor when it is let go"
    move(slider, x_of(slider, 0.7))
    assert slider.number == pytest.approx(0.61)


def test_a_drag_beyond_the_end_comes_back_with_the_mouse(slider: ShapeSlider, qtbot: QtBot) -> None:
    press(qtbot, slider, 0.0)
    move(slider, x_of(slider, 1.5))
    assert slider.number == 1.0
    move(slider, x_of(slider, 0.9))
    assert slider.number == pytest.approx(0.9)


def test_letting_go_is_told_once_a_gesture(slider: ShapeSlider, qtbot: QtBot) -> None:
    told: list[float] = []
    slider.let_go.connect(lambda: told.append(slider.number))
    press(qtbot, slider, 0.5)
    move(slider, x_of(slider, 0.7))
    assert told == []
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(100, Y))
    assert told == [0.7]
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(100, Y))
    assert told == [0.7, 0.0]
    slider.type_number()
    assert slider._editor is not None
    qtbot.keyClicks(slider._editor, "0.25")
    qtbot.keyClick(slider._editor, Qt.Key.Key_Return)
    assert told == [0.7, 0.0, 0.25]
    assert slider.hasFocus()


def test_the_wheel_moves_only_with_the_focus_and_shift_makes_it_fine(slider: ShapeSlider) -> None:
    slider.clearFocus()
    turn(slider, 1)
    assert slider.number == 0.0
    slider.setFocus()
    turn(slider, 2)
    assert slider.number == 0.02
    turn(slider, 1, SHIFT)
    assert slider.number == 0.021
    for _ in range(4):
        turn(slider, 0.25)  # a touchpad
    assert slider.number == 0.031


def test_a_locked_one_moves_by_no_hand(slider: ShapeSlider, qtbot: QtBot) -> None:
    moves: list[float] = []
    slider.moved.connect(lambda _key, value: moves.append(value))
    slider.show_number(0.4)
    slider.show_marks(Marks(is_locked=True))
    press(qtbot, slider, 0.8)
    move(slider, x_of(slider, 0.9))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(50, Y))
    slider.setFocus()
    turn(slider, 3)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Return):
        qtbot.keyClick(slider, key)
    qtbot.keyClick(slider, Qt.Key.Key_Right, SHIFT)
    assert slider._editor is None
    assert moves == []
    assert slider.number == 0.4
    slider.show_number(0.6)
    assert slider.number == 0.6, "performances do move it"


@pytest.mark.parametrize(
    ("key", "wish"),
    [
        (Qt.Key.Key_L, Wish.LOCK), (Qt.Key.Key_S, Wish.ALONE), (Qt.Key.Key_Asterisk, Wish.STAR),
        (Qt.Key.Key_M, Wish.ACROSS), (Qt.Key.Key_C, Wish.CHOOSE), (Qt.Key.Key_Delete, Wish.RESET),
    ],
)  # fmt: skip
def test_keys_are_wishes_and_go_before_shortcuts(slider: ShapeSlider, qtbot: QtBot, key: Qt.Key, wish: Wish) -> None:
    with qtbot.waitSignal(slider.wished) as told:
        qtbot.keyClick(slider, key)
    assert told.args == ["jawOpen", wish]
    if wish is not Wish.RESET:
        override = QKeyEvent(QEvent.Type.ShortcutOverride, key, NONE, wish.value.lower())
        override.ignore()
        QApplication.sendEvent(slider, override)
        assert override.isAccepted()


def test_letters_with_ctrl_are_the_windows(slider: ShapeSlider) -> None:
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_L, CTRL, "l")
    override.ignore()
    QApplication.sendEvent(slider, override)
    assert not override.isAccepted()


def test_ctrl_and_a_click_choose_and_move_nothing(slider: ShapeSlider, qtbot: QtBot) -> None:
    wishes: list[Wish] = []
    slider.wished.connect(lambda _key, wish: wishes.append(wish))
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, CTRL, QPoint(150, Y))
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, CTRL, QPoint(150, Y))
    assert wishes == [Wish.CHOOSE, Wish.CHOOSE]
    assert slider.number == 0.0
