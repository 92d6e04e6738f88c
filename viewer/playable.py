"""What the window can play: the built-in performances, and the sessions that were opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from viewer.performance.builtin import Performance
from viewer.sessions.session_performance import SessionPerformance


class Playable(Mapping[str, Performance]):
    """Performances by their keys. Sessions are closed with it."""

    def __init__(self, builtin: Mapping[str, Performance]) -> None:
        self._builtin = builtin
        self._sessions: dict[str, SessionPerformance] = {}

    def open(self, folder: Path) -> SessionPerformance:
        """Add a session; opened again, it is read again.

        Raises:
            SessionError: it cannot be read.
        """
        session = SessionPerformance(folder)
        before = self._sessions.pop(session.key, None)
        if before is not None:
            before.close()
        self._sessions[session.key] = session
        return session

    def __getitem__(self, key: str) -> Performance:
        return self._sessions[key] if key in self._sessions else self._builtin[key]

    def __iter__(self) -> Iterator[str]:
        yield from self._builtin
        yield from self._sessions

    def __len__(self) -> int:
        return len(self._builtin) + len(self._sessions)

    def close(self) -> None:
        """Let go of the sessions' files."""
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
