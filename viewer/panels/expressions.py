"""The expressions panel: all 52 shapes as sliders, by region, mirrored pairs side by side, favourites on top."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.engine_info import EngineInfo
from viewer.shape_titles import REGIONS, matches, title
from viewer.sliders.bar import SliderBar
from viewer.sliders.menu import SliderMenu, region_menu
from viewer.sliders.region import Region
from viewer.sliders.rules import SliderRules
from viewer.sliders.shape_slider import ShapeSlider
from viewer.viewer_model import ViewerModel

OPEN_AT_FIRST = ("Brows", "Eyes", "Jaw", "Mouth")
FAVOURITES = "Favourites"
NO_FAVOURITES = "Star a slider by its menu, or press * on it: it shows up here."


class ExpressionsPanel(QWidget):
    """Edits the model's weights; follows whatever else edits them. How sliders may be used, the rules say."""

    def __init__(self, model: ViewerModel, rules: SliderRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model, self._rules = model, rules
        self._touched: frozenset[str] = frozenset()
        self._outside: frozenset[str] = frozenset()
        self._missing: frozenset[str] = frozenset()
        self._shown = model.expression.weights
        self._menu: QMenu | None = None
        self.slider_menu = SliderMenu(rules, model.end_gesture, self)
        self.regions = {name: Region(name, is_open=name in OPEN_AT_FIRST) for name in REGIONS}
        self.favourites = Region(FAVOURITES, is_open=bool(rules.favourites), hint=NO_FAVOURITES)
        for name, region in self.regions.items():
            region.place(REGIONS[name], self._slider)
        self.sliders = {name: slider for region in self.regions.values() for name, slider in region.sliders.items()}
        self.search = QLineEdit(placeholderText="Search 52 shapes: smile, wink …")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("Plain names, everyday words and ARKit names (Ctrl+F); Return goes to the first")
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._go_to_first)
        self.nothing = QLabel("Nothing of that name. Try what it does: smile, wink, pout; ARKit names work too.")
        self.nothing.setWordWrap(True)
        self.nothing.setObjectName("dim")
        self.nothing.setContentsMargins(8, 4, 8, 4)
        self.nothing.hide()
        self.bar = SliderBar(rules)
        self._build()
        model.expression_changed.connect(self._on_expression)
        model.refreshed.connect(self._show)
        model.engine_changed.connect(self._on_engine)
        rules.changed.connect(self._on_rules)
        self._on_rules()

    def _slider(self, name: str) -> ShapeSlider:
        slider = ShapeSlider(name, title(name), parent=self)
        slider.moved.connect(self._on_moved)
        self.slider_menu.attach(slider)
        return slider

    def _build(self) -> None:
        self.reset = QPushButton("Reset")
        self.reset.setToolTip("Back to the neutral face, but for what is locked (Ctrl+0)")
        self.reset.clicked.connect(self._model.reset)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 4)
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.reset)
        second = QHBoxLayout()
        second.setContentsMargins(8, 0, 8, 4)
        second.addWidget(self.bar)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for region in (self.favourites, *self.regions.values()):
            region.menu_asked.connect(self._on_region_menu)
            column.addWidget(region)
        column.addWidget(self.nothing)
        column.addStretch(1)
        self.scroller = QScrollArea()
        self.scroller.setWidget(inner)
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addLayout(second)
        layout.addWidget(self.scroller, 1)

    # -- values ------------------------------------------------------------------------------------------------------
    def _on_moved(self, name: str, value: float) -> None:
        self._model.edit_weights({name: value})
        for slider in self._both(name):
            slider.show_number(self._model.expression[name])  # what the rules have made of it

    def _on_expression(self, _expression: Expression, touched: frozenset[str]) -> None:
        if touched:
            for name in self._touched ^ touched:
                for slider in self._both(name):
                    slider.highlight(name in touched)
            self._touched = touched
        if touched or not self._model.playback.playing:
            self._show()

    def _both(self, name: str) -> list[ShapeSlider]:
        places = (self.sliders.get(name), self.favourites.sliders.get(name))
        return [slider for slider in places if slider is not None]

    def _show(self) -> None:
        """Only what has changed: there are 52, and a hand moves one."""
        face = self._model.expression
        if face.weights == self._shown:
            return
        for name, old, weight in zip(ARKIT_SHAPES, self._shown, face.weights, strict=True):
            if old != weight:
                for slider in self._both(name):
                    slider.show_number(weight)
        self._shown = face.weights
        outside = self._rules.trained.outside(face)
        for name in self._outside ^ outside:
            for slider in self._both(name):
                slider.light(name in outside)
        self._outside = outside
        self._show_sums()

    def _show_sums(self) -> None:
        weights = dict(zip(ARKIT_SHAPES, self._model.expression.weights, strict=True))
        for region in (self.favourites, *self.regions.values()):
            region.show_sum(weights, self._outside)

    # -- rules -------------------------------------------------------------------------------------------------------
    def _on_rules(self) -> None:
        self._place_favourites()
        face, rules = self._model.expression, self._rules
        self._shown, self._outside = face.weights, rules.trained.outside(face)
        for slider in (*self.sliders.values(), *self.favourites.sliders.values()):
            slider.show_number(face[slider.key])
            slider.show_marks(rules.marks(slider.key))
            slider.setEnabled(slider.key not in self._missing)
            slider.highlight(slider.key in self._touched)
            slider.light(slider.key in self._outside)
        for region in (self.favourites, *self.regions.values()):
            region.heading.setToolTip(_region_tip(rules))
        self.slider_menu.show_tips(self._missing)
        self._show_sums()

    def _place_favourites(self) -> None:
        stars = self._rules.favourites
        if tuple(self.favourites.sliders) == stars:
            return
        was_empty = not self.favourites.sliders
        rows = tuple(stars[first : first + 2] for first in range(0, len(stars), 2))
        for gone in self.favourites.place(rows, self._slider):
            self.slider_menu.detach(gone)
        if was_empty:
            self.favourites.heading.setChecked(True)

    def _on_region_menu(self, name: str, where: QPoint) -> None:
        region = self.favourites if name == FAVOURITES else self.regions[name]
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = region_menu(self._rules, name, tuple(region.sliders), self)
        self._menu.popup(where)

    # -- search ------------------------------------------------------------------------------------------------------
    def _on_search(self, text: str) -> None:
        text = text.strip()
        found = frozenset(name for name in ARKIT_SHAPES if matches(name, text)) if text else None
        for region in self.regions.values():
            region.filter(found)
        self.favourites.setVisible(found is None)
        self.nothing.setVisible(found == frozenset())
        self._rules.set_found(found)

    def _go_to_first(self) -> None:
        for slider in self.sliders.values():
            if self._rules.found and slider.key in self._rules.found and slider.isEnabled():
                slider.setFocus()
                self.scroller.ensureWidgetVisible(slider)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Escape ends the search, then whatever is shown alone or chosen."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.search.hasFocus() and self.search.text():
            self.search.clear()
        else:
            self._rules.let_go()

    def _on_engine(self, engine: EngineInfo) -> None:
        self._missing = frozenset(engine.missing)
        self._on_rules()


def _region_tip(rules: SliderRules) -> str:
    lamp = (
        "The lamp is on where the generator was not trained for a value."
        if rules.trained.is_known
        else "This generator does not tell which values it was trained for: no lamp."
    )
    return f"{lamp}\nThe right mouse button has more."
