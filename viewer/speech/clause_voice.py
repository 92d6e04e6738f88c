"""What voices that speak clause by clause have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from viewer.speech.analysis import Analysis, Clause
from viewer.speech.joining import SpokenClause, pieces, together
from viewer.speech.spoken import SpeechError, Spoken


class ClauseVoice:
    """Most of a `Voice`: who inherits says its `name` and `rate`, samples a second, and speaks one clause."""

    name: str
    rate: int

    def speak(self, analysis: Analysis, is_cancelled: Callable[[], bool] = lambda: False) -> Spoken:
        """Every clause with its prosody."""
        return together(self.speak_clauses(analysis, is_cancelled))

    def speak_clauses(self, analysis: Analysis, is_cancelled: Callable[[], bool] = lambda: False) -> Iterator[Spoken]:
        """Clause by clause; see `joining.pieces`."""
        return pieces(self._clauses(analysis, is_cancelled), self.rate, self.name)

    def _clauses(self, analysis: Analysis, is_cancelled: Callable[[], bool]) -> Iterator[SpokenClause]:
        for clause in analysis.clauses:
            if is_cancelled():
                raise SpeechError("speaking was cancelled")
            yield from self._clause(analysis, clause)

    def _clause(self, analysis: Analysis, clause: Clause) -> Iterable[SpokenClause]:
        """The sound of one clause, in one piece or several."""
        raise NotImplementedError
