"""A take: expressions over time, to be asked for any moment, and so at any constant rate.

A take's own times are whatever they are; between two rows the face is blended linearly. Where no face was seen, and
over a hole in the times, the last expression holds; before the first face, the first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median_low

from gpu_core.expression import Expression
from viewer.performance.blending import blended
from viewer.sessions.timed_expression import TakeError, TimedExpression

FPS = 30.0  # of a video of a take that has no usual rate of its own
COMMON_FPS = (24.0, 25.0, 30.0, 48.0, 50.0, 60.0)
_NEAR = 0.02  # how far a rate may be from a usual one and still be it: clocks of phones are not exact
LONGEST_BLEND_S = 0.25  # between rows further apart nothing was seen: a slow morph would be invented
LONG_HOLE_S = 1.0  # worth a remark
LONGEST_S = 6 * 3600.0  # a take that seems longer has a broken timecode
_SAME = 1e-3  # of the time between two rows: timecodes are rounded to thousandths of a frame


@dataclass(frozen=True)
class Take:
    """Expressions over time: `at` gives the one of a moment, in seconds from the start, within the limits of a face.

    A `Performance` (`viewer.performance.builtin`), so that it plays in the window as well.
    """

    title: str
    seconds: float
    fps: float  # of a video of it, unless somebody wants another
    at: Callable[[float], Expression]
    notes: tuple[str, ...] = ()  # what the user should know of it
    rows: tuple[TimedExpression, ...] = ()  # as they were read, where they were rows

    @property
    def key(self) -> str:
        """Its name among performances."""
        return "take"

    @property
    def duration_s(self) -> float:
        """Seconds until it ends."""
        return self.seconds

    @property
    def loops(self) -> bool:
        """Whether its end runs smoothly into its beginning: nobody filmed it so."""
        return False

    def frames(self, fps: float) -> int:
        """How many frames a video of this rate has: at least one."""
        return max(1, round(self.seconds * fps))

    def expressions(self, fps: float) -> Iterator[Expression]:
        """The expression of each frame."""
        return (self.at(frame / fps) for frame in range(self.frames(fps)))


def take_of(rows: Sequence[TimedExpression], path: Path, remarks: Sequence[str] = ()) -> Take:
    """The take that the rows of a file make; `remarks` are what its reader had to say.

    Raises:
        TakeError: no row has a face, or it would last for many hours.
    """
    times, faces, moved = _seen(rows, path)
    period = usual_period(times)
    seconds = times[-1] + period
    if seconds > LONGEST_S:
        raise TakeError(f"{path}: lasts {seconds / 3600:.1f} h by its timecodes; the longest is {LONGEST_S / 3600:g} h")
    notes = [*remarks, *(f"{path.name}: {note}" for note in _odd_times(rows))]
    if moved:
        notes.append(f"{path.name}: {moved} of {len(rows)} rows are outside a face's limits: clamped")
    return Take(path.stem, seconds, usual_rate(1 / period), Course(times, faces), tuple(notes), tuple(rows))


def _odd_times(rows: Sequence[TimedExpression]) -> Iterator[str]:
    """What the times have that no camera makes: steps back, and long holes."""
    steps = [after - before for (before, _), (after, _) in pairwise(rows)]
    if back := sum(step < 0 for step in steps):
        yield f"the time steps back {back} times: the last time holds meanwhile" if back > 1 else (
            "the time steps back once: the last time holds meanwhile")  # fmt: skip
    if holes := [step for step in steps if step > LONG_HOLE_S]:
        yield f"the time jumps {len(holes)} times, by {max(holes):.1f} s at most: the last face holds meanwhile"


def _seen(rows: Sequence[TimedExpression], path: Path) -> tuple[list[float], list[Expression], int]:
    """Times that never step back, a face for each of them, and how many of the faces had to be clamped."""
    first = next((face for _, face in rows if face is not None), None)
    if first is None:
        raise TakeError(f"{path}: no row has a face" if rows else f"{path}: holds no row: an empty take")
    held, moved = first.clamped()[0], 0
    faces: list[Expression] = []
    for _, face in rows:
        if face is not None:
            held, notes = face.clamped()
            moved += bool(notes)
        faces.append(held)
    return list(accumulate((time for time, _ in rows), max)), faces, moved


def usual_period(times: Sequence[float]) -> float:
    """The usual time between two rows in seconds, or that of the default rate."""
    steps = [after - before for before, after in pairwise(times) if after > before]
    return median_low(steps) if steps else 1 / FPS


def usual_rate(fps: float) -> float:
    """The usual rate that `fps` is nearly, or the default."""
    return next((usual for usual in COMMON_FPS if abs(fps - usual) <= _NEAR * usual), FPS)


@dataclass(frozen=True)
class Course:
    """Faces at moments: `times` in seconds, never descending, one face each."""

    times: Sequence[float]
    faces: Sequence[Expression]

    def __call__(self, time_s: float) -> Expression:
        """The face of a moment; before the first the first, after the last the last."""
        before = bisect_right(self.times, time_s) - 1
        if before < 0 or before + 1 == len(self.times):
            return self.faces[max(before, 0)]
        start, end = self.times[before : before + 2]
        share = (time_s - start) / (end - start)
        if share > 1 - _SAME:
            return self.faces[before + 1]
        if share < _SAME or end - start > LONGEST_BLEND_S:
            return self.faces[before]
        return blended(self.faces[before], self.faces[before + 1], share)
