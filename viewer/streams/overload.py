"""Streams that go slower than they are asked to, although nothing was refused: noticed, said, and answered.

Plans are promises made on another day. Here it is decided from what streams tell whether the machine keeps them: when
too many deadlines are missed for a while, say so, or find the common rate that it does keep, and try more again later.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from viewer.streams.admission import LEAST_FPS, rate_text
from viewer.streams.plan import count_of
from viewer.streams.values import WHEN_FULL, StreamForm, StreamStatus

STEADY_S = 5.0  # a shorter spell of misses is somebody opening a browser
MANY = 0.1  # of the deadlines
_CAUTION = 0.95  # of the rate that was reached: asked for all of it, the next missed deadline would be near
_STEP_UP = 1.15
QUIET_S = 20.0  # without many misses, before more is tried; doubles each time that was too much
_MOST_QUIET_S = 600.0
_SETTLE_S = 3.0  # after a change of rate, what is told is still of the time before


@dataclass(frozen=True)
class Advice:
    """What is to be done. `share` of the rate that each stream asked for; 1: all of it."""

    share: float = 1.0
    note: str = ""  # one sentence; "": all is well


@dataclass(frozen=True)
class _Sample:
    at_s: float
    misses: int
    fps: float  # the slowest stream's, as share of what it asked for


class Overload:
    """Listens to all streams of one machine. Times are seconds on one clock that never goes back."""

    def __init__(self, forms: Sequence[StreamForm], when_full: str) -> None:
        if when_full not in WHEN_FULL:
            raise ValueError(f"{when_full!r} is none of {', '.join(WHEN_FULL)}")
        self._fps = {form.number: form.video.fps for form in forms}
        self._degrades = when_full == "degrade"
        self._samples: deque[_Sample] = deque()
        self._heard_of: frozenset[int] = frozenset()  # the streams that the samples are of
        self._advice = Advice()
        self._ignore_until_s = 0.0
        self._calm_since_s: float | None = None
        self._patience_s = QUIET_S

    @property
    def advice(self) -> Advice:
        """What is to be done now."""
        return self._advice

    def hear(self, statuses: Sequence[StreamStatus], now_s: float) -> Advice:
        """Take in how all streams go, about twice a second; returns the newest advice."""
        live = [status for status in statuses if status.state in ("live", "degraded") and status.number in self._fps]
        is_starting = any(status.state in ("starting", "restarting") for status in statuses)
        if not live or is_starting or now_s < self._ignore_until_s:
            self._samples.clear()  # who starts takes a core for himself: that proves nothing
            self._calm_since_s = None
            return self._advice
        if (numbers := frozenset(status.number for status in live)) != self._heard_of:
            self._samples.clear()  # one has failed, and its misses with it
            self._heard_of = numbers
        slowest = min(status.fps / self._fps[status.number] for status in live)
        self._samples.append(_Sample(now_s, sum(status.misses for status in live), slowest))
        while now_s - self._samples[0].at_s > STEADY_S:
            self._samples.popleft()
        self._judge(live, now_s)
        return self._advice

    def _judge(self, live: Sequence[StreamStatus], now_s: float) -> None:
        first, last = self._samples[0], self._samples[-1]
        span_s = last.at_s - first.at_s
        if span_s < 0.8 * STEADY_S:
            return
        due = span_s * self._advice.share * sum(self._fps[status.number] for status in live)
        missed = max(0, last.misses - first.misses) / due
        if missed > MANY:
            self._too_much(missed, len(live), now_s)
        else:
            self._enough(now_s)

    def _too_much(self, missed: float, streams: int, now_s: float) -> None:
        self._calm_since_s = None
        told = (
            f"{missed:.0%} of the deadlines are missed: this machine is too busy for {count_of(streams)} at this rate"
        )
        if not self._degrades:
            self._advice = Advice(note=told)
            return
        reached = _CAUTION * sum(sample.fps for sample in self._samples) / len(self._samples)
        least = LEAST_FPS / min(self._fps.values())
        if self._advice.share < 1.0:
            self._patience_s = min(2 * self._patience_s, _MOST_QUIET_S)
        self._turn_to(max(least, min(reached, _CAUTION * self._advice.share)), now_s)

    def _enough(self, now_s: float) -> None:
        if not self._degrades:
            self._advice = replace(self._advice, note="")
            return
        if self._advice.share == 1.0:
            return
        if self._calm_since_s is None:
            self._calm_since_s = now_s
        if now_s - self._calm_since_s >= self._patience_s:
            self._turn_to(min(1.0, _STEP_UP * self._advice.share), now_s)

    def _turn_to(self, share: float, now_s: float) -> None:
        rates = sorted({rate_text(share * fps) for fps in self._fps.values()})
        note = f"this machine is too busy: all streams go at {' and '.join(rates)}" if share < 1.0 else ""
        self._advice = Advice(share, note)
        self._ignore_until_s, self._calm_since_s = now_s + _SETTLE_S, None
        self._samples.clear()
