"""The planner: measures what this machine holds, both ways, in short rounds that take turns.

Rounds of all ways and numbers of faces alternate, forwards and backwards, so that a machine whose mood changes changes
it for all of them; medians of the rounds count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from gpu_core.assets import resource
from viewer.streams.plan import MEASURED_WAYS, Plan, PlanKey, Point
from viewer.streams.plan_cache import PlanCache
from viewer.streams.round_players import Players, ProcessPlayers
from viewer.streams.round_playing import RoundPlayed
from viewer.streams.values import StreamForm

FACES = (1, 2, 4, 8)
SECONDS, ROUNDS = 1.0, 3
Tell = Callable[[str], object]
_DIGITS = 3


@dataclass(frozen=True)
class Sample:
    """One round, all processes together."""

    faces_per_s: float
    p50_ms: float
    p95_ms: float
    core_ms: float  # processor time a face
    cpu_percent: float  # of one core
    memory_mb: float


@dataclass(frozen=True)
class Measured:
    """All rounds of one way with so many faces, in order."""

    way: str
    faces: int
    samples: tuple[Sample, ...]
    engine: str = ""  # who inferred, in words

    def median(self, name: str) -> float:
        """Of one field of the samples."""
        return round(float(np.median([getattr(sample, name) for sample in self.samples])), _DIGITS)

    def point(self) -> Point:
        """Medians."""
        names = ("faces_per_s", "p50_ms", "p95_ms", "cpu_percent", "memory_mb")
        return Point(self.way, self.faces, *(self.median(name) for name in names))


def sample_of(played: Sequence[RoundPlayed]) -> Sample:
    """What processes that played together reached together: rates add up, each over its own time."""
    latency = [value for one in played for value in one.latency_ms]
    faces, core_s = sum(one.faces for one in played), sum(one.core_s for one in played)
    p50, p95 = np.percentile(latency, (50, 95)) if latency else (0.0, 0.0)
    return Sample(
        faces_per_s=sum(one.faces_per_s for one in played),
        p50_ms=float(p50),
        p95_ms=float(p95),
        core_ms=1e3 * core_s / faces if faces else 0.0,
        cpu_percent=100.0 * sum(one.core_s / one.wall_s for one in played if one.wall_s),
        memory_mb=sum(one.memory_mb for one in played),
    )


def measure(
    players: Players,
    *,
    ways: Sequence[str] = MEASURED_WAYS,
    faces: Sequence[int] = FACES,
    seconds: float = SECONDS,
    rounds: int = ROUNDS,
    tell: Tell = lambda _text: None,
) -> list[Measured]:
    """Play all rounds; `tell` hears what is being done.

    Raises:
        MienError: one of the ways cannot be had here, or failed.
    """
    cells = [(way, count) for count in sorted(set(faces)) for way in ways]
    for way, count in cells:
        tell(f"getting ready: {way}, {count} faces" if count > 1 else f"getting ready: {way}")
        players.ready(way, count)
    samples: dict[tuple[str, int], list[Sample]] = {cell: [] for cell in cells}
    engines: dict[tuple[str, int], str] = {}
    for number in range(rounds):
        tell(f"round {number + 1} of {rounds}")
        for way, count in cells if number % 2 == 0 else reversed(cells):
            samples[way, count].append(sample_of(players.play(way, count, seconds)))
            engines[way, count] = players.engine
    return [Measured(way, count, tuple(made), engines[way, count]) for (way, count), made in samples.items()]


def plan_of(key: PlanKey, measured: Sequence[Measured]) -> Plan:
    """What was measured, as a plan; what is only there to compare with is no part of it."""
    planned = [one for one in measured if one.way in MEASURED_WAYS]
    engine = planned[0].engine if planned else ""
    return Plan(key, tuple(one.point() for one in planned), datetime.now(UTC).isoformat(timespec="seconds"), engine)


def key_of(form: StreamForm) -> PlanKey:
    """What a form's plan is kept under."""
    return PlanKey(machine(), generator_text(form), form.size, form.path, form.inference, form.precision)


def generator_text(form: StreamForm) -> str:
    """Which generator, so that a file that was trained anew is another one, as is a folder with other files."""
    return f"{_file_text(form.generator or resource('models'))} for {_file_text(form.face or resource('face'))}"


def _file_text(path: Path) -> str:
    try:
        return f"{path.resolve()} {path.stat().st_mtime_ns}"
    except OSError:
        return str(path)


def machine() -> str:
    """This machine, as far as it matters to a plan."""
    from gpu_core.doctor.system import processor
    from gpu_core.telemetry import open_sampler

    sampler = open_sampler()
    try:
        return f"{processor().value}; {sampler.description}"
    finally:
        sampler.close()


def planned(
    form: StreamForm, *, anew: bool = False, cache: PlanCache | None = None, tell: Tell = lambda _text: None
) -> Plan:
    """The plan for streams of this form: kept from before, or measured now, which takes about a minute.

    Raises:
        MienError: it cannot be measured here.
    """
    cache, key = cache or PlanCache(), key_of(form)
    if not anew and (kept := cache.get(key)) is not None:
        return kept
    with ProcessPlayers(form) as players:
        plan = plan_of(key, measure(players, tell=tell))
    cache.put(plan)
    return plan
