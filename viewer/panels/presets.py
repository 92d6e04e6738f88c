"""The presets panel: named faces as pictures; a click puts one on, sliders blend two; save, rename, import, export."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import qtawesome
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gpu_core.expression import Expression
from viewer import theme
from viewer.performance.preset_file import Preset
from viewer.shelf.grid import PresetGrid
from viewer.shelf.list import ALL, OWN, PresetList, chosen, kinds
from viewer.shelf.mix_bar import PresetMixBar
from viewer.shelf.mixer import PresetMixer
from viewer.shelf.name_row import PresetNameRow
from viewer.shelf.note_bar import NoteBar
from viewer.shelf.pictures import PresetPictures
from viewer.shelf.shelf import Note, PresetShelf
from viewer.viewer_model import ViewerModel

FILES = "Presets of Mien (*.json)"
SETTLE_MS = 40  # scrolling asks for pictures when it comes to rest
NO_PICTURES = "Drawing pictures, one by one …"
NONE_OF_OWN = "None of your own yet. Make a face, then Save face (Ctrl+Shift+P), or drop a file of presets here."


class PresetsPanel(QWidget):
    """Shows the shelf; what happens to it is told in a note under the grid."""

    def __init__(
        self, model: ViewerModel, shelf: PresetShelf, pictures: PresetPictures, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAcceptDrops(True)
        self._model, self._shelf, self.pictures = model, shelf, pictures
        self.mixer = PresetMixer(model)
        self.list = PresetList(pictures.picture)
        self.grid = PresetGrid(self.list)
        self.mix_bar = PresetMixBar(self.mixer)
        self.note = NoteBar()
        self.name_row = PresetNameRow(model)
        self.search = QLineEdit(placeholderText="Search presets")
        self.kind = QComboBox()
        self.empty = QLabel()
        self.waiting = QLabel(NO_PICTURES)
        self._looks = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._build()
        self._connect()
        self._list()

    # -- building ----------------------------------------------------------------------------------------------------
    def _build(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("By title, kind or ARKit name")
        self.kind.addItems([ALL, *kinds()])
        self.kind.setToolTip("Which kind of presets to show")
        self.kind.setAccessibleName("Kind of presets")
        self.empty.setObjectName("dim")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(16, 16, 16, 16)
        self.waiting.setObjectName("dim")
        self.waiting.setContentsMargins(8, 0, 8, 4)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 4)
        top.setSpacing(4)
        top.addWidget(self.search, 1)
        top.addWidget(self.kind)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.waiting)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.empty, 1)
        for widget in (self.note, self.name_row, self.mix_bar):
            layout.addWidget(widget)
        layout.addLayout(self._bottom())

    def _bottom(self) -> QHBoxLayout:
        self.save = QPushButton("Save face …")
        self.save.setIcon(qtawesome.icon("mdi6.plus", color=theme.TEXT))
        self.save.setToolTip("Save the face as it is now as a preset (Ctrl+Shift+P)")
        self.more = QToolButton()
        self.more.setText("More")
        self.more.setToolTip("Rename, delete, import, export")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = self._menu()
        self.more.setMenu(self.menu)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 8)
        row.setSpacing(4)
        row.addWidget(self.save, 1)
        row.addWidget(self.more)
        return row

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        add = partial(_add, menu)
        self.rename = add("Rename\tF2", self._rename)
        self.delete = add("Delete\tDel", self._delete)
        menu.addSeparator()
        add("Import …", self.choose_import)
        self.export_chosen = add("Export chosen …", self._export_chosen)
        self.export_own = add("Export all of your own …", self.choose_export_own)
        menu.aboutToShow.connect(self._enable)
        return menu

    def _connect(self) -> None:
        self.search.textChanged.connect(self._list)
        self.kind.currentTextChanged.connect(self._list)
        self.grid.used.connect(self._use)
        self.grid.chosen.connect(self._choose)
        self.grid.deleted.connect(self._delete)
        self.grid.renaming.connect(self._rename)
        self.grid.looked_at.connect(self._looks.start)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._show_menu)
        self._looks.timeout.connect(self._want)
        self.list.renamed.connect(self._shelf.rename)
        self.save.clicked.connect(self.start_saving)
        self.name_row.named.connect(self._save)
        self.name_row.given_up.connect(self.grid.setFocus)
        self._shelf.changed.connect(self._list)
        self._shelf.noted.connect(self._on_note)
        self._shelf.saved.connect(self._on_saved)
        self.pictures.changed.connect(self._on_pictures)
        self._model.playback_changed.connect(self._show_waiting)

    # -- what is listed ----------------------------------------------------------------------------------------------
    def _list(self) -> None:
        names = tuple(preset.name for preset in self.mixer.chosen)
        kind, text = self.kind.currentText(), self.search.text()
        self.list.show(chosen(self._shelf.presets, self._shelf.own, kind=kind, text=text), self._shelf.own)
        self.grid.choose(names)
        is_empty = not self.list.presets
        self.grid.setVisible(not is_empty)
        self.empty.setVisible(is_empty)
        self.empty.setText(self._why_empty())
        self._looks.start()

    def _why_empty(self) -> str:
        if not self._shelf.presets:
            return "Reading the presets …"
        if self.kind.currentText() == OWN and not self._shelf.own:
            return NONE_OF_OWN
        return "No preset of that name. ARKit names work too."

    def _choose(self, presets: tuple[Preset, ...]) -> None:
        self.mixer.choose(presets)
        marks = zip((preset.name for preset in presets), "AB", strict=False)
        self.list.mark(dict(marks) if len(presets) == 2 else {})

    def _use(self, preset: Preset) -> None:
        self.grid.choose((preset.name,))
        self.mixer.use(preset)

    def _want(self) -> None:
        self.pictures.want(self.grid.visible_presets())
        self._show_waiting()

    def _on_pictures(self) -> None:
        self.list.refresh()
        self._show_waiting()

    def _show_waiting(self, _playback: object = None) -> None:
        """Say why there are no pictures, if something keeps the engine busy."""
        seen = self.grid.visible_presets()
        has_gaps = any(self.pictures.picture(preset.expression) is None for preset in seen)
        self.waiting.setVisible(has_gaps and self._model.playback.playing)

    # -- what is done with them --------------------------------------------------------------------------------------
    def start_saving(self) -> None:
        """Ask for the name of the face as it is now."""
        self._shelf.load()
        self.name_row.ask()

    def _save(self, title: str, face: Expression) -> None:
        self._shelf.save(title, face)

    def choose_import(self) -> None:
        """Ask for files of presets."""
        names, _ = QFileDialog.getOpenFileNames(self, "Import presets", "", FILES)
        self._shelf.import_files(map(Path, names))

    def choose_export_own(self) -> None:
        """Ask where all of the user's presets go."""
        self._export([preset for preset in self._shelf.presets if preset.name in self._shelf.own], "presets")

    def _export_chosen(self) -> None:
        presets = self.mixer.chosen
        self._export(presets, presets[0].name if len(presets) == 1 else "presets")

    def _export(self, presets: tuple[Preset, ...] | list[Preset], name: str) -> None:
        if not presets:
            self.note.show_note("There is nothing to export yet: save a face first", "warning")
            return
        file, _ = QFileDialog.getSaveFileName(self, "Export presets", f"{name}.json", FILES)
        if file:
            path = Path(file)
            self._shelf.export([preset.name for preset in presets], path if path.suffix else path.with_suffix(".json"))

    def _rename(self) -> None:
        if not self.grid.rename_current() and self.mixer.chosen:
            self.note.show_note("What comes with Mien keeps its name: only your own presets can be renamed", "warning")

    def _delete(self) -> None:
        own = [preset.name for preset in self.mixer.chosen if preset.name in self._shelf.own]
        if own:
            self._shelf.delete(own)
        elif self.mixer.chosen:
            self.note.show_note("What comes with Mien stays: only your own presets can be deleted", "warning")

    def _enable(self) -> None:
        picked, own = self.mixer.chosen, self._shelf.own
        self.rename.setEnabled(len(picked) == 1 and picked[0].name in own)
        self.delete.setEnabled(any(preset.name in own for preset in picked))
        self.export_chosen.setEnabled(bool(picked))
        self.export_own.setEnabled(bool(own))

    def _show_menu(self, at: QPoint) -> None:
        self.menu.popup(self.grid.viewport().mapToGlobal(at))

    # -- what the shelf says -----------------------------------------------------------------------------------------
    def _on_note(self, note: Note) -> None:
        self.note.show_note(note.text, note.level, offer=note.offer, then=note.then, details=note.details)

    def _on_saved(self, preset: Preset) -> None:
        """Show it where it is, whatever was searched for."""
        self.name_row.note_saved(preset.title)
        self.note.hide()
        if not self.list.index_of(preset.name).isValid():
            self.search.clear()
            self.kind.setCurrentText(OWN)
        self.grid.choose((preset.name,))
        self.grid.setFocus()

    # -- Qt ----------------------------------------------------------------------------------------------------------
    def showEvent(self, event: QShowEvent) -> None:
        """Qt: somebody looks; thumbnails are drawn from now on."""
        super().showEvent(event)
        self._shelf.load()
        self._looks.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Qt: nobody looks."""
        super().hideEvent(event)
        self.pictures.want(())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: files of presets may be dropped here."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: import them."""
        self._shelf.import_files(_dropped(event))


def _add(menu: QMenu, text: str, slot: object) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(slot)
    return action


def _dropped(event: QDropEvent) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() == ".json"]
