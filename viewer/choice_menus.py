"""The parts of the menus that change: shipped faces; shipped and recent generators; precisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from gpu_core.assets import shipped_faces
from gpu_core.gltf.title import face_title
from viewer.commands import Commands
from viewer.engine_info import Choices, EngineInfo
from viewer.recent_files import RecentFiles
from viewer.viewer_model import ViewerModel
from viewer.window import MainWindow

PRECISION_TITLES = {
    "auto": "auto, the best here",
    "fp32": "fp32, exact",
    "bf16": "bf16, quicker on the CPU",
    "int8": "INT8, quickest on the CPU",
    "fp16": "fp16, on the GPU",
}


@dataclass(frozen=True)
class Entry:
    """One action to be: `reason` says why it cannot be chosen, if so."""

    title: str
    choose: Callable[[], object]
    checked: bool = False
    reason: str = ""
    tip: str = ""


class Section(QObject):
    """Actions of a menu that are one choice, made anew whenever it changes; they stand before `before`, or last."""

    def __init__(self, menu: QMenu, before: QAction | None = None) -> None:
        super().__init__(menu)
        self._menu, self._before = menu, before
        self._group = QActionGroup(self)
        self._marked: QAction | None = None
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)

    def show_entries(self, entries: Iterable[Entry]) -> None:
        """Replace what is there."""
        for action in self._group.actions():
            self._menu.removeAction(action)
            self._group.removeAction(action)
            action.deleteLater()
        self._marked = None
        for entry in entries:
            action = QAction(entry.title.replace("&", "&&"), self._group)
            action.setCheckable(True)
            action.setChecked(entry.checked)
            self._marked = action if entry.checked else self._marked
            action.setEnabled(not entry.reason)
            action.setToolTip(_sentence(entry.reason or entry.tip or entry.title))
            action.triggered.connect(partial(self._on_triggered, action, entry))
            if self._before is not None:
                self._menu.insertAction(self._before, action)
            else:
                self._menu.addAction(action)

    def _on_triggered(self, action: QAction, entry: Entry, _checked: bool = False) -> None:
        """The mark moves when the choice has come true, which it may not."""
        marked = self._marked
        action.setChecked(action is marked)
        if marked is not None:
            marked.setChecked(True)
        if action is not marked:
            entry.choose()


class ChoiceMenus(QObject):
    """Keeps the window's menus of faces, generators and precisions as the model says."""

    def __init__(self, window: MainWindow, model: ViewerModel, commands: Commands, recent: RecentFiles) -> None:
        super().__init__(window)
        self._model, self._commands, self._recent = model, commands, recent
        face, generator = window.menus["face"], window.menus["generator"]
        self.faces = Section(face, face.insertSeparator(face.actions()[0]))
        opens = generator.actions()[0]
        self.shipped = Section(generator, generator.insertSeparator(opens))
        self.used = Section(generator, generator.insertSeparator(opens))
        generator.addSeparator()
        menu = QMenu("Precision", generator)
        menu.setToolTipsVisible(True)
        generator.addMenu(menu)
        self.precisions = Section(menu)
        model.engine_changed.connect(self._on_engine)
        model.choices_changed.connect(self._on_choices)
        self._show()

    def show_recent(self) -> None:
        """The recent files have changed."""
        generator = self._model.engine.generator if self._model.engine is not None else None
        current = generator.path.absolute() if generator is not None else None
        self.used.show_entries(self._recent_entry(path, current) for path in self._recent.paths)

    def _recent_entry(self, path: Path, current: Path | None) -> Entry:
        gone = "" if path.is_file() else f"{path} is no longer there"
        return Entry(path.name, partial(self._commands.open_generator, path), path == current, gone, str(path))

    def _on_engine(self, _engine: EngineInfo) -> None:
        self._show()

    def _on_choices(self, _choices: Choices) -> None:
        self._show()

    def _show(self) -> None:
        engine, choices = self._model.engine, self._model.choices
        generator = engine.generator if engine is not None else None
        precision = engine.settings.precision if engine is not None else "auto"
        shown = engine.face_file if engine is not None else None
        self.faces.show_entries(
            Entry(face_title(path), partial(self._commands.open_face, path), path == shown, tip=f"The shipped {name}")
            for name, path in shipped_faces().items()
        )
        self.shipped.show_entries(
            Entry(
                model.name,
                partial(self._commands.open_generator, model.path),
                generator is not None and model.path == generator.path,
                tip=f"The shipped generator {model.name}",
            )
            for model in choices.generators
        )
        self.show_recent()
        self.precisions.show_entries(
            Entry(PRECISION_TITLES[name], partial(self._commands.set_precision, name), name == precision, reason)
            for name, reason in (choices.precisions or dict.fromkeys(PRECISION_TITLES, "")).items()
        )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
