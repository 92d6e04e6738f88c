"""Direct manipulation: drag a part of the face, an iris, or what is beside them, which is the head itself.

    hover -> which point of the shown face lies there -> its handle's name and shapes, in a tag
    press -> a grip on that point, from the expression as it is -> drag -> model.edit -> release -> end_gesture

With Shift the drag is fine; Alt takes the head anywhere, Ctrl+Alt tilts it; Ctrl alone leaves the drag to the picture,
and so does what is beside the face once the picture is larger than its place. Escape puts back what was.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.handles.face_grips import Grip, Where
from viewer.handles.face_handles import EYE
from viewer.handles.face_picking import FacePicker
from viewer.handles.overlay import HandleOverlay
from viewer.handles.surface_source import SurfaceSource
from viewer.handles.text import hint_of, told
from viewer.picture_stage import PictureStage
from viewer.stage_tool import Pointer
from viewer.viewer_model import ViewerModel

HOVER_S = 1 / 30  # the mouse may move more often
FINE = 0.1
DEAD_PX = 2.0  # a click that slips by so much moves nothing
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class _Drag:
    """One drag. `target` is where the held point should be: it follows the mouse, slower with Shift."""

    grip: Grip
    start: Expression
    last: Pointer
    target: Where
    touched: frozenset[str] = frozenset()  # whatever it has moved, even if that is back by now
    side: float = 0.0  # of the picture, in the widget's pixels; 0 until it has moved


class HandleTool(QObject):
    """A `StageTool` and a `WheelTool`. `locked` tells shapes that must stay. Lives on the GUI thread."""

    def __init__(
        self,
        model: ViewerModel,
        stage: PictureStage,
        source: SurfaceSource,
        locked: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        assert isinstance(stage, QWidget)
        super().__init__(stage)  # and gone with it and the mark, whatever the model still has to say
        self._model, self._stage = model, stage
        self._picker = FacePicker(model, source, locked)
        self.overlay = HandleOverlay(stage)
        stage.setAccessibleName("Picture of the face")
        stage.setAccessibleDescription("Drag its parts to move them. Every shape is a slider as well.")
        self._drag: _Drag | None = None
        self._pointer: Pointer | None = None
        self._would_take = False
        self._looked_s = 0.0
        self._later = QTimer(self, singleShot=True, interval=round(HOVER_S * 1000))
        self._later.timeout.connect(self._look)
        model.expression_changed.connect(self._on_expression)
        model.mode_changed.connect(self._on_moved)
        model.canvas_changed.connect(self._on_moved)

    # -- the stage ---------------------------------------------------------------------------------------------------
    def hover(self, pointer: Pointer | None) -> bool:
        """Name what lies under the mouse."""
        self._pointer = pointer
        if pointer is None:
            self._hide()
        elif time.monotonic() - self._looked_s >= HOVER_S:
            self._look()
        elif not self._later.isActive():
            self._later.start()
        return self._would_take

    def press(self, pointer: Pointer) -> bool:
        """Take hold of it."""
        grip = self._picker.grip(pointer)
        if grip is None:
            return False
        self._later.stop()
        self._model.end_gesture()
        self._drag = _Drag(grip, self._model.expression, pointer, grip.seen(self._model.expression))
        self._stage.installEventFilter(self)
        return True

    def drag(self, pointer: Pointer) -> None:
        """Bring it to the mouse."""
        drag = self._drag
        if drag is None:  # Escape
            return
        right, down = pointer.px - drag.last.px, pointer.py - drag.last.py
        if not drag.side and max(abs(right), abs(down)) <= DEAD_PX:
            return
        if not drag.side:
            drag.side = math.hypot(right, down) / math.hypot(pointer.x - drag.last.x, pointer.y - drag.last.y)
        share = FINE if pointer.modifiers & SHIFT else 1.0
        x, y = drag.target
        drag.target = (x + share * (pointer.x - drag.last.x), y + share * (pointer.y - drag.last.y))
        drag.last = pointer
        self._edit(drag, drag.grip.dragged(drag.target))
        self._mark(drag)

    def release(self) -> None:
        """Let go."""
        self._stage.removeEventFilter(self)
        drag, self._drag = self._drag, None
        if drag is not None:
            self._model.end_gesture()
        self._hide()

    def double_click(self, pointer: Pointer) -> bool:
        """Put a handle's shapes back to zero, as a double-click does to a slider; False beside all handles."""
        place = self._picker.place(pointer)
        if place is None or not place.handle.shapes:
            return False
        face = self._model.expression
        rest = face.with_gaze(0.0, 0.0) if place.handle is EYE else face.with_weights(dict.fromkeys(place.fitting, 0.0))
        self._model.end_gesture()
        self._model.edit(rest, touched=_changed(face, rest), text=f"{place.title} at rest")
        self._model.end_gesture()
        return True

    def wheel(self, _pointer: Pointer, _turned: int) -> bool:
        """The wheel is the picture's."""
        return False

    def eventFilter(self, _stage: QObject, event: QEvent) -> bool:
        """Qt: Escape during a drag puts back what was; not even a shortcut comes before it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._drag is not None:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._give_up()
            return True
        return False

    # -- what is shown of it -----------------------------------------------------------------------------------------
    def _look(self) -> None:
        """Hover, at most so often."""
        self._looked_s, pointer = time.monotonic(), self._pointer
        if pointer is None or self._drag is not None:
            return
        place = None if self._model.playback.playing else self._picker.held(pointer)
        self._would_take = place is not None
        if place is None:
            self.overlay.hide()
            return
        self.overlay.point_at(QPointF(pointer.px, pointer.py), place.title, hint_of(place))

    def _hide(self) -> None:
        self._later.stop()
        self._would_take = False
        self.overlay.hide()

    def _mark(self, drag: _Drag) -> None:
        """The ring stays on the point, which may lag behind the mouse, and the tag says what moves."""
        x, y = drag.grip.seen(self._model.expression)
        last = drag.last
        where = QPointF(last.px + (x - last.x) * drag.side, last.py + (y - last.y) * drag.side)
        self.overlay.point_at(where, drag.grip.title, told(drag.start, self._model.expression), is_held=True)

    # -- the model ---------------------------------------------------------------------------------------------------
    def _edit(self, drag: _Drag, face: Expression) -> None:
        """Set what the drag moves; what a mirror or a link moves along with it stays where those have put it."""
        drag.touched |= _changed(drag.start, face)
        moved = self._model.expression.with_weights({name: face[name] for name in drag.touched})
        moved = moved.with_head(yaw=face.yaw, pitch=face.pitch, roll=face.roll)
        self._model.edit(moved, touched=drag.touched, text=drag.grip.deed)

    def _give_up(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            self._model.edit(drag.start, text=drag.grip.deed)
            self._model.end_gesture()
        self._hide()

    def _on_expression(self, _face: Expression, _touched: frozenset[str]) -> None:
        """Whatever else moves the face moves it away from under the mark."""
        if self._drag is None:
            self.overlay.hide()

    def _on_moved(self, _value: object) -> None:
        if self._drag is None:
            self.overlay.hide()


def _changed(before: Expression, after: Expression) -> frozenset[str]:
    return frozenset(name for name in ARKIT_SHAPES if before[name] != after[name])
