"""Where the free camera is, as sliders and a few places to go to at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from gpu_core.look import DISTANCE_DM, LENS_MM, PITCH_DEG, FreeCamera
from viewer.look.form_parts import heading, in_a_row, segments
from viewer.look.model import CAMERAS
from viewer.look.usual_slider import UsualSlider

if TYPE_CHECKING:
    from viewer.look.model import LookModel

CM = 10.0  # per decimetre
TEXTS = {"Front": "Front", "Three-quarter": "¾", "Profile": "Profile", "Back": "Back"}
MOUSE = "drag on the render view, or Alt-drag"


class CameraForm(QWidget):
    """Changes the camera of a look."""

    def __init__(self, look: LookModel) -> None:
        super().__init__()
        self._look = look
        usual = FreeCamera()
        self.sliders = {
            "yaw": UsualSlider(
                "yaw", "Around, °", f"Degrees around the head, to the character's left ({MOUSE})",
                low=-180, high=180, step=1, usual=0,
            ),
            "pitch": UsualSlider(
                "pitch", "Height, °", "Degrees above the face", low=-PITCH_DEG, high=PITCH_DEG, step=1, usual=0
            ),
            "distance": UsualSlider(
                "distance", "Distance, cm", "From the camera to the face, in centimetres (Alt-wheel)",
                low=DISTANCE_DM[0] * CM, high=DISTANCE_DM[1] * CM, step=2, usual=usual.distance * CM,
            ),
            "lens_mm": UsualSlider(
                "lens_mm", "Lens, mm", "Focal length on 35 mm film, the picture as high as the film (24 mm)",
                low=LENS_MM[0], high=LENS_MM[1], step=1, usual=usual.lens_mm,
            ),
        }  # fmt: skip
        self.keeps_size = QCheckBox("The lens keeps the face's size")
        self.keeps_size.setChecked(True)
        self.keeps_size.setToolTip("Another lens moves the camera with it: only the perspective changes")
        self.places = segments(self, TEXTS.values(), self._go)
        self._build()

    def _build(self) -> None:
        for button, (name, camera) in zip(self.places, CAMERAS.items(), strict=True):
            button.setToolTip(f"{name}: {camera.yaw:.0f}° around, {camera.pitch:.0f}° up")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid = QGridLayout()
        grid.setSpacing(0)
        for place, slider in enumerate(self.sliders.values()):
            slider.moved.connect(self._on_moved)
            grid.addWidget(slider, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(
            heading("Camera", "Camera as the generator's (double-click on the picture)", self._look.reset_camera)
        )
        column.addLayout(in_a_row(self.places))
        column.addLayout(grid)
        column.addWidget(self.keeps_size)

    def show_camera(self) -> None:
        """Show where it is, without telling anybody."""
        camera = self._look.look.camera
        for name, slider in self.sliders.items():
            slider.show_number(getattr(camera, name) * (CM if name == "distance" else 1.0))

    def _go(self, index: int) -> None:
        """Around the face, as near and through the same lens as before."""
        place, camera = list(CAMERAS.values())[index], self._look.look.camera
        self._look.set_camera(replace(camera, yaw=place.yaw, pitch=place.pitch, pan=(0.0, 0.0)))

    def _on_moved(self, key: str, number: float) -> None:
        camera = self._look.look.camera
        if key == "lens_mm" and self.keeps_size.isChecked():
            self._look.set_camera(camera.with_lens(number))
            return
        changed: dict[str, Any] = {key: number / CM if key == "distance" else number}
        self._look.set_camera(replace(camera, **changed))
