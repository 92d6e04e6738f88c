"""What this machine holds, as measured: how many faces a second each way, and what follows from that. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

MEASURED_WAYS = ("workers", "batch")
# Of what was measured, so much is promised: sending, thumbnails and whoever else uses the machine take their share, and
# one that is full to the brim misses deadlines.
RESERVE = 0.9
USUAL_FPS = 25.0
_MORE = 1.05  # times as many, to be worth that all faces share one process
_MOST = 1 << 10  # faces that are thought about at all


@dataclass(frozen=True)
class PlanKey:
    """What a plan holds for; measured anew for anything else."""

    machine: str
    generator: str
    size: int
    path: str = "auto"
    inference: str = "auto"
    precision: str = "auto"


@dataclass(frozen=True)
class Point:
    """So many faces one way: medians of the rounds."""

    way: str  # of MEASURED_WAYS, or serial | classic, to compare with
    faces: int
    faces_per_s: float  # all of them together, as fast as it goes
    p50_ms: float  # a picture's time from its expression, with the pipeline full
    p95_ms: float
    cpu_percent: float  # of one core
    memory_mb: float  # resident, of all processes together


@dataclass(frozen=True)
class Plan:
    """The points measured on one machine for one kind of stream."""

    key: PlanKey
    points: tuple[Point, ...]
    made: str = ""  # ISO 8601
    engine: str = ""  # who inferred, in words

    @property
    def is_whole(self) -> bool:
        """Whether it tells what one face reaches: without that it promises nothing."""
        return bool(self.ways) and all(self.curve(way)[0].faces == 1 for way in self.ways)

    @cached_property
    def ways(self) -> tuple[str, ...]:
        """The ways that were measured."""
        return tuple(way for way in MEASURED_WAYS if any(point.way == way for point in self.points))

    def curve(self, way: str) -> tuple[Point, ...]:
        """One way's points, by the number of faces."""
        return tuple(sorted((point for point in self.points if point.way == way), key=lambda point: point.faces))

    def faces_per_s(self, faces: int, way: str) -> float:
        """What so many faces reach together: between two points straight on, beyond the last one as there."""
        curve = self.curve(way)
        if not curve:
            return 0.0
        last = curve[0]
        for point in curve:
            if point.faces >= faces:
                return _between(last, point, faces)
            last = point
        return last.faces_per_s

    def fps_each(self, faces: int, way: str) -> float:
        """The rate at which each of so many can be promised."""
        return RESERVE * self.faces_per_s(faces, way) / faces

    def holds(self, fps: float = USUAL_FPS, way: str = "") -> int:
        """How many streams it holds at that rate, this way or the better one."""
        ways = (way,) if way else self.ways
        return max((self._holds(fps, one) for one in ways), default=0)

    def _holds(self, fps: float, way: str) -> int:
        held = 0
        while held < _MOST and self.fps_each(held + 1, way) >= fps:
            held += 1
        return held

    def best_way(self, faces: int) -> str:
        """The way that makes more of so many faces; workers where they nearly equal, for one that dies is one."""
        workers, batch = (self.faces_per_s(faces, way) for way in MEASURED_WAYS)
        return "batch" if batch > _MORE * workers else "workers"

    def sentence(self, fps: float = USUAL_FPS) -> str:
        """What it comes to, in one line."""
        count = self.holds(fps)
        if not count:
            alone = max((self.fps_each(1, way) for way in self.ways), default=0.0)
            return f"this machine holds no stream {self._of_size} at {fps:g} fps: one face reaches {alone:.0f}"
        by = max(self.ways, key=lambda way: self._holds(fps, way))
        how = "as one batch" if by == "batch" else "by a worker each"
        return f"this machine holds {count_of(count)} {self._of_size} at {fps:g} fps, {how}"

    @property
    def _of_size(self) -> str:
        return f"of {self.key.size}x{self.key.size}"


def _between(one: Point, other: Point, faces: int) -> float:
    if other.faces == one.faces or faces <= one.faces:
        # One face reaches no more than the fewest measured do: a share of them for each.
        return one.faces_per_s if faces >= one.faces else one.faces_per_s * faces / one.faces
    share = (faces - one.faces) / (other.faces - one.faces)
    return one.faces_per_s + share * (other.faces_per_s - one.faces_per_s)


def count_of(streams: int) -> str:
    """ "1 stream", "3 streams"."""
    return "1 stream" if streams == 1 else f"{streams} streams"


def efficiency(points: Sequence[Point], point: Point) -> float:
    """What each face gets of what one face alone gets the same way: 1 for one face, 0.5 where two halve it."""
    alone = next((one for one in points if one.way == point.way and one.faces == 1), None)
    if alone is None or not alone.faces_per_s:
        return 0.0
    return point.faces_per_s / point.faces / alone.faces_per_s
