"""The mouse over the pictures: the wheel zooms, a double-click fits, a drag is a tool's or else moves the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer.face_grid import split
from viewer.picture_layout import Cell, zoom_about
from viewer.stage_tool import Pointer, StageTool, WheelTool
from viewer.view_values import Canvas

if TYPE_CHECKING:
    from viewer.picture_stage import PictureStage
    from viewer.viewer_model import ViewerModel

WHEEL_STEP = 1.0015  # zoom per eighth of a degree of the wheel: about 1.2 a notch


class StageMouse:
    """Asks `tools` in their order; what none of them takes moves the picture. The middle button always does."""

    def __init__(self, stage: PictureStage, model: ViewerModel) -> None:
        self.tools: list[StageTool] = []
        self.wheel_tools: list[WheelTool] = []
        self._stage, self._model = stage, model
        self._pan_from: QPointF | None = None
        self._tool: StageTool | None = None
        self._grabbed: tuple[Pointer, Cell] | None = None  # where the tool's drag began, and that face's place then

    def wheel(self, event: QWheelEvent) -> None:
        """A tool's; else zoom about the point under the mouse."""
        turned = event.angleDelta()
        found = self._pointed(event)
        if found is not None and any(tool.wheel(found[0], turned.y() or turned.x()) for tool in self.wheel_tools):
            return
        factor = WHEEL_STEP ** event.angleDelta().y()
        canvas, cell = self._model.canvas, self._stage.fitted()
        where = event.position() * self._stage.devicePixelRatio()
        centre = cell.side / 2
        point = ((where.x() - cell.left - centre) / cell.side, (where.y() - cell.top - centre) / cell.side)
        self._model.set_canvas(Canvas(canvas.zoom * factor, zoom_about(canvas.pan, factor, point)))

    def double_click(self, event: QMouseEvent) -> None:
        """A tool's; else fit the picture in again."""
        found = self._pointed(event)
        if found is None or not any(tool.double_click(found[0]) for tool in self.wheel_tools):
            self._model.set_canvas(Canvas())

    def press(self, event: QMouseEvent) -> None:
        """Begin a tool's drag, or to move the picture."""
        found = self._pointed(event)
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            for tool in self.tools:
                if tool.press(found[0]):
                    self._tool, self._grabbed = tool, found
                    return
        self._pan_from = event.position()

    def move(self, event: QMouseEvent) -> None:
        """Go on with it; with no button down, let the tools know."""
        if self._tool is not None and self._grabbed is not None:
            began, cell = self._grabbed
            self._tool.drag(self._pointer(event, began, cell))
        elif self._pan_from is not None:
            self._pan(event)
        elif event.buttons() == Qt.MouseButton.NoButton:
            self._hover(event)

    def release(self) -> None:
        """Let go."""
        self._pan_from = self._grabbed = None
        tool, self._tool = self._tool, None
        if tool is not None:
            tool.release()

    def leave(self) -> None:
        """The mouse has gone elsewhere."""
        for tool in self.tools:
            tool.hover(None)
        self._stage.unsetCursor()

    def _hover(self, event: QMouseEvent) -> None:
        found, taken = self._pointed(event), False
        for tool in self.tools:  # once one would take it, the others are told that the mouse has left
            pointer = found[0] if found is not None and not taken else None
            taken |= tool.hover(pointer)
        if taken:
            self._stage.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self._stage.unsetCursor()

    def _pan(self, event: QMouseEvent) -> None:
        assert self._pan_from is not None
        moved, self._pan_from = (
            (event.position() - self._pan_from) * self._stage.devicePixelRatio(),
            event.position(),
        )
        canvas, side = self._model.canvas, self._stage.fitted().side
        pan = (canvas.pan[0] + moved.x() / side, canvas.pan[1] + moved.y() / side)
        self._model.set_canvas(replace(canvas, pan=pan))

    def _pointed(self, event: QMouseEvent | QWheelEvent) -> tuple[Pointer, Cell] | None:
        """The face under the mouse and its place, None beside all of them."""
        if self._stage.frame is None:
            return None
        frame = self._stage.frame
        for layer in self._stage.layers(frame, frame.request.views):
            for face, place in enumerate(split(layer.cell, len(frame.request.expressions))):
                pointer = self._pointer(event, Pointer(layer.view, 0.0, 0.0, 0.0, 0.0, face=face), place)
                if pointer.is_inside and _within(place.clip, event.position() * self._stage.devicePixelRatio()):
                    return pointer, place
        return None

    def _pointer(self, event: QMouseEvent | QWheelEvent, began: Pointer, cell: Cell) -> Pointer:
        where = event.position() * self._stage.devicePixelRatio()
        x, y = (where.x() - cell.left) / cell.side, (where.y() - cell.top) / cell.side
        px, py = event.position().x(), event.position().y()
        return replace(began, x=x, y=y, px=px, py=py, modifiers=event.modifiers())


def _within(clip: tuple[int, int, int, int], where: QPointF) -> bool:
    left, top, width, height = clip
    return left <= where.x() < left + width and top <= where.y() < top + height
