"""viewer.stage_mouse: tools are asked before a drag moves the picture, and hear where the mouse is on it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gpu_core.settings import View
from viewer.cockpit import Cockpit
from viewer.stage_tool import Pointer
from viewer.view_values import Canvas, ViewMode

pytestmark = pytest.mark.display


class Tool:
    """Takes what begins in the left half of a picture, and notes what it hears."""

    def __init__(self) -> None:
        self.hovered: list[Pointer | None] = []
        self.dragged: list[Pointer] = []
        self.released = 0

    def hover(self, pointer: Pointer | None) -> bool:
        self.hovered.append(pointer)
        return pointer is not None and pointer.x < 0.5

    def press(self, pointer: Pointer) -> bool:
        return pointer.x < 0.5

    def drag(self, pointer: Pointer) -> None:
        self.dragged.append(pointer)

    def release(self) -> None:
        self.released += 1


class ClickTool:
    """Answers double-clicks in the left half."""

    def wheel(self, _pointer: Pointer, _turned: int) -> bool:
        return False

    def double_click(self, pointer: Pointer) -> bool:
        return pointer.x < 0.5


@pytest.fixture
def tool(cockpit: Cockpit) -> Tool:
    tool = Tool()
    cockpit.viewport.mouse.tools[:] = [tool]
    return tool


def on_picture(cockpit: Cockpit, x: float, y: float, picture: int = 0) -> QPoint:
    """A point of the widget, from fractions of one of the pictures shown."""
    cell = cockpit.viewport.cells(len(cockpit.model.mode.views))[picture]
    ratio = cockpit.viewport.devicePixelRatio()
    return QPoint(round((cell.left + x * cell.side) / ratio), round((cell.top + y * cell.side) / ratio))


def test_a_tool_takes_the_drag_it_wants_and_may_leave_the_picture(cockpit: Cockpit, qtbot: QtBot, tool: Tool) -> None:
    qtbot.mousePress(cockpit.viewport, Qt.MouseButton.LeftButton, pos=on_picture(cockpit, 0.25, 0.75))
    qtbot.mouseMove(cockpit.viewport, on_picture(cockpit, 0.5, -0.01))
    qtbot.mouseRelease(cockpit.viewport, Qt.MouseButton.LeftButton)
    assert (tool.dragged[-1].x, tool.dragged[-1].y) == pytest.approx((0.5, -0.01), abs=0.01)
    assert tool.released == 1
    assert cockpit.model.canvas == Canvas()


def test_what_no_tool_wants_moves_the_picture(cockpit: Cockpit, qtbot: QtBot, tool: Tool) -> None:
    qtbot.mousePress(cockpit.viewport, Qt.MouseButton.LeftButton, pos=on_picture(cockpit, 0.75, 0.75))
    qtbot.mouseMove(cockpit.viewport, on_picture(cockpit, 0.85, 0.75))
    qtbot.mouseRelease(cockpit.viewport, Qt.MouseButton.LeftButton)
    assert not tool.dragged
    assert cockpit.model.canvas.pan[0] > 0.05


def test_the_middle_button_always_moves_the_picture(cockpit: Cockpit, qtbot: QtBot, tool: Tool) -> None:
    qtbot.mousePress(cockpit.viewport, Qt.MouseButton.MiddleButton, pos=on_picture(cockpit, 0.25, 0.75))
    qtbot.mouseMove(cockpit.viewport, on_picture(cockpit, 0.35, 0.75))
    qtbot.mouseRelease(cockpit.viewport, Qt.MouseButton.MiddleButton)
    assert not tool.dragged
    assert cockpit.model.canvas.pan[0] > 0.05


def test_side_by_side_the_pointer_says_which_picture(cockpit: Cockpit, qtbot: QtBot, tool: Tool) -> None:
    cockpit.model.set_mode(ViewMode.ALL)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    qtbot.mouseMove(cockpit.viewport, on_picture(cockpit, 0.2, 0.3, picture=1))
    qtbot.waitUntil(lambda: bool(tool.hovered) and tool.hovered[-1] is not None, timeout=2000)
    pointer = tool.hovered[-1]
    assert pointer is not None
    assert pointer.view is View.RENDER
    assert (pointer.x, pointer.y) == pytest.approx((0.2, 0.3), abs=0.02)
    assert cockpit.viewport.cursor().shape() is Qt.CursorShape.PointingHandCursor


def test_beside_the_picture_and_outside_the_widget_nothing_is_pointed_at(
    cockpit: Cockpit, qtbot: QtBot, tool: Tool
) -> None:
    qtbot.mouseMove(cockpit.viewport, on_picture(cockpit, 0.2, 0.3))
    qtbot.waitUntil(lambda: bool(tool.hovered), timeout=2000)
    QApplication.sendEvent(cockpit.viewport, QEvent(QEvent.Type.Leave))
    assert tool.hovered[-1] is None
    assert cockpit.viewport.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_what_one_tool_would_take_the_others_do_not_see(cockpit: Cockpit, qtbot: QtBot, tool: Tool) -> None:
    second = Tool()
    cockpit.viewport.mouse.tools.insert(1, second)
    qtbot.mouseMove(cockpit.viewport, on_picture(cockpit, 0.8, 0.3))
    qtbot.waitUntil(lambda: bool(second.hovered) and second.hovered[-1] is not None, timeout=2000)
    qtbot.mouseMove(cockpit.viewport, on_picture(cockpit, 0.2, 0.3))
    qtbot.waitUntil(lambda: second.hovered[-1] is None, timeout=2000)


def test_a_double_click_is_a_tools_or_fits_the_picture(cockpit: Cockpit, qtbot: QtBot, tool: Tool) -> None:
    cockpit.viewport.mouse.wheel_tools[:] = [ClickTool()]
    zoomed = Canvas(1.5, (0.0, 0.0))
    cockpit.model.set_canvas(zoomed)
    qtbot.mouseDClick(cockpit.viewport, Qt.MouseButton.LeftButton, pos=on_picture(cockpit, 0.4, 0.5))
    assert cockpit.model.canvas == zoomed
    qtbot.mouseDClick(cockpit.viewport, Qt.MouseButton.LeftButton, pos=on_picture(cockpit, 0.6, 0.5))
    assert cockpit.model.canvas == Canvas()
