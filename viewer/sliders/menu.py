"""What can be done with a slider besides moving it: its menu, its keys, its tooltip. Serves the panels with sliders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gpu_core.expression import SHAPE_INDEX
from viewer.performance.mirroring import companion, side_of
from viewer.shape_titles import title, words
from viewer.sliders.rules import SliderRules, named
from viewer.sliders.shape_slider import ShapeSlider, Wish

WORDS_TOLD = 4


class SliderMenu(QObject):
    """Serves the sliders that are attached to it, all of one panel."""

    def __init__(self, rules: SliderRules, let_go: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._rules, self._let_go = rules, let_go
        self._sliders: list[ShapeSlider] = []
        self.menu: QMenu | None = None  # the one that is open, or was last

    def attach(self, slider: ShapeSlider) -> None:
        """Answer a slider's keys and its right mouse button."""
        self._sliders.append(slider)
        slider.let_go.connect(self._let_go)
        slider.wished.connect(self._on_wish)
        slider.menu_asked.connect(self._on_menu)

    def detach(self, slider: ShapeSlider) -> None:
        """Forget a slider that goes."""
        self._sliders.remove(slider)

    def _on_wish(self, key: str, wish: Wish) -> None:
        rules, names, is_shape = self._rules, self._rules.targets(key), key in SHAPE_INDEX
        if wish is Wish.LOCK:
            rules.lock(names, locked=key not in rules.hand.locked)
        elif wish is Wish.RESET:
            rules.reset(names)
        elif not is_shape:
            return
        elif wish is Wish.ALONE:
            rules.show_alone(names, alone=key not in rules.alone)
        elif wish is Wish.STAR:
            rules.star(names, starred=key not in rules.favourites)
        elif wish is Wish.CHOOSE:
            rules.choose([key], chosen=key not in rules.chosen)
        elif wish is Wish.ACROSS:
            rules.copy_across(names)

    def _on_menu(self, key: str, where: QPoint) -> None:
        slider = self.sender()
        assert isinstance(slider, ShapeSlider)
        if self.menu is not None:
            self.menu.deleteLater()
        self.menu = self.build(slider)
        self.menu.popup(where)

    def build(self, slider: ShapeSlider) -> QMenu:
        """The menu of a slider: for all that are chosen, if it is one of them."""
        key, rules = slider.key, self._rules
        names, is_shape = rules.targets(key), slider.key in SHAPE_INDEX
        menu = QMenu(slider)
        menu.setToolTipsVisible(True)
        add_title(menu, named(names))
        _action(menu, "Type a value …", "Return", slider.type_number).setEnabled(key not in rules.hand.locked)
        _action(menu, "Reset", Wish.RESET.value, partial(self._on_wish, key, Wish.RESET))
        if any(map(side_of, names)) and is_shape:
            _action(menu, "Copy to the other side", Wish.ACROSS.value, partial(self._on_wish, key, Wish.ACROSS))
        menu.addSeparator()
        self._switch(menu, key, "Lock", Wish.LOCK, on=key in rules.hand.locked)
        if is_shape:
            self._switch(menu, key, "Show alone (solo)", Wish.ALONE, on=key in rules.alone)
            self._switch(menu, key, "Favourite", Wish.STAR, on=key in rules.favourites)
            menu.addSeparator()
            self._switch(menu, key, "Choose", Wish.CHOOSE, on=key in rules.chosen)
            add_links(menu, rules, names)
        return menu

    def _switch(self, menu: QMenu, key: str, text: str, wish: Wish, *, on: bool) -> None:
        shortcut = "Ctrl+click" if wish is Wish.CHOOSE else wish.value
        action = _action(menu, text, shortcut, partial(self._on_wish, key, wish))
        action.setCheckable(True)
        action.setChecked(on)

    def show_tips(self, missing: frozenset[str] = frozenset()) -> None:
        """Bring the tooltips up to what holds now."""
        for slider in self._sliders:
            key = slider.key
            if key in SHAPE_INDEX:
                is_missing = key in missing
                slider.setToolTip(f"{key}: this face has no such shape" if is_missing else shape_tip(self._rules, key))


def region_menu(rules: SliderRules, name: str, shapes: tuple[str, ...], parent: QWidget) -> QMenu:
    """What can be done with all shapes of a region."""
    menu = QMenu(parent)
    add_title(menu, name)
    _action(menu, "Reset", "", partial(rules.reset, shapes))
    _action(menu, "A face by chance, only here", "", partial(rules.randomise, shapes))
    menu.addSeparator()
    _action(menu, "Lock", "", partial(rules.lock, shapes, locked=True))
    _action(menu, "Unlock", "", partial(rules.lock, shapes, locked=False))
    is_alone = rules.alone.issuperset(shapes)
    alone = _action(menu, "Show alone (solo)", "", partial(rules.show_alone, shapes, alone=not is_alone))
    alone.setCheckable(True)
    alone.setChecked(is_alone)
    menu.addSeparator()
    _action(menu, "Choose", "", partial(rules.choose, shapes))
    if not shapes:
        menu.setDisabled(True)
    return menu


def add_title(menu: QMenu, text: str) -> None:
    """Say what the lines below are for; Fusion does not show the titles of Qt's sections."""
    menu.addAction(text).setEnabled(False)
    menu.addSeparator()


def add_links(menu: QMenu, rules: SliderRules, names: tuple[str, ...]) -> None:
    """Add what makes and dissolves links of these shapes."""
    alike = _action(menu, "Link: by the same amount", "", partial(rules.link, names))
    shares = _action(menu, "Link: in proportion", "", partial(rules.link, names, is_proportional=True))
    for action in (alike, shares):
        action.setEnabled(len(names) > 1)
        action.setToolTip("" if len(names) > 1 else "First choose several: Ctrl+click on them")
    unlink = _action(menu, "Unlink", "", partial(rules.unlink, names))
    unlink.setEnabled(any(rules.link_of(name) for name in names))


def shape_tip(rules: SliderRules, name: str) -> str:
    """What a shape is, and which rules hold for it."""
    lines = [f"{name} · also: {', '.join(words(name)[:WORDS_TOLD])}"]
    trained = rules.marks(name).trained
    if trained is not None and trained[1] < 0.98:
        lines.append(f"The generator was trained up to {trained[1]:.2f}: the lamp is on beyond")
    if name in rules.hand.locked:
        lines.append("Locked: no hand moves it (L unlocks)")
    link = rules.link_of(name)
    if link is not None:
        others = ", ".join(title(other) for other in link.names if other != name)
        lines.append(f"Linked {'in proportion' if link.is_proportional else 'by the same amount'} with {others}")
    if rules.hand.mirrors and companion(name):
        lines.append(f"Mirrored live with {title(companion(name))}")
    lines.append("Shift is fine; the right mouse button has more")
    return "\n".join(lines)


def _action(menu: QMenu, text: str, shortcut: str, slot: Callable[[], object]) -> QAction:
    action = QAction(f"{text}\t{shortcut}" if shortcut else text, menu)  # told, not bound: keys go to the slider
    action.triggered.connect(lambda _checked=False: slot())
    menu.addAction(action)
    return action
