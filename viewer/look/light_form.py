"""The four lights: presets, where each stands, how bright and of which colour it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QComboBox, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from gpu_core.settings import Light, Lighting
from viewer.look.colour_temperature import HIGHEST_K, LOWEST_K, colour_of, temperature_of
from viewer.look.form_parts import ColourButton, heading, in_a_row, segments
from viewer.look.light_pad import LightPad
from viewer.look.light_presets import (
    MOST_AMBIENT,
    MOST_INTENSITY,
    NAMES,
    PRESETS,
    four_lights,
    place_of,
    standing,
    with_light,
)
from viewer.look.usual_slider import UsualSlider

if TYPE_CHECKING:
    from viewer.look.model import LookModel

OWN = "Your own"
USUAL_K = 6500.0
GAMMA = 2.2  # near enough to sRGB's curve for a swatch and a colour picked by eye


class LightForm(QWidget):
    """Changes the lights of a look."""

    def __init__(self, look: LookModel) -> None:
        super().__init__()
        self._look = look
        self.presets = QComboBox()
        self.presets.setAccessibleName("Lights")
        self.presets.setToolTip("Lights that suit each other")
        self.presets.addItems([*PRESETS, OWN])
        self.presets.activated.connect(self._on_preset)
        self.pad = LightPad()
        self.pad.moved.connect(self._on_placed)
        self.pad.chosen.connect(self._choose)
        self.names = segments(self, NAMES, self._choose, checkable=True)
        for button, name in zip(self.names, NAMES, strict=True):
            button.setToolTip(f"Change the {name.lower()} light")
        self.intensity = UsualSlider(
            "intensity", "Brightness", "How bright this light is; 0 is off", low=0, high=MOST_INTENSITY, step=0.05,
            usual=1.0, decimals=2,
        )  # fmt: skip
        self.warmth = UsualSlider(
            "warmth", "Colour, K", "Colour temperature in kelvin: candles 1900, bulbs 2800, daylight 6500, shade 9000",
            low=LOWEST_K, high=12000, step=100, usual=USUAL_K,
        )  # fmt: skip
        self.ambient = UsualSlider(
            "ambient", "Ambient", "Light from all sides, of no colour", low=0, high=MOST_AMBIENT, step=0.01,
            usual=Lighting().ambient[0], decimals=2,
        )  # fmt: skip
        self.colour = ColourButton("Any colour …")
        self.colour.setToolTip("A colour that no temperature has")
        self._build()

    def _build(self) -> None:
        self.intensity.moved.connect(self._on_intensity)
        self.warmth.moved.connect(self._on_warmth)
        self.ambient.moved.connect(self._on_ambient)
        self.colour.clicked.connect(self._ask_colour)
        for button in self.names:
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.names[0].setChecked(True)
        grid = QGridLayout()
        grid.setSpacing(0)
        for place, widget in enumerate((self.intensity, self.warmth, self.ambient, self.colour)):
            grid.addWidget(widget, place // 2, place % 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(heading("Light", "Lights as the generator's", self._look.reset_lights))
        column.addWidget(self.presets)
        column.addWidget(self.pad)
        column.addLayout(in_a_row(self.names))
        column.addLayout(grid)

    @property
    def chosen(self) -> Light:
        """The light that sliders and colour are of."""
        return four_lights(self._look.look.lighting).lights[self.pad.index]

    def show_lights(self) -> None:
        """Show them, without telling anybody."""
        lighting = four_lights(self._look.look.lighting)
        self.pad.show_lights(lighting, self.pad.index)
        light = self.chosen
        self.intensity.show_number(light.intensity)
        self.warmth.show_number(min(temperature_of(light.colour), HIGHEST_K))
        self.ambient.show_number(lighting.ambient[0])
        self.colour.show_colour(QColor.fromRgbF(*(max(tone, 0.0) ** (1 / GAMMA) for tone in light.colour)))
        named = next((name for name, preset in PRESETS.items() if preset == self._look.look.lighting), OWN)
        self.presets.setCurrentText(named)

    def _choose(self, index: int) -> None:
        self.names[index].setChecked(True)
        self.pad.show_lights(four_lights(self._look.look.lighting), index)
        self.show_lights()

    def _change(self, light: Light) -> None:
        self._look.set_lighting(with_light(four_lights(self._look.look.lighting), self.pad.index, light))

    def _on_preset(self, index: int) -> None:
        name = self.presets.itemText(index)
        if name in PRESETS:
            self._look.set_lighting(PRESETS[name])
        else:
            self.show_lights()

    def _on_placed(self, _index: int, azimuth: float, elevation: float) -> None:
        if place_of(self.chosen) != (azimuth, elevation):
            self._change(replace(self.chosen, direction=standing(azimuth, elevation)))

    def _on_intensity(self, _key: str, number: float) -> None:
        self._change(replace(self.chosen, intensity=number))

    def _on_warmth(self, _key: str, kelvin: float) -> None:
        self._change(replace(self.chosen, colour=colour_of(kelvin)))

    def _on_ambient(self, _key: str, number: float) -> None:
        lighting = self._look.look.lighting
        self._look.set_lighting(replace(lighting, ambient=(number, lighting.ambient[1])))

    def _ask_colour(self) -> None:
        dialog = QColorDialog(self.colour.icon().pixmap(1, 1).toImage().pixelColor(0, 0), self)
        dialog.setWindowTitle(f"{NAMES[self.pad.index]} light")
        dialog.currentColorChanged.connect(self._on_colour)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_colour(self, colour: QColor) -> None:
        tones = [tone**GAMMA for tone in (colour.redF(), colour.greenF(), colour.blueF())]
        most = max(tones)
        if most > 0.0:  # black is no colour of a light: brightness says how much of it there is
            red, green, blue = (tone / most for tone in tones)
            self._change(replace(self.chosen, colour=(red, green, blue)))
