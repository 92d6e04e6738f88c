"""The camera under the mouse, on the render and the texture image: a drag goes around the face.

    drag on what no other tool wants, or Alt-drag    around the face
    Ctrl-drag, or Shift-drag on what nobody wants    along the picture
    Alt-wheel                                        nearer, away
    double-click                                     back to where the generator's camera is

On the generated picture all of this is the picture's own: it zooms and moves, as the generator knows one camera.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gpu_core.look import FreeCamera
from viewer.stage_tool import Pointer
from viewer.viewer_model import FREE_VIEWS

if TYPE_CHECKING:
    from viewer.look.model import LookModel

DEGREES = 180.0  # around the face, for a drag across the whole picture
DOLLY = 1.0012  # of the distance, an eighth of a degree of the wheel: about a seventh a notch
PANS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
ORBITS = Qt.KeyboardModifier.AltModifier
INSISTS = ORBITS | Qt.KeyboardModifier.ControlModifier  # Shift is left to those who drag finely with it


class OrbitTool:
    """Turns and moves a look's camera. With `insists` it takes only drags with a key, and is asked before others."""

    def __init__(self, look: LookModel, *, insists: bool) -> None:
        self._look, self._insists = look, insists
        self._from: Pointer | None = None

    def hover(self, pointer: Pointer | None) -> bool:
        """Nothing to point out."""
        return False

    def press(self, pointer: Pointer) -> bool:
        """Take a drag on a picture that has a free camera."""
        wanted = not self._insists or bool(pointer.modifiers & INSISTS)
        if pointer.view not in FREE_VIEWS or not wanted:
            return False
        self._from = pointer
        return True

    def drag(self, pointer: Pointer) -> None:
        """Follow the mouse: what is under it goes along."""
        if self._from is None:
            return
        right, down = pointer.x - self._from.x, pointer.y - self._from.y
        if self._from.modifiers & PANS:
            whole = 2.0 * self._look.look.camera.half_height
            self._look.pan(-right * whole, down * whole)
        else:
            self._look.orbit(-right * DEGREES, down * DEGREES)
        # The keys count as they were when the drag began: letting go of Alt first must not change what it does.
        self._from = Pointer(
            pointer.view, pointer.x, pointer.y, pointer.px, pointer.py, self._from.modifiers, pointer.face
        )

    def release(self) -> None:
        """Let go."""
        self._from = None

    def wheel(self, pointer: Pointer, turned: int) -> bool:
        """With Alt, go nearer or away."""
        if pointer.view not in FREE_VIEWS or not pointer.modifiers & ORBITS:
            return False
        self._look.dolly(DOLLY**-turned)
        return True

    def double_click(self, pointer: Pointer) -> bool:
        """Back to where the generator's camera is; if it is there already, the picture is fitted in."""
        if pointer.view not in FREE_VIEWS or self._look.look.camera == FreeCamera():
            return False
        self._look.reset_camera()
        return True
