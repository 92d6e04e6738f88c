"""The row of tools above the sliders: mirror, links, locks, a face by chance; and what of it holds at the moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import qtawesome
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from gpu_core.expression import ARKIT_SHAPES
from viewer import theme
from viewer.elided_label import ElidedLabel
from viewer.sliders.menu import add_links, add_title
from viewer.sliders.rules import STRENGTHS, MirrorWay, SliderRules, named, short_name

ICON_PX = 16


class SliderBar(QWidget):
    """Shows and changes the rules."""

    def __init__(self, rules: SliderRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.mirror = self._button("mdi6.reflect-horizontal", "Both sides move together (Ctrl+Shift+M)")
        self.mirror.setCheckable(True)
        self.mirror.toggled.connect(lambda on: rules.set_mirroring(mirrors=on))
        self.sides = self._button("mdi6.swap-horizontal", "Copy one side to the other, or swap them")
        self.links = self._button("mdi6.link-variant", "Link the chosen shapes, so that they move together")
        self.locks = self._button("mdi6.lock-outline", "Lock what no hand is to move")
        self.dice = self._button("mdi6.dice-5-outline", "")
        self.dice.setAccessibleName("A face by chance")
        self.dice.clicked.connect(lambda: rules.randomise())
        self.chance = self._button("mdi6.chevron-down", "How far a face by chance is from the one before")
        self.state = ElidedLabel("")
        self.state.setObjectName("dim")
        self.state.setContentsMargins(4, 0, 0, 0)
        self.end = self._button("mdi6.close", "Show everything, choose nothing (Esc, Ctrl+U)")
        self.end.clicked.connect(rules.let_go)
        for widget in (self.mirror, self.sides, self.links, self.locks, self.dice, self.chance):
            row.addWidget(widget)
        row.addWidget(self.state, 1)
        row.addWidget(self.end)
        for button, fill in (
            (self.sides, self._fill_sides), (self.links, self._fill_links), (self.locks, self._fill_locks),
            (self.chance, self._fill_chance),
        ):  # fmt: skip
            self._give_menu(button, fill)
        rules.changed.connect(self._show)
        self._show()

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("icon")
        button.setIcon(qtawesome.icon(icon, color=theme.TEXT, color_on=theme.ACCENT, color_disabled=theme.FAINT))
        button.setIconSize(QSize(ICON_PX, ICON_PX))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def _give_menu(self, button: QToolButton, fill: Callable[[QMenu], None]) -> None:
        menu = QMenu(button)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(partial(_refill, menu, fill))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _fill_sides(self, menu: QMenu) -> None:
        for way in MirrorWay:
            _add(menu, way.value, partial(self._rules.mirror, way))

    def _fill_links(self, menu: QMenu) -> None:
        rules = self._rules
        chosen = tuple(name for name in ARKIT_SHAPES if name in rules.chosen)
        add_title(menu, f"{len(chosen)} chosen" if chosen else "Ctrl+click on sliders chooses them")
        add_links(menu, rules, chosen)
        menu.addSeparator()
        linked = [name for link in rules.hand.links for name in link.names]
        _add(menu, "Unlink all", partial(rules.unlink, linked)).setEnabled(bool(linked))

    def _fill_locks(self, menu: QMenu) -> None:
        rules = self._rules
        chosen = tuple(name for name in ARKIT_SHAPES if name in rules.chosen)
        what = named(chosen) if chosen else "the chosen"
        _add(menu, f"Lock {what}", partial(rules.lock, chosen, locked=True)).setEnabled(bool(chosen))
        _add(menu, f"Unlock {what}", partial(rules.lock, chosen, locked=False)).setEnabled(bool(chosen))
        menu.addSeparator()
        _add(menu, "Lock all shapes", partial(rules.lock, ARKIT_SHAPES, locked=True))
        every = rules.hand.locked
        _add(menu, "Unlock all", partial(rules.lock, every, locked=False)).setEnabled(bool(every))

    def _fill_chance(self, menu: QMenu) -> None:
        add_title(menu, "How far from the face before")
        group = QActionGroup(menu)
        for strength in STRENGTHS:
            action = _add(menu, f"{strength:.0%}", partial(self._rules.set_strength, strength))
            action.setCheckable(True)
            action.setChecked(strength == self._rules.strength)
            group.addAction(action)
        menu.addSeparator()
        only = menu.addAction("Favourites only")
        only.setCheckable(True)
        only.setChecked(self._rules.favourites_only)
        only.toggled.connect(lambda on: self._rules.set_scope(favourites_only=on))

    def _show(self) -> None:
        rules = self._rules
        self.mirror.setChecked(rules.hand.mirrors)
        what = "what the search shows" if rules.found is not None else "all shapes"
        what = f"favourites in {what}" if rules.favourites_only else what
        self.dice.setToolTip(
            f"A face by chance: {what}, {rules.strength:.0%} of the way; locked ones stay (Ctrl+Shift+D)"
        )
        parts = [f"Only {named(rules.alone)}"] if rules.alone else []
        parts += [f"{len(rules.chosen)} chosen"] if rules.chosen else []
        parts += [f"{len(rules.hand.locked)} locked"] if rules.hand.locked else []
        self.state.setText(next(iter(parts), ""))  # there is room for one; the tooltip has them all
        self.state.setToolTip("\n".join(_listed(rules)))
        theme.set_state(self.state, "warning" if rules.alone else "")
        self.end.setEnabled(bool(rules.alone or rules.chosen))


def _listed(rules: SliderRules) -> list[str]:
    said = {"Shown alone": rules.alone, "Chosen": rules.chosen, "Locked": rules.hand.locked}
    return [f"{what}: {', '.join(map(short_name, sorted(names)))}" for what, names in said.items() if names]


def _refill(menu: QMenu, fill: Callable[[QMenu], None]) -> None:
    menu.clear()
    fill(menu)


def _add(menu: QMenu, text: str, slot: Callable[[], object]) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: slot())
    return action
