"""The panel Compare: what is compared with what, how it is shown, and how far the two are apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import qtawesome
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer import theme
from viewer.compare.comparison import AMPLIFICATIONS, Comparison, Layout, Metric, Side
from viewer.compare.heat_legend import HeatLegend
from viewer.compare.model import CompareModel
from viewer.compare.text import figures_of, scale_text
from viewer.figures.figures_grid import FiguresGrid
from viewer.figures.panel_cost import PanelCost
from viewer.path_text import sentence
from viewer.viewer_model import ViewerModel

LEAST_PX = 232
LAYOUT_TIPS = {
    Layout.WIPE: "Both in one place, parted by a line that the mouse drags",
    Layout.PAIR: "One beside the other",
    Layout.DIFFERENCE: "Where they differ: black where they do not",
}
METRIC_TIPS = {
    Metric.STEPS: "The largest difference of a pixel's three colours",
    Metric.FLIP: "How much of it somebody sees who flips between the two",
}
ASLEEP = "Press W, or Compare, to lay one picture over another; then drag the line."


class ComparePanel(QScrollArea):
    """Shows a `CompareModel`."""

    def __init__(self, model: ViewerModel, compare: CompareModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(LEAST_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model, self._compare = model, compare
        self._make_controls()
        self.setWidget(self._body())
        compare.changed.connect(self._show)
        compare.choices_changed.connect(self._fill)
        compare.measured.connect(self._show_figures)
        model.refreshed.connect(self._show_figures)
        self._fill()

    # -- building ----------------------------------------------------------------------------------------------------
    def _make_controls(self) -> None:
        compare = self._compare
        self.toggle = QPushButton("Compare")
        self.toggle.setCheckable(True)
        self.toggle.setToolTip("Compare two pictures of the face, or show one again (W)")
        self.toggle.clicked.connect(compare.toggle)
        self.swap = _tool("Swap", "A becomes B and B becomes A (Shift+W)")
        self.swap.setIcon(qtawesome.icon("mdi6.swap-horizontal", color=theme.TEXT))
        self.swap.clicked.connect(compare.swap)
        self.turn = _tool("Turn", "Have the line stand, or lie (Ctrl+W)")
        self.turn.clicked.connect(compare.turn_line)
        self.peeks = {side: self._peek_button(side) for side in "ab"}
        self.boxes = {side: self._box(side) for side in "ab"}
        self.layouts = self._segments(LAYOUT_TIPS, self._on_layout)
        self.metrics = self._segments(METRIC_TIPS, compare.set_metric)
        self.amplification = QSlider(Qt.Orientation.Horizontal)
        self.amplification.setRange(0, len(AMPLIFICATIONS) - 1)
        self.amplification.setPageStep(1)
        self.amplification.setAccessibleName("Amplification of the difference")
        self.amplification.setToolTip("How much the difference is amplified before it becomes a colour")
        self.amplification.valueChanged.connect(lambda at: compare.amplify(AMPLIFICATIONS[at]))
        self.factor = QLabel()
        self.factor.setFont(theme.figures(theme.SMALL_PX))
        self.factor.setFixedWidth(self.factor.fontMetrics().horizontalAdvance("64×") + 4)
        self.legend = HeatLegend()
        self.figures = FiguresGrid(PanelCost(), columns=2)
        self.note = QLabel(wordWrap=True)
        self.note.setObjectName("dim")

    def _peek_button(self, side: str) -> QToolButton:
        button = _tool(f"{side.upper()} alone", f"Hold to see {side.upper()} alone (hold the key {side.upper()})")
        button.pressed.connect(partial(self._compare.set_peek, side))
        button.released.connect(partial(self._compare.set_peek, ""))
        return button

    def _box(self, side: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Side {side.upper()}")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(partial(self._on_side, side))
        return box

    def _segments(self, tips: Mapping[Any, str], chosen: Callable[[Any], None]) -> dict[Any, QToolButton]:
        group = QButtonGroup(self)
        buttons = {}
        for value, tip in tips.items():
            button = _tool(value.value, tip)
            button.setObjectName("segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, value=value: chosen(value))
            group.addButton(button)
            buttons[value] = button
        return buttons

    def _body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("panel")
        layout = QVBoxLayout(body)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        form = QFormLayout()
        form.setSpacing(4)
        for side, box in self.boxes.items():
            form.addRow(side.upper(), box)
        layout.addLayout(_row(self.toggle, self.swap, self.turn, stretch=0))
        layout.addLayout(form)
        layout.addLayout(_row(*self.peeks.values()))
        layout.addLayout(_row(*self.layouts.values(), spacing=0))
        self.heat = QWidget()
        heat = QVBoxLayout(self.heat)
        heat.setContentsMargins(0, 0, 0, 0)
        heat.setSpacing(8)
        heat.addLayout(_row(*self.metrics.values(), spacing=0))
        heat.addLayout(_row(QLabel("Amplify"), self.amplification, self.factor, stretch=1))
        heat.addWidget(self.legend)
        layout.addWidget(self.heat)
        layout.addWidget(self.figures)
        layout.addWidget(self.note)
        layout.addStretch()
        return body

    # -- what the user does ------------------------------------------------------------------------------------------
    def _on_side(self, side: str, at: int) -> None:
        chosen = self.boxes[side].itemData(at)
        other = "b" if side == "a" else "a"
        former = getattr(self._compare.comparison, side)
        changes = {side: chosen}
        if chosen == getattr(self._compare.comparison, other):
            changes[other] = former  # never the same twice: they change places
        self._compare.set(is_on=True, **changes)
        self._show(self._compare.comparison)

    def _on_layout(self, layout: Layout) -> None:
        self._compare.set(is_on=True, layout=layout)

    # -- showing -----------------------------------------------------------------------------------------------------
    def _fill(self) -> None:
        """Offer what there is now; what is chosen stays, also if it is no longer offered."""
        for side, box in self.boxes.items():
            with QSignalBlocker(box):
                box.clear()
                for choice in self._compare.choices:
                    self._add(box, choice.side, choice.reason or choice.tip, is_possible=not choice.reason)
                chosen = getattr(self._compare.comparison, side)
                if _index_of(box, chosen) < 0:
                    self._add(box, chosen, "Chosen before", is_possible=True)
        self._show(self._compare.comparison)

    def _add(self, box: QComboBox, side: Side, tip: str, *, is_possible: bool) -> None:
        box.addItem(side.title, side)
        items = box.model()
        assert isinstance(items, QStandardItemModel)
        item = items.item(box.count() - 1)
        item.setToolTip(sentence(tip))
        item.setEnabled(is_possible)

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: what has been measured meanwhile."""
        super().showEvent(event)
        self._show_figures()

    def _show(self, wanted: Comparison) -> None:
        self.toggle.setChecked(wanted.is_on)
        for side, box in self.boxes.items():
            chosen = getattr(wanted, side)
            if _index_of(box, chosen) < 0:
                self._add(box, chosen, "Chosen before", is_possible=True)
            with QSignalBlocker(box):
                box.setCurrentIndex(_index_of(box, chosen))
            box.setToolTip(chosen.title)
        self.layouts[wanted.layout].setChecked(True)
        self.metrics[wanted.metric].setChecked(True)
        self.turn.setEnabled(wanted.is_on and wanted.layout is Layout.WIPE)
        for button in self.peeks.values():
            button.setEnabled(wanted.is_on)
        self.heat.setVisible(wanted.layout is Layout.DIFFERENCE)
        with QSignalBlocker(self.amplification):
            self.amplification.setValue(AMPLIFICATIONS.index(wanted.amplification))
        self.factor.setText(f"{wanted.amplification}×")
        self.legend.show_scale(scale_text(wanted))
        self._show_figures()

    def _show_figures(self, _measured: object = None) -> None:
        if not self.isVisible():  # behind another tab: see showEvent
            return
        wanted, measured, shown = self._compare.comparison, self._compare.figures, self._model.shown
        is_current = measured is not None and shown is not None and measured.pair.request == shown.request
        self.figures.show_figures(figures_of(measured, is_current=is_current))
        self.figures.setVisible(wanted.is_on)
        if not wanted.is_on:
            note = ASLEEP
        elif self._compare.is_opening:
            note = "Opening what runs beside …"
        else:
            note = "" if measured is not None else "Measuring the first pair …"
        if self.note.text() != note:
            self.note.setText(note)
        self.note.setVisible(bool(note))


def _index_of(box: QComboBox, side: Side) -> int:
    return next((at for at in range(box.count()) if box.itemData(at) == side), -1)


def _tool(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button


def _row(*widgets: QWidget, spacing: int = 4, stretch: int = -1) -> QHBoxLayout:
    """Widgets in a row; the one at `stretch` takes what room is left."""
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for at, widget in enumerate(widgets):
        row.addWidget(widget, 1 if at == stretch else 0)
    return row
