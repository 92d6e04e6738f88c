"""The sliders of a speech: six feelings, excitement, stress and rate, for all of it or for what is chosen in it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from viewer import theme
from viewer.sliders.shape_slider import ShapeSlider, Wish
from viewer.speech.analysis import EMOTIONS
from viewer.speech.overriding import EXCITEMENT, STRESS
from viewer.voice.speech_model import SpeechModel

RATE = "rate"
TIPS = {
    EXCITEMENT: "How excited, 0 to 1: faster, higher, louder, with a wider mouth",
    STRESS: "How much it stands out, 0 to 1: brows and head move with it",
    RATE: "How fast, in percent more than the voice's own",
}
NEEDS_CHOICE = "\nChoose a part of the text above first"
COLUMNS = 2
COLOUR_PX = 3


class SpeechSliders(QWidget):
    """Changes the model's order; `let_go` when the hand has decided."""

    let_go = Signal()

    def __init__(self, speech: SpeechModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self.sliders = {lane: self._slider(lane) for lane in (*EMOTIONS, EXCITEMENT, STRESS)}
        self.sliders[RATE] = self._slider(RATE, low=-50.0, high=100.0)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(4, 0, 4, 0)
        grid.setSpacing(0)
        for place, (lane, slider) in enumerate(self.sliders.items()):
            grid.addWidget(_with_colour(slider, theme.EMOTION_COLOURS.get(lane, _COLOURS.get(lane, ""))),
                           place // COLUMNS, place % COLUMNS)  # fmt: skip
        self.show_values()

    def _slider(self, lane: str, low: float = 0.0, high: float = 1.0) -> ShapeSlider:
        is_rate = lane == RATE
        title = "Rate, %" if is_rate else lane.capitalize()
        slider = ShapeSlider(
            lane, title, low=low, high=high, step=5.0 if is_rate else 0.05, decimals=0 if is_rate else 2
        )
        slider.moved.connect(self._on_moved)
        slider.let_go.connect(self.let_go)
        slider.wished.connect(self._on_wish)
        return slider

    def fill_last_place(self, widget: QWidget) -> None:
        """The sliders are nine: put something into the place beside the last."""
        self._grid.addWidget(widget, len(self.sliders) // COLUMNS, len(self.sliders) % COLUMNS)

    def show_values(self) -> None:
        """Follow the model."""
        has_choice = self._speech.chosen is not None
        for lane, slider in self.sliders.items():
            if lane == RATE:
                slider.show_number(round(100 * (self._speech.order.rate - 1)))
                slider.setToolTip(TIPS[RATE])
                continue
            slider.show_number(self._speech.value_of(lane))
            slider.setEnabled(has_choice or lane in EMOTIONS)
            tip = TIPS.get(lane, f"How much {lane} is felt, 0 to 1; 0 over all of it: as its words say")
            slider.setToolTip(tip + ("" if slider.isEnabled() else NEEDS_CHOICE))

    def _on_moved(self, lane: str, value: float) -> None:
        if lane == RATE:
            self._speech.set_rate(1 + value / 100)
        else:
            self._speech.set_value(lane, value)

    def _on_wish(self, lane: str, wish: Wish) -> None:
        if wish is Wish.RESET:
            self._on_moved(lane, 0.0)
            self.let_go.emit()


def _with_colour(slider: ShapeSlider, colour: str) -> QWidget:
    """A slider with the colour that its lane has in the text, at its left."""
    whole, bar = QWidget(), QFrame()
    bar.setFixedWidth(COLOUR_PX)
    if colour:
        bar.setStyleSheet(f"background: {colour}; border-radius: 1px; margin: 6px 0")
    row = QHBoxLayout(whole)
    row.setContentsMargins(4, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(bar)
    row.addWidget(slider, 1)
    return whole


_COLOURS = {EXCITEMENT: theme.EXCITED, STRESS: theme.TEXT}
