"""The sliders under the presets: how strong, how much of which of two, on which part of the face."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from viewer.elided_label import ElidedLabel
from viewer.performance.preset_mixing import PARTS, WHOLE
from viewer.shelf.mixer import PresetMixer
from viewer.sliders.shape_slider import ShapeSlider

HINT = "Click a preset to use it"
PART_TIPS = {
    "Whole": "Presets change the whole face and the head's pose",
    "Brows": "Presets change the brows only",
    "Eyes": "Presets change lids and gaze only",
    "Mouth": "Presets change mouth, jaw, cheeks and tongue only",
}


class PresetMixBar(QWidget):
    """Shows the mixer, and moves it."""

    def __init__(self, mixer: PresetMixer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mixer = mixer
        self.title = ElidedLabel()
        self.title.setObjectName("dim")
        self.share = self._slider("share", "Blend A to B, %", "From A to B, in percent")
        self.strength = self._slider("strength", "Strength, %", "0 % is the neutral face")
        self.parts = QButtonGroup(self)
        self._build()
        mixer.changed.connect(self._show)
        self._show()

    def _slider(self, key: str, title: str, tip: str) -> ShapeSlider:
        slider = ShapeSlider(key, title, high=100.0, step=1.0, decimals=0, parent=self)
        slider.setToolTip(tip)
        slider.moved.connect(self._on_moved)
        slider.sliderPressed.connect(self._mixer.begin)
        slider.sliderReleased.connect(self._mixer.end)
        return slider

    def _build(self) -> None:
        parts = QHBoxLayout()
        parts.setSpacing(0)
        for part in PARTS:
            button = QToolButton()
            button.setObjectName("segment")
            button.setText(part)
            button.setCheckable(True)
            button.setChecked(part == WHOLE)
            button.setToolTip(PART_TIPS[part])
            button.clicked.connect(partial(self._on_part, part))
            self.parts.addButton(button)
            parts.addWidget(button, 1)
        caption = QLabel("Put on")
        caption.setObjectName("caption")
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(caption)
        row.addLayout(parts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        self.title.setContentsMargins(8, 0, 8, 0)
        column.addWidget(self.title)
        column.addWidget(self.share)
        column.addWidget(self.strength)
        column.addLayout(row)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _show(self) -> None:
        mix, count = self._mixer.mix, len(self._mixer.chosen)
        self.share.setVisible(mix is not None and mix.other is not None)
        self.strength.setEnabled(mix is not None)
        if mix is None:
            self.title.setText(f"{count} presets chosen, to be exported or deleted" if count else HINT)
            self.strength.show_number(100)
            return
        other = f"A  {mix.one.title}   B  {mix.other.title}" if mix.other else ""
        self.title.setText(other or f"{mix.one.title}   (Ctrl+click another to blend)")
        self.share.show_number(mix.share * 100)
        self.strength.show_number(mix.strength * 100)

    def _on_moved(self, key: str, percent: float) -> None:
        if key == "share":
            self._mixer.set_share(percent / 100)
        else:
            self._mixer.set_strength(percent / 100)

    def _on_part(self, part: str, _checked: bool = False) -> None:
        self._mixer.set_part(part)
