"""How a stream keeps its pace: rate, age, deadlines missed, from the moments at which its pictures were there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

RATE_S = 2.0  # what `fps` is over
AGES = 64  # newest pictures that the median age is of
_GRACE = 0.5  # of a frame's time: a picture may be so late, or the one before it so early, and misses nothing


@dataclass(frozen=True)
class PaceNow:
    """A `Pace` at one moment, in StreamStatus' words."""

    fps: float = 0.0
    frames: int = 0
    misses: int = 0
    worst_gap_s: float = 0.0
    age_ms: float = 0.0


class Pace:
    """Counts one stream's new pictures. Times are seconds on one clock, and never go back."""

    def __init__(self, fps: float) -> None:
        self._frame_s = 1.0 / fps
        self._made: deque[float] = deque()  # of the last RATE_S
        self._ages: deque[float] = deque(maxlen=AGES)
        self._first_s = self._last_s = 0.0
        self._frames = self._misses = 0
        self._worst_s = 0.0

    def turn_to(self, fps: float) -> None:
        """From now on deadlines are this far apart; what was counted stays."""
        self._frame_s = 1.0 / fps

    def note(self, expression_s: float, made_s: float) -> None:
        """A new picture is there since `made_s`, of the expression of `expression_s`."""
        if self._frames:
            gap_s = made_s - self._last_s
            self._misses += missed(gap_s, self._frame_s)
            self._worst_s = max(self._worst_s, gap_s)
        else:
            self._first_s = made_s
        self._frames += 1
        self._last_s = made_s
        self._ages.append(made_s - expression_s)
        self._made.append(made_s)

    def now(self, now_s: float) -> PaceNow:
        """How it stands; a picture that is overdue counts already."""
        while self._made and self._made[0] <= now_s - RATE_S:
            self._made.popleft()
        if not self._frames:
            return PaceNow()
        open_s = now_s - self._last_s
        return PaceNow(
            fps=self._rate(now_s),
            frames=self._frames,
            misses=self._misses + missed(open_s, self._frame_s),
            worst_gap_s=max(self._worst_s, open_s if open_s > self._frame_s else 0.0),
            age_ms=1000 * median(self._ages),
        )

    def _rate(self, now_s: float) -> float:
        """Over the last RATE_S, or since the first picture, which opens the time and is not in it."""
        since_s = now_s - self._first_s
        if since_s >= RATE_S:
            return len(self._made) / RATE_S
        return (self._frames - 1) / since_s if since_s > self._frame_s else 0.0


def missed(gap_s: float, frame_s: float) -> int:
    """Deadlines that passed between two new pictures so far apart."""
    return max(0, int(gap_s / frame_s - _GRACE))
