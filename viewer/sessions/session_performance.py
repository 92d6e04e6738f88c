"""A session as a performance: the window plays what was recorded, face by face, at its own moments."""

from __future__ import annotations

from pathlib import Path

from gpu_core.expression import NEUTRAL, Expression
from viewer.sessions.layout import SessionError
from viewer.sessions.session import open_session
from viewer.sessions.track_file import TrackFile


class SessionPerformance:
    """See `viewer.performance.builtin.Performance`. To be closed.

    Raises:
        SessionError: the folder holds no session, or one without a frame.
    """

    loops = False

    def __init__(self, folder: Path) -> None:
        session = open_session(folder)
        self.key, self.title = str(folder.absolute()), folder.absolute().name
        self._track = TrackFile(session.track_file)
        if not len(self._track):
            self._track.close()
            raise SessionError(f"{folder}: nothing was recorded in this session")
        self.duration_s = max(0.0, self._track.seconds) + 1 / session.fps
        self.problem = ""  # why a row could not be read, the last of them
        self._last = NEUTRAL

    def at(self, t: float) -> Expression:
        """The face `t` seconds in, exactly as it was recorded; at a row that is broken, the one before it."""
        try:
            self._last = self._track.at(t)
        except SessionError as error:
            self.problem = str(error)
        return self._last

    def close(self) -> None:
        """Let go of the file."""
        self._track.close()
