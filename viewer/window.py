"""The main window: the face in the middle, panels in docks around it, menus, two layouts that are remembered."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QToolButton,
    QWidget,
)

from viewer import theme
from viewer.about import TextDialog, report
from viewer.button_keys import ButtonKeys
from viewer.calm_wheel import CalmWheel
from viewer.closing import close_all
from viewer.commands import Commands
from viewer.dock_places import (
    BEHIND,
    BEHIND_TIMELINE,
    BOTTOM,
    BOTTOM_PX,
    BOTTOM_ROW,
    CORNERS,
    FRONT,
    HIDDEN,
    LEFT,
    LOWER,
    RIGHT,
    TABS,
    TIMELINE_PX,
    TITLE_PX,
)
from viewer.files import dropped_file, open_file
from viewer.first_size import FIRST_SIZE, roomy
from viewer.menus import build_menus
from viewer.panels.path_badge import PathBadge
from viewer.panels.recording import RecordingPanel
from viewer.panels.switches import SwitchesPanel
from viewer.picture_stage import PictureStage
from viewer.sessions.recording import Recording
from viewer.status_line import StatusLine
from viewer.view_values import Canvas
from viewer.viewer_model import ViewerModel

STATE_VERSION = 7  # of what is remembered: raised when docks move; which docks there are is part of it by itself


class MainWindow(QMainWindow):
    """Shows the model. What needs the engine or the disk goes through `commands`."""

    def __init__(
        self,
        model: ViewerModel,
        commands: Commands,
        viewport: PictureStage,
        panels: Mapping[str, tuple[QWidget, Qt.DockWidgetArea]],
        performances: Mapping[str, str],
        settings: QSettings | None = None,
        layout: str = "",
    ) -> None:
        """`layout` is one of HIDDEN; "": the one that was used last."""
        super().__init__()
        self.model, self.commands, self.viewport = model, commands, viewport
        self.notes: list[str] = []  # for the text behind F1
        self._settings = settings
        self._kept: list[object] = []
        self._layout = ""
        self._is_picked = False
        self._below_face: dict[QDockWidget, int] = {}  # heights of the bottom row before a frame was picked
        self.setWindowTitle("Mien")
        self.setCentralWidget(viewport)
        viewport.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        viewport.setFocus()  # else the search has it from the start, and takes Space, P and R for letters
        self.setDockNestingEnabled(True)
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self._set_corners("engineer")
        self.docks = {title: self._dock(title, panel, area) for title, (panel, area) in panels.items()}
        self._place_docks()
        self.setStatusBar(StatusLine(model, self))
        self.menus = build_menus(self, model, performances)
        self._build_corner()
        ButtonKeys(self)
        for dock in self.docks.values():
            dock.hide()  # a layout shows its own: all of them at once would need more than the screen
        if (layout_of_docks := self.layout()) is not None:
            layout_of_docks.activate()  # forget what they would have needed
        # A layout that knows nothing of a dock would hide it for ever.
        self._version = zlib.crc32(repr((STATE_VERSION, *self.docks)).encode()) & 0x7FFFFFFF
        self._as_at_first = self.saveState(self._version)
        self._restore(layout)
        model.recording_changed.connect(self._on_recording)

    def keep(self, slot: object) -> None:
        """Hold on to a function that a signal calls, for as long as the window lives."""
        self._kept.append(slot)

    # -- building ----------------------------------------------------------------------------------------------------
    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(title)
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        if isinstance(panel, QAbstractScrollArea):
            CalmWheel(panel)
        if isinstance(panel, RecordingPanel):
            panel.toggled.connect(self.commands.toggle_recording)
        if isinstance(panel, PathBadge):
            panel.cancelled.connect(self.commands.cancel_building)
        if isinstance(panel, SwitchesPanel):
            panel.chosen.connect(self.commands.configure)
            panel.thrown.connect(self.commands.toggle_classic)
        return dock

    def _place_docks(self) -> None:
        """The picked frame takes the whole width above its neighbours in the bottom row, the timeline below them."""
        for tabs in TABS:
            for before, dock in itertools.pairwise(self.docks[title] for title in tabs if title in self.docks):
                self.tabifyDockWidget(before, dock)
        row = [title for title, dock in self.docks.items() if self.dockWidgetArea(dock) == BOTTOM]
        if "Frame" not in row:
            return
        below = [self.docks[title] for title in BOTTOM_ROW if title in row]
        self.addDockWidget(BOTTOM, self.docks["Frame"])
        for dock in below[:1]:
            self.splitDockWidget(self.docks["Frame"], dock, Qt.Orientation.Vertical)
            if "Timeline" in row:
                self.splitDockWidget(dock, self.docks["Timeline"], Qt.Orientation.Vertical)
        for before, dock in itertools.pairwise(below):
            self.splitDockWidget(before, dock, Qt.Orientation.Horizontal)
        for front, behind in BEHIND.items():
            if front in row and behind in row:
                self.tabifyDockWidget(self.docks[front], self.docks[behind])

    def _build_corner(self) -> None:
        corner = QWidget(self.menuBar())
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 2, 8, 2)
        row.setSpacing(0)
        self.recording = QLabel("")
        self.recording.setObjectName("recording")
        self.recording.setFont(theme.figures())
        # Room kept from the beginning: a corner of a menu bar does not grow.
        self.recording.setFixedWidth(self.recording.fontMetrics().horizontalAdvance("● REC 00:00:00") + 24)
        self.recording.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.recording)
        self.layout_buttons = {}
        for name in HIDDEN:
            button = QToolButton(corner)
            button.setText(name.capitalize())
            button.setCheckable(True)
            button.setObjectName("layout")
            button.setToolTip(f"The {name}'s layout")
            button.clicked.connect(lambda _checked=False, name=name: self.set_layout(name))
            row.addWidget(button)
            self.layout_buttons[name] = button
        self.menuBar().setCornerWidget(corner)
        self.keep(corner)  # Qt owns it only on paper

    def size_docks(self) -> None:
        """Give the docks their first sizes. Qt needs to know the window's own size before."""
        sides = {LEFT: 324, RIGHT: 304}
        for area, width in sides.items():
            docks = [dock for dock in self.docks.values() if self.dockWidgetArea(dock) == area]
            self.resizeDocks(docks, [width] * len(docks), Qt.Orientation.Horizontal)
        row = [self.docks[title] for title in BOTTOM_ROW if title in self.docks]
        if self._layout != "artist" and len(row) == len(BOTTOM_ROW):
            self.resizeDocks(row, [348, 292], Qt.Orientation.Horizontal)
        # The engineer's switches and the artist's timeline need more room than the sliders, which scroll.
        sliders = 290 if self._layout == "artist" or "Switches" in self.docks else 440
        heights = {"Expressions": sliders, "Head and gaze": 160, "Switches": 310, "Path": 90}
        heights |= {"Latency": 440, "Utilisation": 240}
        heights |= {"Timeline": TIMELINE_PX} if self._layout == "artist" else dict.fromkeys(BOTTOM_ROW, BOTTOM_PX)
        known = [title for title in heights if title in self.docks]
        self.resizeDocks([self.docks[title] for title in known], [heights[t] for t in known], Qt.Orientation.Vertical)

    # -- layouts -----------------------------------------------------------------------------------------------------
    def set_layout(self, name: str) -> None:
        """Change to the artist's or the engineer's layout, as the user left it."""
        is_picked = self._is_picked
        self._save_layout()
        self._layout = name
        if self._settings is not None:
            self._settings.setValue("layout", name)  # now: who is killed is back in it as well
        state = self._settings.value(f"layout/{name}") if self._settings is not None else None
        if state is None or not self.restoreState(state, self._version):
            self._arrange(name)
        self.show_frame_dock(wanted=is_picked)
        for key, button in self.layout_buttons.items():
            button.setChecked(key == name)

    def show_frame_dock(self, *, wanted: bool) -> None:
        """Show the dock of the picked frame while there is one, where the engineer's figures are shown."""
        dock, self._is_picked = self.docks.get("Frame"), wanted
        if dock is None:
            return
        if wanted and not self.docks["Latency"].isHidden() and dock.isHidden():
            row = {self.docks[title]: self.docks[title].height() for title in BOTTOM_ROW if title in self.docks}
            self._below_face = row
            dock.show()
            tall = row | {dock: dock.widget().sizeHint().height() + TITLE_PX}
            self.resizeDocks(list(tall), list(tall.values()), Qt.Orientation.Vertical)
        elif not wanted and not dock.isHidden():
            dock.hide()
            self._give_back_height()

    def _give_back_height(self) -> None:
        """To the face what the picked frame took from it: Qt leaves it to the row below."""
        row = self._below_face
        self.resizeDocks(list(row), list(row.values()), Qt.Orientation.Vertical)

    def reset_layouts(self) -> None:
        """Both layouts as they were at first."""
        if self._settings is not None:
            self._settings.remove("layout")
        name, self._layout = self._layout, ""
        self.set_layout(name)

    def _arrange(self, name: str) -> None:
        self.restoreState(self._as_at_first, self._version)
        self._set_corners(name)
        for title, dock in self.docks.items():
            dock.setVisible(title not in HIDDEN[name])
        if name == "artist":
            self._spread_timeline()
        for title in FRONT[name]:
            if title in self.docks:
                self.docks[title].raise_()
        self.size_docks()

    def _set_corners(self, name: str) -> None:
        """The artist's timeline has the whole width, the engineer's figures have the whole height."""
        for corner, side in CORNERS.items():
            self.setCorner(corner, BOTTOM if name == "artist" and corner in LOWER else side)

    def _spread_timeline(self) -> None:
        """The row below the face as tabs, the timeline in front: side by side it would be cut short."""
        if "Timeline" not in self.docks:
            return
        for title in BEHIND_TIMELINE:
            if title in self.docks:
                self.tabifyDockWidget(self.docks["Timeline"], self.docks[title])
        self.docks["Timeline"].raise_()

    def _save_layout(self) -> None:
        """Without the picked frame: it is gone next time, and its room would be left to the row below."""
        self.show_frame_dock(wanted=False)
        if self._settings is not None and self._layout:
            self._settings.setValue(f"layout/{self._layout}", self.saveState(self._version))

    def _restore(self, layout: str = "") -> None:
        self.resize(*FIRST_SIZE)
        name = layout or "engineer"
        if self._settings is not None:
            self.resize(roomy(FIRST_SIZE, self.screen().availableSize().toTuple()))
            name = layout or str(self._settings.value("layout", name))
            geometry = self._settings.value("geometry")
            if geometry is not None:
                self.restoreGeometry(geometry)
        self.set_layout(name if name in HIDDEN else "engineer")

    def _remember(self) -> None:
        if self._settings is not None:
            self._save_layout()
            self._settings.setValue("layout", self._layout)
            self._settings.setValue("geometry", self.saveGeometry())

    # -- what the menus ask for --------------------------------------------------------------------------------------
    def find_shape(self) -> None:
        """Put the keyboard into the search of the expressions."""
        dock = self.docks["Expressions"]
        dock.show()
        for field in dock.findChildren(QLineEdit):
            field.setFocus()
            field.selectAll()

    def show_pixels(self) -> None:
        """One pixel of the picture to one pixel of the screen."""
        self.model.set_canvas(Canvas(self.viewport.zoom_for_pixels()))

    def open_recording(self) -> None:
        """Open the folder of the last recording."""
        for dock in self.docks.values():
            panel = dock.widget()
            if isinstance(panel, RecordingPanel) and self.model.recording.folder:
                panel.open_folder()

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_about(self) -> None:
        """The report about this machine and this run."""
        TextDialog("About this machine", report(self.model, self.notes), self).open()

    def show_keys(self) -> None:
        """Every shortcut there is."""
        lines = []
        for menu in self.menuBar().findChildren(QMenu):
            for action in menu.actions():
                if not action.shortcut().isEmpty():
                    lines.append(f"{action.shortcut().toString():14}{action.text()}")
        TextDialog("Keys", "\n".join(lines), self).open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: faces and generators may be dropped anywhere on the window."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: open what was dropped, or say why not."""
        path = dropped_file(event.mimeData())
        if path is not None:
            open_file(path, self.commands, self.model)

    # -- Qt ----------------------------------------------------------------------------------------------------------
    def _on_recording(self, recording: Recording) -> None:
        minutes, seconds = divmod(int(recording.seconds), 60)
        self.recording.setText(f"● REC {minutes:02d}:{seconds:02d}" if recording.running else "")

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: a remembered dock that floats was there before the window, and window managers would leave it behind."""
        super().showEvent(event)
        if not event.spontaneous():
            QTimer.singleShot(0, self, self._show_floating)

    def _show_floating(self) -> None:
        for dock in self.docks.values():
            if dock.isFloating() and dock.isVisible():
                dock.hide()
                dock.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: remember the layout, stop what draws."""
        close_all(self._remember, self.commands.close)
        super().closeEvent(event)
        QGuiApplication.quit()
