"""viewer.handles.tool: real mouse events on the picture of a shipped head, on both viewports."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from tests.viewer import shipped_surfaces as heads
from viewer.cockpit import Cockpit
from viewer.view_values import Canvas, ViewMode

pytestmark = pytest.mark.display
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
PLAIN, ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip
Where = tuple[float, float]
BOTH_VIEWPORTS = pytest.mark.parametrize("hand", [False, True], ids=["opengl", "pixels"], indirect=True)


class Hand:
    """A mouse on the picture."""

    def __init__(self, cockpit: Cockpit, qtbot: QtBot) -> None:
        self.cockpit, self._qtbot, self.picture = cockpit, qtbot, 0

    def _send(self, kind: QEvent.Type, where: Where, button: Qt.MouseButton, mods: Qt.KeyboardModifier) -> None:
        stage = self.cockpit.viewport
        cell = stage.cells(len(self.cockpit.model.mode.views))[self.picture]
        ratio = stage.devicePixelRatio()
        at = QPointF((cell.left + where[0] * cell.side) / ratio, (cell.top + where[1] * cell.side) / ratio)
        held = NONE if kind is QEvent.Type.MouseButtonRelease or button is NONE else LEFT
        changed = NONE if kind is QEvent.Type.MouseMove else button
        QApplication.sendEvent(stage, QMouseEvent(kind, at, stage.mapToGlobal(at), changed, held, mods))

    def hover(self, where: Where, mods: Qt.KeyboardModifier = PLAIN) -> tuple[str, str]:
        tool = self.cockpit.desk.handles
        tool._looked_s = -math.inf
        self._send(QEvent.Type.MouseMove, where, NONE, mods)
        return tool.overlay.text

    def press(self, where: Where, mods: Qt.KeyboardModifier = PLAIN) -> None:
        self._send(QEvent.Type.MouseButtonPress, where, LEFT, mods)

    def move(self, where: Where, mods: Qt.KeyboardModifier = PLAIN) -> None:
        self._send(QEvent.Type.MouseMove, where, LEFT, mods)

    def release(self, where: Where = (0.5, 0.5)) -> None:
        self._send(QEvent.Type.MouseButtonRelease, where, LEFT, PLAIN)

    def drag(self, start: Where, by: Where, mods: Qt.KeyboardModifier = PLAIN) -> None:
        self.press(start, mods)
        for share in (0.3, 0.7, 1.0):
            self.move((start[0] + share * by[0], start[1] + share * by[1]), mods)

    def double_click(self, where: Where) -> None:
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick):
            self._send(kind, where, LEFT, PLAIN)
        self.release(where)


@pytest.fixture
def hand(request: pytest.FixtureRequest, qtbot: QtBot, engines: Any) -> Iterator[Hand]:
    """A mouse over the picture of a shipped head, whose surface is there already."""
    engines.options["face"] = heads.surface(heads.NAMES[0]).asset
    cockpit = Cockpit(engines, remembers=False, software_gl=getattr(request, "param", True), layout="artist")
    qtbot.addWidget(cockpit.window)
    cockpit.open()
    qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=30_000)
    qtbot.waitUntil(lambda: cockpit.desk.handles._picker._source.surface() is not None, timeout=5000)
    cockpit.model.edit(NEUTRAL, undoable=False)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    yield Hand(cockpit, qtbot)
    cockpit.window.close()


def history(hand: Hand) -> list[str]:
    stack = hand.cockpit.desk.history.stack
    return [stack.text(index) for index in range(stack.count())]


@BOTH_VIEWPORTS
def test_the_mouse_names_what_lies_under_it_and_nothing_is_drawn_elsewhere(hand: Hand) -> None:
    overlay = hand.cockpit.desk.handles.overlay
    assert hand.hover(heads.CORNER) == ("Mouth corner, left", "Smile · Frown · Dimple")
    assert hand.cockpit.viewport.cursor().shape() is Qt.CursorShape.PointingHandCursor
    assert hand.hover(heads.IRIS)[0] == "Eye"
    assert hand.hover(heads.FOREHEAD)[0] == "Head"
    hand.hover(heads.BESIDE)
    assert overlay.isHidden()
    hand.hover(heads.CHIN)
    QApplication.sendEvent(hand.cockpit.viewport, QEvent(QEvent.Type.Leave))
    assert overlay.isHidden()


def test_the_mouse_is_looked_at_so_often_at_most_and_a_last_time(hand: Hand, qtbot: QtBot) -> None:
    hand.hover(heads.CORNER)
    tool = hand.cockpit.desk.handles
    tool._looked_s = math.inf
    hand._send(QEvent.Type.MouseMove, heads.CHIN, NONE, PLAIN)
    assert tool.overlay.text[0] == "Mouth corner, left"
    qtbot.waitUntil(lambda: tool.overlay.text[0] == "Chin", timeout=2000)


def test_what_a_drag_has_moved_stays_touched_even_if_it_is_back_by_now(hand: Hand) -> None:
    """So that a mirror or a link takes its followers back as well."""
    touched: list[frozenset[str]] = []
    hand.cockpit.model.expression_changed.connect(lambda _face, names: touched.append(names))
    hand.drag(heads.CORNER, (0.03, -0.045))
    hand.move(heads.CORNER)
    assert hand.cockpit.model.expression["mouthSmileLeft"] < 0.01
    assert "mouthSmileLeft" in touched[-1]
    hand.release()


def test_the_live_mirror_smiles_on_both_sides_there_and_back(hand: Hand) -> None:
    model, rules = hand.cockpit.model, hand.cockpit.desk.rules
    rules.set_mirroring(mirrors=True)
    hand.drag(heads.CORNER, (0.03, -0.045))
    for where in ((0.9, 0.4), (0.95, 0.35), (0.95, 0.35)):  # at its end: the left side moves no more
        hand.move(where)
        assert model.expression["mouthSmileRight"] == model.expression["mouthSmileLeft"] > 0.9
    hand.move(heads.CORNER)
    assert model.expression["mouthSmileRight"] == model.expression["mouthSmileLeft"] < 0.01
    hand.release()


def test_escape_gives_a_lopsided_face_back_under_the_mirror(hand: Hand, qtbot: QtBot) -> None:
    model = hand.cockpit.model
    start = NEUTRAL.with_weights({"mouthSmileRight": 0.3})
    model.edit(start)
    qtbot.waitUntil(lambda: model.is_idle, timeout=5000)
    hand.cockpit.desk.rules.set_mirroring(mirrors=True)
    hand.drag(heads.CORNER, (0.03, -0.045))
    qtbot.keyClick(hand.cockpit.viewport, Qt.Key.Key_Escape)
    assert model.expression == start
    hand.release()


def test_locked_shapes_stay_and_others_do_their_work(hand: Hand) -> None:
    hand.cockpit.desk.rules.lock({"mouthSmileLeft"}, locked=True)
    hand.drag(heads.CORNER, (0.03, -0.045))
    assert hand.cockpit.model.expression["mouthSmileLeft"] == 0.0
    assert hand.cockpit.model.expression["mouthPressLeft"] > 0.3
    hand.release()


@BOTH_VIEWPORTS
def test_a_drag_moves_the_fitting_shapes_in_one_step_of_the_history(hand: Hand) -> None:
    touched: list[frozenset[str]] = []
    model = hand.cockpit.model
    model.expression_changed.connect(lambda _face, names: touched.append(names))
    hand.drag(heads.CORNER, (0.03, -0.045))
    assert model.expression["mouthSmileLeft"] > 0.7
    assert model.expression["mouthSmileRight"] == 0.0
    assert "mouthSmileLeft" in touched[-1]
    title, told = hand.cockpit.desk.handles.overlay.text
    assert title == "Mouth corner, left"
    assert told.startswith("Smile, left 0.")
    hand.release()
    assert history(hand) == ["Drag mouth corner, left"]
    hand.drag(heads.CHIN, (0.0, 0.06))
    hand.release()
    assert history(hand) == ["Drag mouth corner, left", "Drag chin"]
    hand.cockpit.desk.history.undo_action.trigger()
    hand.cockpit.desk.history.undo_action.trigger()
    assert model.expression == NEUTRAL


def test_the_ring_stays_on_the_point_that_is_held(hand: Hand) -> None:
    overlay = hand.cockpit.desk.handles.overlay
    hand.drag(heads.CORNER, (0.4, -0.4))
    cell = hand.cockpit.viewport.cells(1)[0]
    ring = QPointF(overlay.pos()) + overlay._point
    at = (ring.x() - cell.left) / cell.side, (ring.y() - cell.top) / cell.side
    assert math.dist(at, heads.CORNER) < 0.1, "not where the mouse has gone"
    hand.release()


def test_escape_puts_back_what_was_and_ends_the_drag(hand: Hand, qtbot: QtBot) -> None:
    start = NEUTRAL.with_weights({"jawOpen": 0.2})
    hand.cockpit.model.edit(start)
    qtbot.waitUntil(lambda: hand.cockpit.model.is_idle, timeout=5000)
    before = history(hand)
    hand.drag(heads.CORNER, (0.03, -0.045))
    assert hand.cockpit.model.expression != start
    qtbot.keyClick(hand.cockpit.viewport, Qt.Key.Key_Escape)
    assert hand.cockpit.model.expression == start
    hand.move((0.7, 0.6))
    hand.release()
    assert hand.cockpit.model.expression == start
    assert history(hand) == before
    hand.drag(heads.CORNER, (0.03, -0.045))
    assert hand.cockpit.model.expression != start, "the next drag is a new one"
    hand.release()


def test_shift_is_fine_and_can_change_on_the_way(hand: Hand) -> None:
    hand.drag(heads.CHIN, (0.0, 0.06), SHIFT)
    fine = hand.cockpit.model.expression["jawOpen"]
    assert 0.02 < fine < 0.12
    hand.move((0.5, 0.84))
    assert hand.cockpit.model.expression["jawOpen"] == pytest.approx(fine, abs=0.01), "no jump"
    hand.release()


def test_a_click_moves_nothing(hand: Hand) -> None:
    hand.press(heads.CORNER)
    side = hand.cockpit.viewport.cells(1)[0].side
    hand.move((heads.CORNER[0] + 1.0 / side, heads.CORNER[1]))
    hand.release()
    assert hand.cockpit.model.expression == NEUTRAL
    assert history(hand) == []


def test_the_iris_takes_both_eyes_along(hand: Hand) -> None:
    hand.drag(heads.IRIS, (0.015, 0.0))
    assert hand.cockpit.model.expression.gaze[0] > 10.0
    assert hand.cockpit.model.expression["eyeLookInRight"] > 0.4
    hand.release()
    assert history(hand) == ["Turn the gaze"]


@pytest.mark.parametrize("start", [heads.FOREHEAD, heads.BESIDE])
def test_beside_the_handles_the_head_turns_within_its_limits(hand: Hand, start: Where) -> None:
    hand.drag(start, (0.1, 0.05))
    assert hand.cockpit.model.expression.yaw == pytest.approx(14.0, abs=0.5)
    assert hand.cockpit.model.expression.pitch == pytest.approx(7.0, abs=0.5)
    hand.move((3.0, 3.0))
    assert (hand.cockpit.model.expression.yaw, hand.cockpit.model.expression.pitch) == (32.0, 15.0)
    hand.release()
    assert history(hand) == ["Turn the head"]


def test_alt_takes_the_head_anywhere_and_with_ctrl_it_tilts(hand: Hand) -> None:
    assert hand.hover(heads.CORNER, ALT)[0] == "Head"
    hand.drag(heads.CORNER, (0.1, 0.0), ALT)
    hand.release()
    assert hand.cockpit.model.expression.yaw == pytest.approx(14.0, abs=0.5)
    hand.cockpit.model.reset()
    hand.drag((0.5, 0.3), (0.05, 0.0), ALT | CTRL)
    hand.release()
    assert hand.cockpit.model.expression.roll < -2.0
    assert hand.cockpit.model.expression.yaw == 0.0


def test_ctrl_leaves_the_drag_to_the_picture(hand: Hand) -> None:
    hand.drag(heads.CORNER, (0.1, 0.0), CTRL)
    hand.release()
    assert hand.cockpit.model.expression == NEUTRAL
    assert hand.cockpit.model.canvas.pan[0] > 0.05


def test_a_picture_larger_than_its_place_is_moved_beside_the_face(hand: Hand) -> None:
    hand.cockpit.model.set_canvas(Canvas(2.0))
    hand.drag((0.5, 0.26), (0.1, 0.0))
    hand.release()
    assert hand.cockpit.model.expression == NEUTRAL
    assert hand.cockpit.model.canvas.pan[0] > 0.1
    hand.cockpit.model.set_canvas(Canvas(2.0))
    hand.drag(heads.CORNER, (0.03, -0.045))
    hand.release()
    assert hand.cockpit.model.expression["mouthSmileLeft"] > 0.7, "but its handles are handles"


def test_a_double_click_puts_a_handle_to_rest_and_elsewhere_fits_the_picture(hand: Hand, qtbot: QtBot) -> None:
    model = hand.cockpit.model
    model.edit(NEUTRAL.with_weights({"mouthDimpleLeft": 0.3, "mouthSmileRight": 0.3, "browInnerUp": 0.4}))
    model.set_canvas(Canvas(1.0, (0.01, 0.0)))
    qtbot.waitUntil(lambda: model.is_idle, timeout=5000)
    hand.double_click(heads.CORNER)
    assert model.expression == NEUTRAL.with_weights({"mouthSmileRight": 0.3, "browInnerUp": 0.4})
    assert history(hand)[-1] == "Mouth corner, left at rest"
    assert model.canvas != Canvas()
    hand.double_click(heads.FOREHEAD)
    assert model.canvas == Canvas()
    model.edit(NEUTRAL.with_gaze(10.0, 0.0))
    qtbot.waitUntil(lambda: model.is_idle, timeout=5000)
    hand.double_click(heads.IRIS)
    assert model.expression == NEUTRAL


@BOTH_VIEWPORTS
def test_side_by_side_every_picture_has_the_handles(hand: Hand, qtbot: QtBot) -> None:
    hand.cockpit.model.set_mode(ViewMode.ALL)
    qtbot.waitUntil(lambda: hand.cockpit.model.is_idle, timeout=5000)
    hand.picture = 1
    assert hand.hover(heads.CORNER)[0] == "Mouth corner, left"
    hand.drag(heads.CORNER, (0.03, -0.045))
    hand.release()
    assert hand.cockpit.model.expression["mouthSmileLeft"] > 0.7


def test_a_face_that_moves_by_itself_leaves_no_mark_behind(hand: Hand) -> None:
    hand.hover(heads.CORNER)
    hand.cockpit.model.edit(NEUTRAL.with_weights({"jawOpen": 1.0}), by_hand=False)
    assert hand.cockpit.desk.handles.overlay.isHidden()


def test_the_tool_goes_with_its_stage_and_the_model_may_go_on(hand: Hand, qtbot: QtBot) -> None:
    model, tool = hand.cockpit.model, hand.cockpit.desk.handles
    hand.cockpit.window.close()
    shiboken6.delete(hand.cockpit.viewport)
    assert not shiboken6.isValid(tool)
    with qtbot.captureExceptions() as raised:
        model.edit(NEUTRAL.with_weights({"jawOpen": 1.0}))
        model.set_canvas(Canvas(2.0))
    assert not raised
