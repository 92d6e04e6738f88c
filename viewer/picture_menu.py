"""What the menus have of pictures for elsewhere: saving one, a turntable, copying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QProgressBar, QProgressDialog

from viewer.menus import add_action
from viewer.picture_dialog import PictureDialog, TurntableDialog
from viewer.stills.turntable import swing

if TYPE_CHECKING:
    from viewer.look.model import LookModel
    from viewer.stills.run import TurntableRun
    from viewer.stills.stills import Stills
    from viewer.window import MainWindow


def build_picture_menu(window: MainWindow, stills: Stills, look: LookModel) -> None:
    """Add them to the menus Face and Edit."""
    model = window.model

    def save() -> None:
        dialog = PictureDialog(model.mode, model.look, look.backdrop, window)
        dialog.chosen.connect(stills.save)
        _open(dialog)

    def turn() -> None:
        generator = model.engine.generator if model.engine is not None else None
        reach = swing(generator.card if generator is not None else None)
        dialog = TurntableDialog(model.mode, model.look, look.backdrop, reach, window)
        dialog.chosen.connect(stills.turn)
        _open(dialog)

    face = window.menus["face"]
    before = next((action for action in face.actions() if action.text() == "Save screenshot …"), None)
    saving = add_action(face, "Save picture of the face …", "Ctrl+Shift+S", save)
    turning = add_action(face, "Save turntable …", "", turn)
    turning.setToolTip("Pictures from all sides, as a folder of PNG or EXR files")
    if before is not None:
        face.insertActions(before, [saving, turning])
    _copying(window, stills)

    def show_progress(run: TurntableRun) -> None:
        _progress(window, run)

    window.keep(show_progress)
    stills.turntable_began.connect(show_progress)


def _copying(window: MainWindow, stills: Stills) -> None:
    edit = next(menu for menu in window.menuBar().findChildren(QMenu) if menu.title() == "&Edit")
    edit.addSeparator()
    copy = add_action(edit, "Copy picture", "Ctrl+C", lambda: stills.copy(with_background=False))
    copy.setToolTip("The views on the screen, with alpha")
    # Only where the picture has the keyboard: in a text field Ctrl+C copies text.
    copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    window.viewport.addAction(copy)
    add_action(edit, "Copy picture with background", "", lambda: stills.copy(with_background=True))


def _open(dialog: PictureDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _progress(window: MainWindow, run: TurntableRun) -> None:
    """How far it is, beside a window that goes on; the button gives it up."""
    shown = QProgressDialog("", "Give up", 0, run.form.frames, window)
    shown.setWindowTitle(f"Turntable · {run.form.folder.name}")
    shown.setWindowModality(Qt.WindowModality.NonModal)
    shown.setAutoClose(False)
    shown.setAutoReset(False)
    shown.setMinimumDuration(0)
    shown.setMinimumWidth(320)
    bar = QProgressBar()
    bar.setTextVisible(False)  # the label says more
    shown.setBar(bar)

    def show(done: int, count: int) -> None:
        shown.setLabelText(f"{done} of {count} pictures")
        shown.setValue(done)

    def end() -> None:
        shown.canceled.disconnect()
        shown.close()
        shown.deleteLater()

    show(0, run.form.frames)
    shown.canceled.connect(run.cancel)
    run.progressed.connect(show)
    run.ended.connect(end)
