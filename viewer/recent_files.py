"""The files a user opened last, newest first, remembered between sessions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

MOST = 5


class RecentFiles:
    """A few paths under one key of the user's settings; without settings they last as long as this object."""

    def __init__(self, settings: QSettings | None, key: str) -> None:
        self._settings, self._key = settings, key
        self._paths = [Path(text) for text in self._read()]

    @property
    def paths(self) -> tuple[Path, ...]:
        """Newest first, those that are gone included."""
        return tuple(self._paths)

    def add(self, path: Path) -> None:
        """Put a file first."""
        path = path.absolute()
        self._paths = [path, *(other for other in self._paths if other != path)][:MOST]
        if self._settings is not None:
            self._settings.setValue(self._key, [str(path) for path in self._paths])

    def _read(self) -> list[str]:
        said = self._settings.value(self._key) if self._settings is not None else None
        # A list of one comes back as the text itself.
        texts = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        return [text for text in texts if isinstance(text, str)][:MOST]
