"""Direct manipulation: drag a part of the face, an iris, or what is beside them, which is the head itself.

    hover -> which point of the shown face lies there -> its handle's name and shapes, in a tag
    press -> a grip on that point, from the expression as it is -> drag -> model.edit -> release -> end_gesture

With Shift the drag is fine; Alt takes the head anywhere, Ctrl+Alt tilts it; Ctrl alone leaves the drag to the picture,
and so does what is beside the face once the picture is larger than its place. Escape puts back what was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from gpu_core.expression import ARKIT_SHAPES, Expression
from gpu_core.settings import Camera, View
from viewer.face_grips import GazeGrip, Grip, HeadGrip, ShapeGrip, Where
from viewer.face_handles import EYE, HEAD, Place
from viewer.face_surface import FaceSurface, SurfacePoint
from viewer.handle_overlay import HandleOverlay
from viewer.handle_text import hint_of, told
from viewer.picture_projection import to_picture
from viewer.picture_stage import PictureStage
from viewer.stage_tool import Pointer
from viewer.surface_source import SurfaceSource
from viewer.viewer_model import ViewerModel

HOVER_S = 1 / 30  # the mouse may move more often
FINE = 0.1
DEAD_PX = 2.0  # a click that slips by so much moves nothing
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip


@dataclass
class _Drag:
    """One drag. `target` is where the held point should be: it follows the mouse, slower with Shift."""

    grip: Grip
    start: Expression
    last: Pointer
    target: Where
    touched: frozenset[str] = frozenset()  # whatever it has moved, even if that is back by now
    has_moved: bool = False


class HandleTool(QObject):
    """A `StageTool`. `camera_of` says how a view is seen. Lives on the GUI thread."""

    def __init__(
        self,
        model: ViewerModel,
        stage: PictureStage,
        source: SurfaceSource,
        camera_of: Callable[[View], Camera] = lambda _view: Camera(),
    ) -> None:
        super().__init__(model)
        self._model, self._stage, self._source, self._camera_of = model, stage, source, camera_of
        self.overlay = HandleOverlay(stage)
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
        grip = self._grip(pointer)
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
        if not drag.has_moved and max(abs(right), abs(down)) <= DEAD_PX:
            return
        share = FINE if pointer.modifiers & SHIFT else 1.0
        x, y = drag.target
        drag.target = (x + share * (pointer.x - drag.last.x), y + share * (pointer.y - drag.last.y))
        drag.last, drag.has_moved = pointer, True
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
        place = self._place(pointer)
        if place is None or not place.handle.shapes:
            return False
        face = self._model.expression
        rest = face.with_gaze(0.0, 0.0) if place.handle is EYE else face.with_weights(dict.fromkeys(place.fitting, 0.0))
        self._model.end_gesture()
        self._model.edit(rest, touched=_changed(face, rest), text=f"{place.title} at rest")
        self._model.end_gesture()
        return True

    def eventFilter(self, _stage: QObject, event: QEvent) -> bool:
        """Qt: Escape during a drag puts back what was; not even a shortcut comes before it."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._drag is not None:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._give_up()
            return True
        return False

    # -- what is there -----------------------------------------------------------------------------------------------
    def _grip(self, pointer: Pointer) -> Grip | None:
        """What a press takes hold of; None: nothing of this tool's."""
        surface, face = self._source.surface(), self._model.expression
        if surface is None or self._is_for_picture(pointer) or self._shown(pointer) is None:
            return None
        camera = self._camera_of(pointer.view)
        point, place = (None, None) if pointer.modifiers & ALT else self._hit(surface, pointer)
        if point is None or place is None or place.handle is HEAD:
            return None if self._is_beside(pointer) else self._head(surface, pointer, camera)
        patch = surface.patch(point)
        return (
            GazeGrip(patch, camera, face) if place.handle is EYE else ShapeGrip(place, patch, camera, face, frozenset())
        )

    def _head(self, surface: FaceSurface, pointer: Pointer, camera: Camera) -> HeadGrip:
        x, y, _height = to_picture(np.array([surface.asset.rig.neck.pivot]), camera)[:, 0]
        tilts = bool(pointer.modifiers & CTRL)
        return HeadGrip((pointer.x, pointer.y), self._model.expression, neck=(float(x), float(y)), tilts=tilts)

    def _is_for_picture(self, pointer: Pointer) -> bool:
        return bool(pointer.modifiers & CTRL) and not pointer.modifiers & ALT

    def _is_beside(self, pointer: Pointer) -> bool:
        """Whether a drag beside all handles moves the picture: it does when that is larger than its place."""
        return self._model.canvas.zoom > 1.0 and not pointer.modifiers & ALT

    def _shown(self, pointer: Pointer) -> Expression | None:
        """The face under the mouse, as it is on the screen; None where one face cannot be told from the others."""
        shown, engine = self._model.shown, self._model.engine
        if shown is None or engine is None or engine.settings.faces != 1 or len(shown.request.expressions) != 1:
            return None
        return shown.request.expressions[0] if pointer.is_inside else None

    def _hit(self, surface: FaceSurface, pointer: Pointer) -> tuple[SurfacePoint | None, Place | None]:
        face = self._shown(pointer)
        if face is None:
            return None, None
        point = surface.hit(face, self._camera_of(pointer.view), (pointer.x, pointer.y))
        return point, None if point is None else surface.handles.at(point.corners, point.shares)

    def _place(self, pointer: Pointer) -> Place | None:
        surface = self._source.surface()
        return None if surface is None else self._hit(surface, pointer)[1]

    # -- what is shown of it -----------------------------------------------------------------------------------------
    def _look(self) -> None:
        """Hover, at most so often."""
        self._looked_s, pointer = time.monotonic(), self._pointer
        if pointer is None or self._drag is not None:
            return
        place = None if self._is_for_picture(pointer) else self._place(pointer)
        self._would_take = place is not None and not (place.handle is HEAD and self._is_beside(pointer))
        if place is None or not self._would_take:
            self.overlay.hide()
            return
        if pointer.modifiers & ALT:
            place = replace(place, handle=HEAD, side="")
        self.overlay.point_at(QPointF(pointer.px, pointer.py), place.title, hint_of(place))

    def _hide(self) -> None:
        self._later.stop()
        self._would_take = False
        self.overlay.hide()

    def _mark(self, drag: _Drag) -> None:
        """The ring stays on the point, which may lag behind the mouse, and the tag says what moves."""
        x, y = drag.grip.seen(self._model.expression)
        last = drag.last
        side = self._side()
        where = QPointF(last.px + (x - last.x) * side, last.py + (y - last.y) * side)
        self.overlay.point_at(where, drag.grip.title, told(drag.start, self._model.expression), is_held=True)

    def _side(self) -> float:
        """Pixels of the widget for a whole picture: all have one size."""
        return self._stage.cells(len(self._model.mode.views))[0].side / self._stage.devicePixelRatio()

    # -- the model ---------------------------------------------------------------------------------------------------
    def _edit(self, drag: _Drag, face: Expression) -> None:
        drag.touched |= _changed(drag.start, face)
        self._model.edit(face, touched=drag.touched, text=f"Drag {drag.grip.title[0].lower()}{drag.grip.title[1:]}")

    def _give_up(self) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            self._edit(drag, drag.start)
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
