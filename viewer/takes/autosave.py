"""Nothing lost: the timeline is written to the user's data folder soon after every change, and is back at next start.

Two windows write to two files: each holds the lock of its own.
"""

from __future__ import annotations

import pickle
import threading
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QSettings, QStandardPaths, QTimer

from gpu_core.errors import MienError
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import write_timeline
from viewer.playable import TIMELINE
from viewer.takes.errands import Errand
from viewer.takes.take_files import CHILD, TakeFiles, keys_told, unpacked
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

PAUSE_MS = 3000  # between a change and the file
MOST_WINDOWS = 8


class Autosave(QObject):
    """Lives on the GUI thread; `memory` keeps which file the timeline belongs to."""

    def __init__(
        self, model: ViewerModel, timeline: TimelineModel, files: TakeFiles, memory: QSettings, folder: Path
    ) -> None:
        super().__init__(timeline)
        self._model, self._timeline, self._files, self._memory = model, timeline, files, memory
        self._lock, self.file = _free_place(folder)
        self._written: Timeline | None = None
        self._is_writing = self._is_reading = False
        self._one_writer = threading.Lock()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._write_beside)
        timeline.changed.connect(self._on_changed)
        files.changed.connect(self._on_changed)

    def restore(self) -> None:
        """Bring back the timeline of last time, unless somebody has begun another meanwhile."""
        if self.file is not None and self.file.exists():
            self._is_reading = True
            self._files.errands.run(partial(_read, self.file), self._on_read, self._on_damaged)

    def close(self) -> None:
        """Write what has not been written, and let go of the file. Again is fine."""
        if self.file is not None and not self._is_reading:
            self._timer.stop()
            try:
                self._write(self._timeline.timeline)
            except MienError as error:
                self._refuse(str(error))
            self._note_document()
        self.file = None
        if self._lock is not None:
            self._lock.unlock()

    def _on_changed(self, *_: object) -> None:
        if self.file is not None and not self._is_reading and not self._timer.isActive():
            self._timer.start()

    def _write_beside(self) -> None:
        if self._is_writing:
            self._timer.start()
            return
        self._is_writing = True
        self._note_document()
        timeline = self._timeline.timeline
        self._files.errands.run(lambda _errand: self._write(timeline), self._on_written, self._on_refused)

    def _write(self, timeline: Timeline) -> None:
        """On any thread."""
        with self._one_writer:
            file = self.file
            if file is None or timeline is self._written:
                return
            if timeline.tracks:
                write_timeline(timeline, file)
            else:
                with suppress(OSError):
                    file.unlink(missing_ok=True)
            self._written = timeline

    def _note_document(self) -> None:
        if self.file is not None:
            self._memory.setValue(f"{self.file.stem}/file", str(self._files.path or ""))
            self._memory.setValue(f"{self.file.stem}/saved", str(self._files.is_saved))
            self._memory.setValue(f"{self.file.stem}/chosen", str(self._model.playback.name == TIMELINE))

    def _on_written(self, _nothing: object) -> None:
        self._is_writing = False

    def _on_refused(self, text: str) -> None:
        self._is_writing = False
        self._refuse(text)

    def _refuse(self, text: str) -> None:
        self._model.post(f"The take is not being kept for next time: {text}", "error")

    def _on_read(self, timeline: object) -> None:
        assert isinstance(timeline, Timeline)
        self._is_reading = False
        if self.file is None:
            return
        if self._timeline.timeline.tracks:  # somebody was quicker
            self._put_aside(self.file, "before")
            self._on_changed()
            return
        said = str(self._memory.value(f"{self.file.stem}/file", ""))
        is_saved = self._memory.value(f"{self.file.stem}/saved", "") == "True"
        self._files.adopt(timeline, Path(said) if said else None, is_saved=is_saved)
        self._written = self._timeline.timeline
        if self._memory.value(f"{self.file.stem}/chosen", "") == "True" and not self._model.playback.playing:
            self._model.set_playback(replace(self._model.playback, name=TIMELINE))
        self._model.post(f"{self._files.name} is back as you left it: {keys_told(timeline)}")

    def _on_damaged(self, text: str) -> None:
        self._is_reading = False
        if self.file is not None:
            aside = self._put_aside(self.file, "damaged")
            self._model.post(f"The take of last time cannot be read, it is kept as {aside}: {text}", "warning")

    def _put_aside(self, file: Path, why: str) -> Path:
        aside = file.with_suffix(f".{why}.json")
        with suppress(OSError):
            file.replace(aside)
        return aside


def data_folder() -> Path:
    """Where what the user has not saved is kept."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))


def _free_place(folder: Path) -> tuple[QLockFile | None, Path | None]:
    """A file that no other window writes to, and its lock; none where nothing can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None, None
    for number in range(1, MOST_WINDOWS + 1):
        lock = QLockFile(str(folder / f"timeline-{number}.lock"))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            return lock, folder / f"timeline-{number}.json"
    return None, None


def _read(file: Path, errand: Errand) -> Timeline:
    return unpacked(pickle.loads(errand.ask(CHILD, ["read", str(file)])))
