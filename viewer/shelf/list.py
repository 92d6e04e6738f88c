"""The presets as a list for Qt's views: filtered by kind and by a search, with what a tooltip says of each."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from gpu_core.expression import Expression
from viewer.performance.preset_file import Preset
from viewer.performance.preset_mixing import weights_text
from viewer.performance.presets import GROUPS, OWN_GROUP

PRESET = Qt.ItemDataRole.UserRole
MARK = Qt.ItemDataRole.UserRole + 1  # "A" and "B" of a blend, or ""
LONGEST_SOURCE = 160
KIND_TITLES: Mapping[str, str] = {
    "rest": "At rest",
    "emotions": "Emotions",
    "everyday": "Everyday",
    "visemes": "Visemes",
    "sounds": "Phonetic extremes",
}
ALL, OWN = "All", "Your own"
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class PresetList(QAbstractListModel):
    """Shows `presets`; `picture` has the thumbnail of an expression."""

    renamed = Signal(str, str)  # name, title that was typed

    def __init__(self, picture: Callable[[Expression], QPixmap | None]) -> None:
        super().__init__()
        self.presets: tuple[Preset, ...] = ()
        self._own: frozenset[str] = frozenset()
        self._marks: Mapping[str, str] = {}
        self._picture = picture

    def show(self, presets: Iterable[Preset], own: frozenset[str]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self.presets, self._own = tuple(presets), own
        self.endResetModel()

    def mark(self, marks: Mapping[str, str]) -> None:
        """Letters on some presets, by name."""
        if marks != self._marks:
            self._marks = dict(marks)
            self.refresh()

    def refresh(self) -> None:
        """There are other pictures, or other marks."""
        if self.presets:
            self.dataChanged.emit(self.index(0), self.index(len(self.presets) - 1))

    def index_of(self, name: str) -> QModelIndex:
        """Where a preset is listed; an invalid index if it is not."""
        row = next((row for row, preset in enumerate(self.presets) if preset.name == name), -1)
        return self.index(row) if row >= 0 else QModelIndex()

    # -- Qt ----------------------------------------------------------------------------------------------------------
    def rowCount(self, parent: Index = _ROOT) -> int:
        """Qt: how many there are."""
        return 0 if parent.isValid() else len(self.presets)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: what there is to show of one."""
        if not index.isValid():
            return None
        preset = self.presets[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole):
            return preset.title
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(preset.expression)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(preset)
        if role == PRESET:
            return preset
        return self._marks.get(preset.name, "") if role == MARK else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt: another title was typed; it shows when it has been written."""
        preset = self.presets[index.row()]
        if role == Qt.ItemDataRole.EditRole and str(value).strip() not in ("", preset.title):
            self.renamed.emit(preset.name, str(value))
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt: only the user's own can be renamed."""
        flags = super().flags(index)
        is_own = index.isValid() and self.presets[index.row()].name in self._own
        return flags | Qt.ItemFlag.ItemIsEditable if is_own else flags


def kind_of(preset: Preset, own: frozenset[str]) -> str:
    """The kind under which a preset is listed."""
    return OWN if preset.name in own else KIND_TITLES.get(preset.group, OWN)


def kinds() -> tuple[str, ...]:
    """All kinds, in order."""
    return (*(KIND_TITLES[group] for group in GROUPS), OWN)


def chosen(presets: Sequence[Preset], own: frozenset[str], *, kind: str, text: str) -> list[Preset]:
    """The presets of a kind that a search finds: every word in title, group or the names of the shapes that move."""
    words = text.lower().split()
    of_kind = (preset for preset in presets if kind in (ALL, kind_of(preset, own)))
    if not words:
        return list(of_kind)
    return [preset for preset in of_kind if all(word in _searched(preset) for word in words)]


def tooltip(preset: Preset) -> str:
    """Title, where the numbers come from, ARKit weights, as rich text."""
    source = textwrap.shorten(preset.source, LONGEST_SOURCE, placeholder=" …") or _unsaid(preset)
    lines = (html.escape(line) for line in (source, weights_text(preset.expression)))
    return f"<b>{html.escape(preset.title)}</b><br>" + "<br>".join(lines)


def _unsaid(preset: Preset) -> str:
    return "Saved here" if preset.group == OWN_GROUP else KIND_TITLES.get(preset.group, preset.group)


@lru_cache(4096)
def _searched(preset: Preset) -> str:
    moved = weights_text(preset.expression) if any(preset.expression.weights) else ""
    return f"{preset.title} {preset.name} {preset.group} {moved}".lower()
