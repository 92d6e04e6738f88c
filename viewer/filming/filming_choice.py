"""What the next recording is to be: codec, rate, folder. Remembered; no widgets and no engine here."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal

from viewer.sessions.disk_room import DiskRoom, free_bytes, typical_rate
from viewer.sessions.layout import CODECS

RATES = (24.0, 25.0, 30.0, 48.0, 50.0, 60.0)
DEFAULT_FPS = 25.0
SLOWEST_FPS, FASTEST_FPS = 1.0, 240.0
USUAL_SIZE = 512


@dataclass(frozen=True)
class FilmingSettings:
    """How sessions are recorded. `folder` gets a new folder for each."""

    folder: Path
    codec: str = CODECS[0]
    fps: float = DEFAULT_FPS


class FilmingChoice(QObject):
    """Lives on the GUI thread. `memory` keeps what was chosen."""

    changed = Signal()  # another choice, or what is known of the disk
    _looked = Signal(object, object)  # folder, bytes, which 32 bits do not hold; from the thread that looks

    def __init__(self, memory: QSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self.settings = _remembered(memory)
        self.size = USUAL_SIZE  # of the pictures, pixels a side
        self._free_bytes = -1
        self._looking: threading.Thread | None = None
        self._looked.connect(self._on_looked)

    def choose(self, *, codec: str | None = None, fps: float | None = None, folder: Path | None = None) -> None:
        """Change some of it."""
        now = self.settings
        settings = replace(now, codec=codec or now.codec, fps=fps or now.fps, folder=folder or now.folder)
        if settings == now:
            return
        self.settings = settings
        if self._memory is not None:
            for name, value in {"codec": settings.codec, "fps": settings.fps, "folder": str(settings.folder)}.items():
                self._memory.setValue(f"recording/{name}", value)
        if settings.folder != now.folder:
            self._free_bytes = -1
            self.look()
        self.changed.emit()

    @property
    def room(self) -> DiskRoom:
        """What is free in the folder, and how long that may last."""
        rate = typical_rate(self.settings.codec, self.settings.fps, self.size)
        return DiskRoom(self._free_bytes, rate if self._free_bytes >= 0 else 0.0)

    def look(self) -> None:
        """Find out what is free, beside the window: a disk on a network may take its time."""
        if self._looking is not None and self._looking.is_alive():
            return
        folder = self.settings.folder
        self._looking = threading.Thread(target=lambda: self._looked.emit(folder, free_bytes(folder)), name="disk room")
        self._looking.start()

    def close(self) -> None:
        """Wait for the look at the disk."""
        if self._looking is not None:
            self._looking.join()

    def _on_looked(self, folder: Path, free: int) -> None:
        if folder != self.settings.folder:
            self._looking = None
            self.look()
        elif free != self._free_bytes:
            self._free_bytes = free
            self.changed.emit()


def sessions_folder() -> Path:
    """Where sessions go if nobody has said anything: among the user's videos."""
    videos = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return Path(videos) / "Mien"


def shortened_path(path: Path) -> str:
    """A path as people read it: with ~ for the home folder."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)


def _remembered(memory: QSettings | None) -> FilmingSettings:
    """What was chosen last; what cannot be is as at first."""
    usual = FilmingSettings(sessions_folder())
    if memory is None:
        return usual
    codec, folder = (str(memory.value(f"recording/{name}", "")) for name in ("codec", "folder"))
    try:
        fps = float(str(memory.value("recording/fps", usual.fps)))
    except ValueError:
        fps = usual.fps
    return FilmingSettings(
        Path(folder) if folder and Path(folder).is_absolute() else usual.folder,
        codec if codec in CODECS else usual.codec,
        fps if SLOWEST_FPS <= fps <= FASTEST_FPS else usual.fps,  # False for NaN
    )
