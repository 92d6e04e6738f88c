"""LookModel: camera, lights and background of the picture. What panel, mouse and menus change, and where it is kept.

Camera and lights go into the viewer model's requests and act on the texture and the render image; the background goes
to the viewport and lies behind every picture.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from gpu_core.errors import MienError
from gpu_core.look import TRAINED, FreeCamera, Look
from gpu_core.settings import Lighting, View
from viewer.look.backdrop import Backdrop, Background, Pixels, backdrop_of
from viewer.look.background_file import read_background
from viewer.look.memory import from_text, to_text
from viewer.view_values import ViewMode
from viewer.viewer_model import ViewerModel

KEY = "look"
REMEMBER_MS = 500  # after the last change
CAMERAS = {
    "Front": FreeCamera(), "Three-quarter": FreeCamera(yaw=38.0, pitch=6.0), "Profile": FreeCamera(yaw=90.0),
    "Back": FreeCamera(yaw=180.0),
}  # fmt: skip


class LookModel(QObject):
    """Lives on the GUI thread; a picture is read on one of its own."""

    changed = Signal()  # camera or lights
    background_changed = Signal(object)  # Backdrop | None: what lies behind the pictures
    _read = Signal(int, object, object, str)  # from the reading thread: turn, Background, pixels, error

    def __init__(self, model: ViewerModel, memory: QSettings | None = None) -> None:
        super().__init__(model)
        self.look, self.background = TRAINED, Background()
        self.backdrop: Backdrop | None = None
        self._model, self._memory = model, memory
        self._picture: tuple[Path, Pixels] | None = None
        self._turn = 0  # of reading: the newest wins
        self._readers: list[threading.Thread] = []
        self._remember_soon = QTimer(self, singleShot=True, interval=REMEMBER_MS)
        self._remember_soon.timeout.connect(self._remember)
        self._read.connect(self._on_read)
        if memory is not None:
            self._recall(str(memory.value(KEY, "")))

    def _recall(self, text: str) -> None:
        look, background = from_text(text)
        self.set_look(look)
        self.set_background(background)

    # -- camera and light --------------------------------------------------------------------------------------------
    @property
    def acts(self) -> bool:
        """Whether what is shown has a view that camera and lights act on."""
        return bool({View.RENDER, View.TEXTURE} & set(self._model.mode.views))

    def set_look(self, look: Look) -> None:
        """Another camera and other lights."""
        look = replace(look, camera=look.camera.clamped())
        if look != self.look:
            self.look = look
            self._model.set_look(None if look == TRAINED else look)
            self._remember_soon.start()
            self.changed.emit()

    def set_camera(self, camera: FreeCamera) -> None:
        """Look from elsewhere, within what a camera can."""
        self.set_look(replace(self.look, camera=camera))

    def orbit(self, yaw: float, pitch: float) -> None:
        """Go around the face by so many degrees."""
        camera = self.look.camera
        self.set_camera(replace(camera, yaw=camera.yaw + yaw, pitch=camera.pitch + pitch))

    def pan(self, right: float, up: float) -> None:
        """Move camera and target along the picture, in decimetres."""
        x, y = self.look.camera.pan
        self.set_camera(replace(self.look.camera, pan=(x + right, y + up)))

    def dolly(self, factor: float) -> None:
        """Go nearer (below 1) or away."""
        self.set_camera(replace(self.look.camera, distance=self.look.camera.distance * factor))

    def set_lighting(self, lighting: Lighting) -> None:
        """Other lights."""
        self.set_look(replace(self.look, lighting=lighting))

    def reset_camera(self) -> None:
        """Where the generator's camera is."""
        self.set_camera(FreeCamera())

    def reset_lights(self) -> None:
        """The generator's lights."""
        self.set_lighting(Lighting())

    def show_render(self) -> None:
        """Show a view that all of it acts on."""
        self._model.set_mode(ViewMode.RENDER)

    # -- the background ----------------------------------------------------------------------------------------------
    def set_background(self, background: Background) -> None:
        """Another background; its picture is read if it has not been yet, and until then it is as it was."""
        if background == self.background:
            return
        known = self._picture is not None and self._picture[0] == background.path
        if background.kind == "picture" and background.path is not None and not known:
            self._begin_reading(background)
            return
        self._turn += 1  # of a picture still being read, nobody wants to hear any more
        self._use_background(background)

    def open_picture(self, path: Path) -> None:
        """Put a picture behind the face. If it cannot be read, one line says so and nothing changes."""
        self._picture = None  # read again, it may have changed
        self._begin_reading(replace(self.background, kind="picture", path=path))

    def _use_background(self, background: Background) -> None:
        self.background = background
        self.backdrop = backdrop_of(background, self._picture[1] if self._picture is not None else None)
        self._remember_soon.start()
        self.background_changed.emit(self.backdrop)

    def _begin_reading(self, background: Background) -> None:
        path = background.path
        assert path is not None
        self._turn += 1
        turn = self._turn

        def read() -> None:
            try:
                self._read.emit(turn, background, read_background(path), "")
            except MienError as error:
                self._read.emit(turn, background, None, str(error))

        self._readers = [reader for reader in self._readers if reader.is_alive()]
        reader = threading.Thread(target=read, name="background")
        self._readers.append(reader)
        reader.start()

    def _on_read(self, turn: int, background: Background, pixels: Pixels | None, error: str) -> None:
        if turn != self._turn:
            return
        if pixels is None or background.path is None:
            self._model.post(error, "error")
            self.background_changed.emit(self.backdrop)  # whoever shows what was chosen shows again what is
            return
        self._picture = background.path, pixels
        self._use_background(background)

    # -- keeping -----------------------------------------------------------------------------------------------------
    def _remember(self) -> None:
        if self._memory is not None:
            self._memory.setValue(KEY, to_text(self.look, self.background))

    def close(self) -> None:
        """Remember what there is, wait for a picture that is being read. May be called twice."""
        if self._remember_soon.isActive():
            self._remember_soon.stop()
            self._remember()
        self._turn += 1
        for reader in self._readers:
            reader.join()
