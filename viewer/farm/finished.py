"""Which videos of a folder the farm has finished, and of what: the same command again leaves those as they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError
from viewer.sessions.session_folder import reason, write_bytes

NOTES_NAME = ".mien-farm.json"


class FinishedVideos:
    """The notes in `folder`. `overwrite`: whatever else is there may go."""

    def __init__(self, folder: Path, *, overwrite: bool) -> None:
        self._path, self._overwrite = folder / NOTES_NAME, overwrite
        self._notes: dict[str, Any] = {}
        try:
            told = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return
        self._notes = told if isinstance(told, dict) else {}

    def has(self, out: Path, about: Mapping[str, Any]) -> bool:
        """Whether `out` is there, untouched, and of exactly this."""
        noted = self._notes.get(out.name)
        if not isinstance(noted, dict) or noted.get("about") != about_hash(about):
            return False
        try:
            return bool(noted.get("sha256") == _hash(out))
        except OSError:
            return False

    def refuse_other(self, out: Path) -> None:
        """Refuse to write over a file that is not known.

        Raises:
            MienError: there is such a file, and nobody said --overwrite.
        """
        if out.exists() and not self._overwrite:
            raise MienError(f"{out} is there already, and not of this: move it away, or say --overwrite")

    def note(self, out: Path, about: Mapping[str, Any]) -> None:
        """`out` is whole now.

        Raises:
            MienError: the note cannot be written.
        """
        try:
            self._notes[out.name] = {"about": about_hash(about), "sha256": _hash(out)}
            write_bytes(self._path, (json.dumps(self._notes, indent=1, sort_keys=True) + "\n").encode())
        except OSError as error:
            raise MienError(f"cannot write to {self._path}: {reason(error)}") from error


def about_hash(about: Mapping[str, Any]) -> str:
    """What a video is of, as one hash."""
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
