"""The surface of the face that is shown: made on the engine's thread, where the face was read, once somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from viewer.engine_info import EngineInfo
from viewer.engine_thread import EngineThread
from viewer.handles.face_surface import FaceSurface
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine


class SurfaceSource(QObject):
    """Lives on the GUI thread. A surface is made of arrays that nobody changes, so it may cross threads."""

    _made = Signal(object)  # FaceSurface, from the engine's thread

    def __init__(self, model: ViewerModel, thread: EngineThread) -> None:
        super().__init__(model)
        self._thread = thread
        self._surface: FaceSurface | None = None
        self._face = ""  # the contract of its pictures stands for the file it came from
        self._is_asked = False
        self._made.connect(self._on_made)
        model.engine_changed.connect(self._on_engine)

    def surface(self) -> FaceSurface | None:
        """The surface, or None while it is being made: asking is what begins that."""
        if self._surface is None and self._face and not self._is_asked:
            self._is_asked = True
            self._thread.run_job(self._make)
        return self._surface

    def _make(self, engine: Engine) -> None:
        self._made.emit(FaceSurface(engine.face))

    def _on_made(self, surface: FaceSurface) -> None:
        if self._is_asked:
            self._surface = surface

    def _on_engine(self, engine: EngineInfo) -> None:
        if engine.contract != self._face:
            self._face, self._surface, self._is_asked = engine.contract, None, False
