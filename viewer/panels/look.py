"""The look panel: camera, lights and background, one beneath the other."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from viewer.look.background_form import BackgroundForm
from viewer.look.camera_form import CameraForm
from viewer.look.light_form import LightForm
from viewer.look.model import LookModel
from viewer.view_values import ViewMode
from viewer.viewer_model import ViewerModel

FOLLOW_MS = 70  # a camera that the mouse drags changes more often than anybody reads figures
NOTE = "The generator knows one camera and one light: both act on the render and the texture view alone."


class LookPanel(QScrollArea):
    """Shows a look and changes it."""

    def __init__(self, model: ViewerModel, look: LookModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.note, self.show_render = QLabel(NOTE, wordWrap=True), QPushButton("Show the render view")
        self.note.setObjectName("dim")
        self.show_render.setToolTip("Look at what camera and lights act on (2)")
        self.show_render.clicked.connect(look.show_render)
        self.camera, self.light, self.background = CameraForm(look), LightForm(look), BackgroundForm(look)
        self._build()
        self._follow = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._follow.timeout.connect(self._show)
        look.changed.connect(self._show_soon)
        look.background_changed.connect(self.background.show_background)
        model.mode_changed.connect(self._on_mode)
        self._on_mode(model.mode)
        self._show()
        self.background.show_background()

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        for part in (self.note, self.show_render, self.camera, self.light, self.background):
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setMinimumWidth(240)

    def _show_soon(self) -> None:
        if not self._follow.isActive():
            self._follow.start()

    def _show(self) -> None:
        self.camera.show_camera()
        self.light.show_lights()

    def _on_mode(self, mode: ViewMode) -> None:
        self.note.setVisible(mode in (ViewMode.GENERATED, ViewMode.ALL))
        self.show_render.setVisible(mode is ViewMode.GENERATED)
