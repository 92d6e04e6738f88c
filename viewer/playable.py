"""What the window can play: the built-in performances, the takes and sessions that were opened, and the timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from viewer.performance.builtin import Performance
from viewer.sessions.session_performance import SessionPerformance

TIMELINE = "timeline"


class Playable(Mapping[str, Performance]):
    """Performances by their keys. Sessions are closed with it. `timeline` tells the one that is being worked on."""

    def __init__(self, builtin: Mapping[str, Performance]) -> None:
        self._builtin = builtin
        self._opened: dict[str, Performance] = {}
        self.timeline: Callable[[], Performance] | None = None

    def open(self, folder: Path) -> SessionPerformance:
        """Add a session; opened again, it is read again.

        Raises:
            SessionError: it cannot be read.
        """
        session = SessionPerformance(folder)
        self.add(session)
        return session

    def add(self, performance: Performance) -> None:
        """Add what was opened, in place of what has its key."""
        _close(self._opened.pop(performance.key, None))
        self._opened[performance.key] = performance

    def __getitem__(self, key: str) -> Performance:
        if key == TIMELINE and self.timeline is not None:
            return self.timeline()
        return self._opened[key] if key in self._opened else self._builtin[key]

    def __iter__(self) -> Iterator[str]:
        yield from self._builtin
        yield from self._opened
        if self.timeline is not None:
            yield TIMELINE

    def __len__(self) -> int:
        return len(self._builtin) + len(self._opened) + (self.timeline is not None)

    def close(self) -> None:
        """Let go of the sessions' files."""
        for performance in self._opened.values():
            _close(performance)
        self._opened.clear()


def _close(performance: Performance | None) -> None:
    if isinstance(performance, SessionPerformance):
        performance.close()
