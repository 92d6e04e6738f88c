"""Takes and timelines packed into arrays: what passes from the process that reads them to the window.

A long take has millions of numbers. As Python's objects they would hold up every thread of the process that makes
them; as arrays they are copied at once, and a face is made when it is asked for.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gpu_core.expression import Expression
from viewer.performance.easing import Ease, Floats
from viewer.performance.keyframes import Key, Track
from viewer.performance.timeline import Timeline
from viewer.sessions.course import Course, Take

_EASES = tuple(Ease)
_FEW = 500  # keys: half a millisecond


class FaceTable(Sequence[Expression]):
    """Faces as rows of (faces, 55) float64: the weights, then yaw, pitch and roll. Bit by bit what went in."""

    def __init__(self, faces: Sequence[Expression]) -> None:
        self._rows = np.array([(*face.weights, face.yaw, face.pitch, face.roll) for face in faces])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Expression:  # type: ignore[override]  # nobody slices it
        values = self._rows[place].tolist()
        return Expression(tuple(values[:-3]), *values[-3:])


def packed_take(take: Take) -> Take:
    """The same take on arrays; without its rows, which the file has."""
    at = take.at
    if isinstance(at, Course):
        at = Course(array("d", at.times), FaceTable(at.faces))
    return replace(take, at=at, rows=())


@dataclass(frozen=True)
class PackedTimeline:
    """A timeline with its keys as arrays: for each track the times, the values, and which `Ease` by number."""

    frame: Timeline  # without tracks
    tracks: tuple[tuple[str, Floats, Floats, bytes], ...]

    @classmethod
    def of(cls, timeline: Timeline) -> PackedTimeline:
        """Pack it."""
        return cls(replace(timeline, tracks=()), tuple(
            (track.name, np.array(track.times), np.array([key.value for key in track.keys]),
             bytes(_EASES.index(key.ease) for key in track.keys))
            for track in timeline.tracks))  # fmt: skip

    def unpacked(self, rest: Callable[[], object] = lambda: None) -> Iterator[Track]:
        """The tracks, one after the other. `rest` is called after every few keys: a window's turn, where there is one.

        What playing a track needs is made as well, and kept by it.
        """
        for name, times, values, eases in self.tracks:
            keys: list[Key] = []
            for start in range(0, len(eases), _FEW):
                few = slice(start, start + _FEW)
                rows = zip(times[few].tolist(), values[few].tolist(), eases[few], strict=True)
                keys += [Key(time, value, _EASES[ease]) for time, value, ease in rows]
                rest()
            track = Track(name, tuple(keys))
            track.pieces  # noqa: B018
            rest()
            yield track
