"""The folder of a session that is being written: made new, locked, described in session.json, whole at every moment."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from viewer.sessions.growing_file import RecordingError
from viewer.sessions.layout import STATE_NAME
from viewer.sessions.writer_lock import WriterLock

_SPARE_BYTES = 8192  # kept on the disk for the last session.json: a full disk has no room for it otherwise
SPARE_NAME = ".spare"


class SessionFolder:
    """`parent`/NAME, or NAME_2 and so on; without a name `parent` itself, which has to be new or empty.

    Raises:
        RecordingError: it cannot be made.
    """

    def __init__(self, parent: Path, name: str) -> None:
        self.path = _new_folder(parent, name) if name else _made_folder(parent)
        try:
            self._lock = WriterLock(self.path)
            self._spare = self.path / SPARE_NAME
            with contextlib.suppress(OSError):  # then the disk is too full to record anyway
                self._spare.write_bytes(bytes(_SPARE_BYTES))
            self._identity = _identity(self.path)
        except OSError as error:
            self.remove()
            raise RecordingError(f"cannot record into {self.path}: {reason(error)}") from error

    def check(self) -> None:
        """Look whether it is still there: files of a folder that was removed can be written to, for nobody.

        Raises:
            OSError: it is not.
        """
        with contextlib.suppress(FileNotFoundError):
            if _identity(self.path) == self._identity:
                return
        raise FileNotFoundError(2, "the folder was removed", str(self.path))

    def describe(self, about: Mapping[str, Any], *, last: bool = False) -> None:
        """Write session.json anew, whole or not at all; `last`: with the room that was kept for it.

        Raises:
            OSError: it cannot be written; the one before it is as it was.
        """
        if last:
            self._spare.unlink(missing_ok=True)
        write_state(self.path, about, sync=last)

    def leave(self) -> None:
        """Let go of it. Again is fine."""
        with contextlib.suppress(OSError):
            self._spare.unlink(missing_ok=True)
        self._lock.release()

    def remove(self) -> None:
        """Take it away with everything in it."""
        if hasattr(self, "_lock"):
            self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def write_state(folder: Path, about: Mapping[str, Any], *, sync: bool) -> None:
    """Write a session's description so that it is either the old or the new one; `sync`: also after a loss of power.

    Raises:
        OSError: it cannot be written; the one before it is as it was.
    """
    write_bytes(folder / STATE_NAME, (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode(), sync=sync)


def write_bytes(path: Path, data: bytes, *, sync: bool = False) -> None:
    """Write a file of a session, whole or not at all; `sync`: also after a loss of power.

    Raises:
        OSError: it cannot be written; what was there is as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def reason(error: Exception) -> str:
    """What the operating system says, with the file it says it of."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    return str(error) or type(error).__name__


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _made_folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise RecordingError(f"cannot record into {path}: there is something in it; name a new folder")
    except OSError as error:
        raise RecordingError(f"cannot record: {reason(error)}; choose another folder") from error
    return path


def _new_folder(parent: Path, name: str) -> Path:
    """A folder that was not there; sessions begun within one second are numbered."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            with contextlib.suppress(FileExistsError):
                folder = parent / (name if number == 1 else f"{name}_{number}")
                folder.mkdir()
                return folder
    except OSError as error:
        raise RecordingError(f"cannot record: {reason(error)}; choose another folder") from error
    raise RecordingError(f"cannot record: {parent / name} and a thousand like it are there already")
