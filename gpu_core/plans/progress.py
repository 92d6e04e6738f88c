"""How far the build of a plan is: TensorRT's nested phases as one fraction, and the time that is left."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

SOONEST_ESTIMATE_S = 2.0  # chosen: before it, what has been measured is the start of the process


@dataclass(frozen=True)
class PlanProgress:
    """How far the build of a TensorRT plan is."""

    phase: str  # TensorRT's own word for what it does now
    fraction: float | None  # 0..1 of the whole; None before TensorRT has said anything
    elapsed_s: float
    left_s: float | None = None  # an estimate, where there is ground for one


@dataclass
class _Phase:
    parent: str | None
    steps: int
    done: int = 0


class PhaseTree:
    """TensorRT's phases, each of which divides one step of its parent; the fraction never goes back.

    Its builder calls from threads of its own, several phases may be open beside each other, and a phase may tell more
    steps than it announced.
    """

    def __init__(self) -> None:
        self._open: dict[str, _Phase] = {}  # in the order in which they started
        self._fraction: float | None = None

    @property
    def phase(self) -> str:
        """The phase that started last and is still open; "" if there is none."""
        return next(reversed(self._open), "")

    @property
    def fraction(self) -> float | None:
        """0..1 of the whole; None before anything has started."""
        return self._fraction

    def start(self, name: str, parent: str | None, steps: int) -> None:
        """A phase of so many steps begins, within a step of `parent`."""
        self._open[name] = _Phase(parent, max(1, steps))
        self._advance()

    def step(self, name: str, step: int) -> None:
        """A step, counted from 0, has ended."""
        if phase := self._open.get(name):
            phase.done = max(phase.done, min(step + 1, phase.steps))
            self._advance()

    def finish(self, name: str) -> None:
        """A phase has ended, after all of its steps or because it was given up."""
        self._open.pop(name, None)

    def _advance(self) -> None:
        roots = [self._share(name) for name, phase in list(self._open.items()) if phase.parent not in self._open]
        self._fraction = max([self._fraction or 0.0, *roots])

    def _share(self, name: str) -> float:
        """How much of a phase is done, 0..1, the open phases below it included."""
        phase = self._open[name]
        below = [self._share(child) for child, its in list(self._open.items()) if its.parent == name != child]
        return min(1.0, (phase.done + max(below, default=0.0)) / phase.steps)


class ProgressMeter:
    """Turns fractions, as they come, into a PlanProgress with the time that is left.

    The first steps of a build pass at once and one of the later ones takes nearly all the time, so the pace is that of
    the latter half of the time so far.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._start = clock()
        self._times = [0.0]
        self._fractions = [0.0]
        self._phase = ""
        self._heard = False

    def hear(self, phase: str, fraction: float) -> None:
        """Take note of what the builder tells."""
        self._heard = True
        self._phase = phase or self._phase
        self._times.append(self._clock() - self._start)
        self._fractions.append(fraction)

    @property
    def now(self) -> PlanProgress:
        """The progress at this moment."""
        elapsed = self._clock() - self._start
        if not self._heard:
            return PlanProgress("starting", None, elapsed)
        return PlanProgress(self._phase, self._fractions[-1], elapsed, self._left(elapsed))

    def _left(self, elapsed: float) -> float | None:
        halfway = bisect_right(self._times, elapsed / 2) - 1
        gained = self._fractions[-1] - self._fractions[halfway]
        if elapsed < SOONEST_ESTIMATE_S or gained <= 0:
            return None
        return (1.0 - self._fractions[-1]) * (elapsed / 2) / gained
