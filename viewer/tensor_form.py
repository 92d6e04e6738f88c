"""A block of the generator's dialog: what one tensor of the network means, as a few small fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from gpu_core.neural.inspection import TensorFacts
from gpu_core.neural.signature import CHANNELS, LARGEST, LAYOUTS, SMALLEST, InputTensor, OutputTensor
from viewer import theme
from viewer.signature_text import (
    BYTES,
    OWN_NUMBERS,
    RANGES,
    layouts_of,
    numbers_of,
    orders_of,
    range_of,
    read_numbers,
    write_numbers,
)

CAPTION_WIDTH = 76
NUMBERS = "Mean, dev."
INPUT_CHANNELS = frozenset(channels for channels in range(1, sum(CHANNELS.values()) + 1) if orders_of(channels))
PREMULTIPLIED = {True: "premultiplied", False: "straight"}
TIPS = {
    "Values": "The order of the colour channels, and what their values run from and to",
    NUMBERS: "Mean and deviation: one number for all channels, or three in the order of the channels",
    "Shape": "Channels before height and width (NCHW) or after them (NHWC); width and height in pixels",
    "Pictures": "The pictures that this input gets, in the order of its channels",
    "Alpha": "Premultiplied: colours have been multiplied by alpha already; straight: they have not",
}


class TensorForm(QFrame):
    """The fields that every tensor has. `changed` when any of them was."""

    changed = Signal()

    def __init__(self, said: InputTensor | OutputTensor, facts: TensorFacts, title: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self._said, self._facts = said, facts
        self._rows: dict[str, QWidget] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 12)
        self._column.setSpacing(6)
        self._add_heading(title)
        self.colours = self._combo({"rgb": "RGB", "bgr": "BGR"}, said.order)
        names = [BYTES] if said.dtype == "uint8" else [*RANGES, OWN_NUMBERS]
        self.values = self._combo({name: name for name in names}, range_of(said))
        self.values.setEnabled(len(names) > 1)
        self.mean, self.std = self._numbers(said.mean, "mean"), self._numbers(said.std, "deviation")
        self.layout_choice = self._combo({name: name for name in LAYOUTS}, said.layout)
        self.size_fields = [self._side(axis) for axis in ("width", "height")]
        self.values.currentIndexChanged.connect(self._on_values)

    def possible_channels(self) -> frozenset[int]:
        """The numbers of channels that this tensor could have."""
        return frozenset((3, 4))

    # -- building ----------------------------------------------------------------------------------------------------
    def _add_heading(self, title: str) -> None:
        name = QLabel(f"{title} <b>{self._said.name}</b>")
        name.setTextFormat(Qt.TextFormat.RichText)
        shape = QLabel(self._facts.told.replace(" x ", " × "))
        shape.setObjectName("dim")
        shape.setToolTip("Shape and type as the file declares them; ? is free")
        row = QHBoxLayout()
        row.addWidget(name, 1)
        row.addWidget(shape)
        self._column.addLayout(row)

    def add_row(self, caption: str, *widgets: QWidget) -> None:
        """A caption and the fields beside it."""
        label = QLabel(caption)
        label.setObjectName("dim")
        label.setFixedWidth(CAPTION_WIDTH)
        line = self._rows[caption] = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        for widget in widgets:
            row.addWidget(widget, 1)
            widget.setToolTip(widget.toolTip() or TIPS[caption])
            widget.setAccessibleName(f"{caption} of {self._said.name}")
        self._column.addWidget(line)

    def add_common_rows(self) -> None:
        """The rows that every tensor has."""
        self.add_row("Values", self.colours, self.values)
        self.add_row(NUMBERS, self.mean, self.std)
        self.add_row("Shape", *self._shape())
        self._show_numbers()

    def _shape(self) -> list[QWidget]:
        """Layout and size: fields where there is something to choose, one line where the file has fixed them."""
        layouts, free = layouts_of(self._facts, self.possible_channels()), None in self._facts.shape[1:]
        layout = self.layout_choice if len(layouts) > 1 else QLabel(f"{self._said.layout}, channels {self._place()}")
        size = self.size_fields if free else [QLabel(f"{self._said.width} × {self._said.height} px")]
        return [layout, *size]

    def _place(self) -> str:
        return "first" if self._said.layout == "NCHW" else "last"

    def _combo(self, entries: dict[str, str], current: str) -> QComboBox:
        combo = QComboBox()
        for key, title in entries.items():
            combo.addItem(title, key)
        combo.setCurrentIndex(max(combo.findData(current), 0))
        combo.currentIndexChanged.connect(self._tell)
        return combo

    def _numbers(self, numbers: tuple[float, ...], name: str) -> QLineEdit:
        field = QLineEdit(write_numbers(numbers))
        field.setPlaceholderText(name)
        field.setFont(theme.figures())
        field.setToolTip(f"{name.capitalize()}: {TIPS[NUMBERS].partition(': ')[2]}")
        field.textChanged.connect(self._tell)
        return field

    def _side(self, axis: str) -> QSpinBox:
        field = QSpinBox(minimum=SMALLEST, maximum=LARGEST, singleStep=16, suffix=" px")
        field.setValue(getattr(self._said, axis))
        index = (3 if axis == "width" else 2) - (self._said.layout == "NHWC")
        field.setEnabled(self._facts.shape[index] is None)
        field.valueChanged.connect(self._tell)
        return field

    # -- reading -----------------------------------------------------------------------------------------------------
    def read_form(self) -> dict[str, Any]:
        """The fields that every tensor has.

        Raises:
            ModelError: numbers that are none.
        """
        order, name = self.colours.currentData(), self.values.currentData()
        if name == OWN_NUMBERS:
            mean = read_numbers(self.mean.text(), f"{self._said.name}, mean")
            std = read_numbers(self.std.text(), f"{self._said.name}, deviation")
        else:
            mean, std = numbers_of(name, order)
        width, height = (field.value() for field in self.size_fields)
        layout = self.layout_choice.currentData()
        return {"order": order, "mean": mean, "std": std, "layout": layout, "width": width, "height": height}

    def _on_values(self) -> None:
        name = self.values.currentData()
        if name in RANGES:  # something to start from for numbers of one's own
            mean, std = numbers_of(name, self.colours.currentData())
            self.mean.setText(write_numbers(mean))
            self.std.setText(write_numbers(std))
        self._show_numbers()

    def _show_numbers(self) -> None:
        self._rows[NUMBERS].setVisible(self.values.currentData() == OWN_NUMBERS)

    def _tell(self) -> None:
        self.changed.emit()


class InputForm(TensorForm):
    """An input: which pictures, and in what form."""

    def __init__(self, said: InputTensor, facts: TensorFacts) -> None:
        super().__init__(said, facts, "Input")
        self._input = said
        orders = {"+".join(pictures): " + ".join(pictures) for pictures in orders_of(said.channels)}
        self.pictures = self._combo(orders, "+".join(said.pictures))
        self.add_row("Pictures", self.pictures)
        self.add_common_rows()
        self.colours.setVisible(said.channels > 1)  # depth has none

    def possible_channels(self) -> frozenset[int]:
        """Those that some pictures fill."""
        return INPUT_CHANNELS

    def tensor(self) -> InputTensor:
        """What was said of it.

        Raises:
            ModelError: it makes no sense.
        """
        pictures = tuple(self.pictures.currentData().split("+"))
        return replace(self._input, pictures=pictures, **self.read_form())


class OutputForm(TensorForm):
    """The output: the picture, and what its alpha means."""

    def __init__(self, said: OutputTensor, facts: TensorFacts) -> None:
        super().__init__(said, facts, "Output")
        self._output = said
        self.alpha = self._combo({str(key): title for key, title in PREMULTIPLIED.items()}, str(said.premultiplied))
        alpha = QLabel("its own" if said.channels == 4 else "the render image's")
        self.add_row("Alpha", alpha, self.alpha)
        self.add_common_rows()

    def tensor(self) -> OutputTensor:
        """What was said of it.

        Raises:
            ModelError: it makes no sense.
        """
        return replace(self._output, premultiplied=self.alpha.currentData() == str(True), **self.read_form())
