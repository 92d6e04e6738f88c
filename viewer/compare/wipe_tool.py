"""The wipe's line under the mouse: dragged across the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.compare.comparison import Comparison, Layout
from viewer.compare.model import CompareModel
from viewer.picture_layout import Cell
from viewer.stage_tool import Pointer

if TYPE_CHECKING:
    from viewer.picture_stage import PictureStage

GRIP_PX = 8  # logical pixels either side of the line


def line_at(cell: Cell, wanted: Comparison) -> int:
    """Where the line is, in device pixels from the viewport's left, or from its top if it lies."""
    return (cell.left if wanted.is_upright else cell.top) + round(wanted.position * cell.side)


class WipeTool:
    """A `StageTool`: takes the mouse near the line only."""

    def __init__(self, compare: CompareModel, stage: PictureStage) -> None:
        self._compare, self._stage = compare, stage
        self._offset_px = 0.0  # of the mouse from the line when the drag began

    def hover(self, pointer: Pointer | None) -> bool:
        """Whether the line is under the mouse."""
        return pointer is not None and abs(self._distance_px(pointer)) <= GRIP_PX

    def press(self, pointer: Pointer) -> bool:
        """Take the line."""
        if not self.hover(pointer):
            return False
        self._offset_px = self._distance_px(pointer)
        return True

    def drag(self, pointer: Pointer) -> None:
        """Move it."""
        cell, ratio = self._stage.cells(1)[0], self._stage.devicePixelRatio()
        start = cell.left if self._compare.comparison.is_upright else cell.top
        self._compare.move_line(((self._along_px(pointer) - self._offset_px) * ratio - start) / cell.side)

    def release(self) -> None:
        """Let it go."""

    def _along_px(self, pointer: Pointer) -> float:
        return pointer.px if self._compare.comparison.is_upright else pointer.py

    def _distance_px(self, pointer: Pointer) -> float:
        """From the line, in logical pixels; endless if there is none."""
        wanted = self._compare.comparison
        if not wanted.is_on or wanted.layout is not Layout.WIPE or self._compare.peek:
            return float("inf")
        return self._along_px(pointer) - line_at(self._stage.cells(1)[0], wanted) / self._stage.devicePixelRatio()
