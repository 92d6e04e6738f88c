"""What a hand can do on the picture itself: the protocol between the stage and its tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt

from gpu_core.settings import View


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is on the pictures.

    `x` and `y` are in fractions of the picture under the mouse, right and down, 0..1 inside it; a drag keeps to the
    picture it began in and may leave it. `px` and `py` are in the widget's own pixels.
    """

    view: View
    x: float
    y: float
    px: float
    py: float
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    face: int = 0  # which of several faces

    @property
    def is_inside(self) -> bool:
        """Whether it is on the picture."""
        return 0.0 <= self.x <= 1.0 and 0.0 <= self.y <= 1.0


class StageTool(Protocol):
    """Something that answers the mouse on the picture. The stage asks its tools in turn; nobody's drag is a pan."""

    def hover(self, pointer: Pointer | None) -> bool:
        """The mouse moves with no button down; None: it has left. True: this tool would take a drag from here."""

    def press(self, pointer: Pointer) -> bool:
        """The left button goes down. True: the drag is this tool's, until `release`."""

    def drag(self, pointer: Pointer) -> None:
        """The mouse moves in this tool's drag."""

    def release(self) -> None:
        """The button of this tool's drag goes up."""


class WheelTool(Protocol):
    """Something that answers wheel and double-click on the picture, asked before they zoom and fit the picture."""

    def wheel(self, pointer: Pointer, turned: int) -> bool:
        """The wheel goes round by `turned` eighths of a degree, up is positive. True: it was for this tool."""

    def double_click(self, pointer: Pointer) -> bool:
        """The left button is clicked twice. True: it was for this tool."""
