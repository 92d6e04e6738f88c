"""The expressions panel: all 52 shapes as sliders, grouped by region, mirrored pairs side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from gpu_core.expression import Expression
from viewer.engine_info import EngineInfo
from viewer.shape_slider import ShapeSlider
from viewer.shape_titles import REGIONS, matches, title
from viewer.viewer_model import ViewerModel

OPEN_AT_FIRST = ("Brows", "Eyes", "Jaw", "Mouth")


class Region(QWidget):
    """A heading that folds its sliders away."""

    def __init__(self, name: str, sliders: dict[str, ShapeSlider], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QToolButton(self)
        self.heading.setObjectName("group")
        self.heading.setText(name)
        self.heading.setCheckable(True)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.toggled.connect(self._fold)
        self.body = QWidget(self)
        self._rows = REGIONS[name]
        self._sliders = sliders
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(self.body)
        self._grid = QGridLayout(self.body)
        self._grid.setContentsMargins(0, 0, 0, 8)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._place()
        self.heading.setChecked(name in OPEN_AT_FIRST)
        self._fold(name in OPEN_AT_FIRST)

    def _place(self) -> None:
        for row, names in enumerate(self._rows):
            for column, name in enumerate(names):
                self._grid.addWidget(self._sliders[name], row, column, 1, 2 if len(names) == 1 else 1)

    def _fold(self, is_open: bool) -> None:
        self.heading.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.body.setVisible(is_open)

    def filter(self, text: str) -> int:
        """Show only the shapes that a search finds, opened; the number of them. An empty text shows all again."""
        found = 0
        for name in (name for row in self._rows for name in row):
            hit = matches(name, text)
            self._sliders[name].setVisible(hit)
            found += hit
        self.setVisible(found > 0)
        self._fold(bool(text) or self.heading.isChecked())
        return found


class ExpressionsPanel(QWidget):
    """Edits the model's weights; follows whatever else edits them."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model = model
        self._touched: frozenset[str] = frozenset()
        self.sliders = {name: self._slider(name) for rows in REGIONS.values() for row in rows for name in row}
        self.regions = {name: Region(name, self.sliders) for name in REGIONS}
        self.search = QLineEdit(placeholderText="Search 52 shapes")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.nothing = QLabel("No shape of that name. ARKit names work too.")
        self.nothing.setObjectName("dim")
        self.nothing.hide()
        self._build()
        model.expression_changed.connect(self._on_expression)
        model.refreshed.connect(self._show)
        model.engine_changed.connect(self._on_engine)
        self._show()

    def _slider(self, name: str) -> ShapeSlider:
        slider = ShapeSlider(name, title(name), parent=self)
        slider.setToolTip(name)
        slider.moved.connect(self._on_moved)
        return slider

    def _build(self) -> None:
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("Back to the neutral face (Ctrl+0)")
        self.reset.clicked.connect(self._model.reset)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 4)
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.reset)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for region in self.regions.values():
            column.addWidget(region)
        column.addWidget(self.nothing)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(scroll, 1)

    def _on_moved(self, name: str, value: float) -> None:
        self._model.edit_weights({name: value})

    def _on_expression(self, _expression: Expression, touched: frozenset[str]) -> None:
        if touched:
            self._touched = touched
            self._show()

    def _show(self) -> None:
        for slider, weight in ((self.sliders[name], self._model.expression[name]) for name in self.sliders):
            slider.show_number(weight)
            slider.highlight(slider.key in self._touched)

    def _on_search(self, text: str) -> None:
        found = sum(region.filter(text.strip()) for region in self.regions.values())
        self.nothing.setVisible(not found)

    def _on_engine(self, engine: EngineInfo) -> None:
        for name, slider in self.sliders.items():
            missing = name in engine.missing
            slider.setEnabled(not missing)
            slider.setToolTip(f"{name}: this face has no such shape" if missing else name)
