"""The choice of what moves streamed faces: a performance, a take that was opened, a file, or performances in turn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from viewer.streaming.fields import choose

IN_TURN = "\n"  # no key and no file is called so


class SourceChoice(QComboBox):
    """`sources()` are what the faces play, in turn."""

    def __init__(self, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = tuple(titles)
        for key, title in titles.items():
            self.addItem(title, key)
        if len(titles) > 1:
            self.addItem("All of these, in turn", IN_TURN)
        self.setToolTip("What the faces play: a performance, a take, a timeline or a session's track")
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)

    def sources(self) -> tuple[str, ...]:
        """The keys or files of what is chosen."""
        key = self.currentData()
        return self._keys if key == IN_TURN else (key or "",)

    def choose(self, sources: tuple[str, ...]) -> None:
        """Choose what plays these; as it was, if nothing that is offered does."""
        choose(self, IN_TURN if sources == self._keys and len(sources) > 1 else sources[0])

    def add(self, key: str, title: str) -> None:
        """Offer what was opened in the window, in place of what had its key."""
        place = self.findData(key)
        if place < 0:
            self.addItem(title, key)
        else:
            self.setItemText(place, title)

    def offer(self, path: Path) -> None:
        """Offer a file, and choose it."""
        if self.findData(str(path)) < 0:
            self.addItem(path.name, str(path))
        self.setCurrentIndex(self.findData(str(path)))
        self.setItemData(self.currentIndex(), str(path), Qt.ItemDataRole.ToolTipRole)
