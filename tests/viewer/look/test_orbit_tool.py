"""viewer.look.orbit_tool: the mouse on the pictures moves the camera where there is a free one, and else the
picture.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gpu_core.look import FreeCamera
from viewer.cockpit import Cockpit
from viewer.stage_tool import Pointer
from viewer.view_values import Canvas, ViewMode

pytestmark = pytest.mark.display
NONE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def at(cockpit: Cockpit, x: float, y: float, picture: int = 0) -> QPoint:
    cell = cockpit.viewport.cells(len(cockpit.model.mode.views))[picture]
    ratio = cockpit.viewport.devicePixelRatio()
    return QPoint(round((cell.left + x * cell.side) / ratio), round((cell.top + y * cell.side) / ratio))


def show(cockpit: Cockpit, qtbot: QtBot, mode: ViewMode) -> None:
    cockpit.model.set_mode(mode)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)


def drag(cockpit: Cockpit, qtbot: QtBot, keys: Qt.KeyboardModifier, picture: int = 0) -> None:
    """A quarter of the picture to the right and an eighth down."""
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(cockpit.viewport, left, keys, at(cockpit, 0.5, 0.5, picture))
    qtbot.mouseMove(cockpit.viewport, at(cockpit, 0.75, 0.625, picture))
    qtbot.mouseRelease(cockpit.viewport, left, keys, at(cockpit, 0.75, 0.625, picture))


def wheel(cockpit: Cockpit, turned: int, keys: Qt.KeyboardModifier) -> None:
    """As Qt has it: with Alt the wheel goes sideways."""
    where = QPointF(at(cockpit, 0.5, 0.5))
    way = QPoint(turned, 0) if keys & ALT else QPoint(0, turned)
    event = QWheelEvent(
        where, cockpit.viewport.mapToGlobal(where), QPoint(), way, Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(cockpit.viewport, event)


def camera(cockpit: Cockpit) -> FreeCamera:
    return cockpit.desk.look.look.camera


def test_a_drag_goes_around_the_face(cockpit: Cockpit, qtbot: QtBot) -> None:
    show(cockpit, qtbot, ViewMode.RENDER)
    for keys in (ALT, NONE):
        cockpit.desk.look.reset_camera()
        drag(cockpit, qtbot, keys)
        assert (camera(cockpit).yaw, camera(cockpit).pitch) == pytest.approx((-45.0, 22.5), abs=1.0)
    assert cockpit.model.canvas == Canvas()
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    assert cockpit.model.shown is not None
    assert cockpit.model.shown.request.look == cockpit.desk.look.look


def test_with_a_key_it_goes_along_the_picture(cockpit: Cockpit, qtbot: QtBot) -> None:
    show(cockpit, qtbot, ViewMode.TEXTURE)
    for keys in (SHIFT, CTRL):
        cockpit.desk.look.reset_camera()
        drag(cockpit, qtbot, keys)
        assert camera(cockpit).pan == pytest.approx((-0.75, 0.375), abs=0.02), "three decimetres are the picture's side"
        assert camera(cockpit).yaw == 0.0


def test_on_the_generated_picture_the_picture_moves(cockpit: Cockpit, qtbot: QtBot) -> None:
    show(cockpit, qtbot, ViewMode.ALL)
    drag(cockpit, qtbot, NONE, picture=2)
    assert camera(cockpit) == FreeCamera()
    assert cockpit.model.canvas.pan == pytest.approx((0.25, 0.125), abs=0.02)
    cockpit.model.set_canvas(Canvas())
    drag(cockpit, qtbot, NONE, picture=1)
    assert camera(cockpit).yaw == pytest.approx(-45.0, abs=2.0)
    assert cockpit.model.canvas == Canvas()


def test_the_wheel_zooms_and_with_alt_goes_nearer(cockpit: Cockpit, qtbot: QtBot) -> None:
    show(cockpit, qtbot, ViewMode.RENDER)
    wheel(cockpit, 120, ALT)
    assert camera(cockpit).distance == pytest.approx(13.0 * 1.0012**-120)
    assert cockpit.model.canvas == Canvas()
    wheel(cockpit, 120, NONE)
    assert cockpit.model.canvas.zoom > 1.1
    show(cockpit, qtbot, ViewMode.GENERATED)
    before = cockpit.model.canvas.zoom
    wheel(cockpit, 120, NONE)
    assert cockpit.model.canvas.zoom > before
    assert camera(cockpit).distance == pytest.approx(13.0 * 1.0012**-120)


def test_a_double_click_resets_the_camera_then_fits_the_picture(cockpit: Cockpit, qtbot: QtBot) -> None:
    show(cockpit, qtbot, ViewMode.RENDER)
    drag(cockpit, qtbot, NONE)
    cockpit.model.set_canvas(Canvas(2.0))
    qtbot.mouseDClick(cockpit.viewport, Qt.MouseButton.LeftButton, pos=at(cockpit, 0.5, 0.5))
    assert camera(cockpit) == FreeCamera()
    assert cockpit.model.canvas.zoom == 2.0
    qtbot.mouseDClick(cockpit.viewport, Qt.MouseButton.LeftButton, pos=at(cockpit, 0.5, 0.5))
    assert cockpit.model.canvas == Canvas()


def test_tools_in_between_get_what_no_key_insists_on(cockpit: Cockpit, qtbot: QtBot) -> None:
    class Greedy:
        pressed = 0

        def hover(self, _pointer: Pointer | None) -> bool:
            return False

        def press(self, _pointer: Pointer) -> bool:
            self.pressed += 1
            return True

        def drag(self, _pointer: Pointer) -> None: ...

        def release(self) -> None: ...

    greedy = Greedy()
    cockpit.viewport.mouse.tools.insert(1, greedy)
    show(cockpit, qtbot, ViewMode.RENDER)
    drag(cockpit, qtbot, NONE)
    drag(cockpit, qtbot, SHIFT)
    assert (greedy.pressed, camera(cockpit)) == (2, FreeCamera())
    drag(cockpit, qtbot, ALT)
    assert greedy.pressed == 2
    assert camera(cockpit).yaw != 0.0
