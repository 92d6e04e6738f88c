"""What a pointer on the picture means: which place of the face lies there, and what a press takes hold of."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt

from gpu_core.expression import Expression
from gpu_core.settings import View
from viewer.handles.face_grips import GazeGrip, Grip, HeadGrip, ShapeGrip
from viewer.handles.face_handles import EYE, HEAD, Place
from viewer.handles.face_surface import FaceSurface, SurfacePoint
from viewer.handles.picture_projection import TRAINED_LENS, Lens, to_picture
from viewer.handles.surface_source import SurfaceSource
from viewer.stage_tool import Pointer
from viewer.viewer_model import ViewerModel

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


class FacePicker:
    """Reads the face that is on the screen. `locked` tells shapes that must stay."""

    def __init__(self, model: ViewerModel, source: SurfaceSource, locked: Callable[[], Collection[str]]) -> None:
        self._model, self._source, self._locked = model, source, locked

    def place(self, pointer: Pointer) -> Place | None:
        """What of the face lies there; None beside it, and while its surface is on the way."""
        surface = self._source.surface()
        return None if surface is None else self._hit(surface, pointer)[1]

    def held(self, pointer: Pointer) -> Place | None:
        """What of the face a press would take hold of, by the keys that are down. Beside the face: None."""
        place = None if _is_for_picture(pointer) else self.place(pointer)
        if place is not None and pointer.modifiers & ALT:
            place = replace(place, handle=HEAD, side="")
        return None if place is None or (place.handle is HEAD and not self._has_head(pointer)) else place

    def grip(self, pointer: Pointer) -> Grip | None:
        """What a press takes hold of; None: nothing that moves the face."""
        surface = self._source.surface()
        if surface is None or _is_for_picture(pointer) or self._shown(pointer) is None:
            return None
        point, place = (None, None) if pointer.modifiers & ALT else self._hit(surface, pointer)
        if point is None or place is None or place.handle is HEAD:
            return self._head(surface, pointer) if self._has_head(pointer) else None
        face, patch, lens = self._model.expression, surface.patch(point), self._lens(pointer)
        if place.handle is EYE:
            return GazeGrip(patch, lens, face)
        return ShapeGrip(place, patch, lens, face, frozenset(self._locked()))

    def _head(self, surface: FaceSurface, pointer: Pointer) -> HeadGrip:
        x, y, _nearness = to_picture(np.array([surface.asset.rig.neck.pivot]), self._lens(pointer))[:, 0]
        tilts = bool(pointer.modifiers & CTRL)
        return HeadGrip((pointer.x, pointer.y), self._model.expression, neck=(float(x), float(y)), tilts=tilts)

    def _has_head(self, pointer: Pointer) -> bool:
        """Whether a drag beside all handles takes the head: not off the generated picture, nor when it is enlarged."""
        return pointer.view is View.GENERATED and bool(pointer.modifiers & ALT or self._model.canvas.zoom <= 1.0)

    def _hit(self, surface: FaceSurface, pointer: Pointer) -> tuple[SurfacePoint | None, Place | None]:
        face = self._shown(pointer)
        if face is None:
            return None, None
        point = surface.hit(face, self._lens(pointer), (pointer.x, pointer.y))
        return point, None if point is None else surface.handles.at(point.corners, point.shares)

    def _shown(self, pointer: Pointer) -> Expression | None:
        """The face under the mouse, as it is on the screen; None where one face cannot be told from the others."""
        shown, engine = self._model.shown, self._model.engine
        if shown is None or engine is None or engine.settings.faces != 1 or len(shown.request.expressions) != 1:
            return None
        return shown.request.expressions[0] if pointer.is_inside else None

    def _lens(self, pointer: Pointer) -> Lens:
        """How the picture under the pointer is seen: the generated one by the camera it was trained with, always."""
        shown = self._model.shown
        look = shown.request.look if shown is not None and pointer.view is not View.GENERATED else None
        return TRAINED_LENS if look is None else Lens.through(look.camera)


def _is_for_picture(pointer: Pointer) -> bool:
    """Ctrl alone leaves the drag to the picture."""
    return bool(pointer.modifiers & CTRL) and not pointer.modifiers & ALT
