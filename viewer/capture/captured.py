"""What is captured of one source, as the rows of a take."""

from __future__ import annotations

from viewer.capture.receiver import Arrival
from viewer.capture.senders import SourceKey
from viewer.sessions.csv_reading import MOST_ROWS
from viewer.sessions.timed_expression import TimedExpression

# Seconds that a sender's clock may differ from ours before it is set anew: it has jumped, or it is nonsense.
_DRIFT_S = 0.5


class Captured:
    """Gathers the first source that is heard, the first of a name, or the one asked for: what it sent, as it sent it.

    Times are the sender's own where it tells them, for the network's are not even.
    """

    def __init__(self, source: SourceKey | None = None, *, subject: str = "") -> None:
        self._subject = subject
        self.source = source
        self.rows: list[TimedExpression] = []
        self.faces = 0
        self._began_s = self._offset_s = 0.0

    def take(self, arrival: Arrival) -> bool:
        """Add a row; False: it is of another source, or there is no more room."""
        if self.source is None and self._subject in ("", arrival.source.subject):
            self.source = arrival.source
        if arrival.source != self.source or self.is_full:
            return False
        if not self.rows:
            self._began_s = arrival.arrived_s
        time_s = self._time_s(arrival)
        if self.rows and time_s <= self.rows[-1].time_s:
            return False
        self.rows.append(TimedExpression(time_s, arrival.heard.expression))
        self.faces += arrival.heard.expression is not None
        return True

    @property
    def is_full(self) -> bool:
        """Whether no file could hold more."""
        return len(self.rows) >= MOST_ROWS

    def _time_s(self, arrival: Arrival) -> float:
        since_s, sent_s = arrival.arrived_s - self._began_s, arrival.heard.sent_s
        if sent_s is None:
            return since_s
        if not self.rows or abs(sent_s - self._offset_s - since_s) > _DRIFT_S:
            self._offset_s = sent_s - since_s
            return since_s  # of a huge number nothing would be left
        return sent_s - self._offset_s
