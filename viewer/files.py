"""Files of the window: asking for them by dialog, and opening what was dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog

from viewer.commands import Commands
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from viewer.window import MainWindow

FACES, GENERATORS, TAKES = (".glb", ".gltf"), (".onnx",), (".csv", ".json")


def dropped_file(data: QMimeData) -> Path | None:
    """The file that is being dropped: the first that could be opened, else the first."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    known = [path for path in paths if path.suffix.lower() in (*FACES, *GENERATORS, *TAKES)]
    return next(iter([*known, *paths]), None)


def open_file(path: Path, commands: Commands, model: ViewerModel) -> None:
    """Open a face, a take or a generator, as its name says, or a session's folder."""
    if path.is_dir():
        commands.open_session(path)
    elif path.suffix.lower() in (*FACES, *TAKES):  # a glTF may be either: who opens takes looks
        commands.open_take(path)
    elif path.suffix.lower() in GENERATORS:
        commands.open_generator(path)
    else:
        model.post(
            f"{path.name} is no face (.glb, .gltf), take (.csv, .glb, .json), generator (.onnx) or session's folder",
            "error",
        )


def choose_face(window: MainWindow) -> None:
    """Ask for a face file."""
    _choose(QFileDialog.getOpenFileName(window, "Open face", "", _filter("Faces", FACES)), window.commands.open_face)


def choose_generator(window: MainWindow) -> None:
    """Ask for a generator file."""
    answer = QFileDialog.getOpenFileName(window, "Open generator", "", _filter("Generators", GENERATORS))
    _choose(answer, window.commands.open_generator)


def choose_rival(window: MainWindow, compare: Callable[[Path], object]) -> None:
    """Ask for a generator file to compare with."""
    answer = QFileDialog.getOpenFileName(window, "Compare with generator", "", _filter("Generators", GENERATORS))
    _choose(answer, compare)


def choose_session(window: MainWindow) -> None:
    """Ask for a session's folder."""
    folder = QFileDialog.getExistingDirectory(window, "Open session", str(window.commands.sessions_folder))
    _choose((folder, ""), window.commands.open_session)


def choose_session_to_check(window: MainWindow) -> None:
    """Ask which session to look at."""
    folder = QFileDialog.getExistingDirectory(window, "Check session", str(window.commands.sessions_folder))
    _choose((folder, ""), window.commands.check_session)


def choose_screenshot(window: MainWindow) -> None:
    """Ask where a picture of the window goes."""
    picture = window.grab()  # before the file dialog is in front of it
    answer = QFileDialog.getSaveFileName(window, "Save screenshot", "mien.png", "PNG (*.png)")
    _choose(answer, lambda path: _save(picture, path, window.model))


def _filter(title: str, suffixes: tuple[str, ...]) -> str:
    return f"{title} ({' '.join('*' + suffix for suffix in suffixes)})"


def _choose(answer: tuple[str, str], then: Callable[[Path], object]) -> None:
    if answer[0]:
        then(Path(answer[0]))


def _save(picture: QPixmap, path: Path, model: ViewerModel) -> None:
    if picture.save(str(path), "PNG"):
        model.post(f"{path} saved")
    else:
        model.post(f"{path} cannot be written", "error")
