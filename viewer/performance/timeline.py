"""Timelines: what an artist makes. Tracks of keys, as one immutable value that plays like any performance.

Whatever edits a timeline returns a new one (`viewer.performance.editing`), so that undo keeps the old value and
compares by value. Tracks without keys do not exist: their shapes rest.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, SHAPE_INDEX, Expression
from viewer.performance.easing import Floats, evaluated
from viewer.performance.keyframes import (
    GAZE_TRACKS,
    HEAD_TRACKS,
    LONGEST_S,
    TRACK_INDEX,
    TRACK_NAMES,
    TimelineError,
    Track,
)

LEAST_FPS, MOST_FPS = 24.0, 120.0
_SIDEWAYS = tuple(f"eyeLook{way}{side}" for way in ("In", "Out") for side in ("Left", "Right"))
_UPRIGHT = tuple(f"eyeLook{way}{side}" for way in ("Up", "Down") for side in ("Left", "Right"))
# Which shapes a gaze track answers for while it has keys.
MOVED_BY = {"gaze_yaw": _SIDEWAYS, "gaze_pitch": _UPRIGHT}
_HEAD_AT = len(ARKIT_SHAPES)
_GAZE_AT = _HEAD_AT + len(HEAD_TRACKS)


@dataclass(frozen=True)
class Timeline:
    """Tracks in the order of `TRACK_NAMES`, each with at least one key. A `Performance`: see `performance.builtin`."""

    tracks: tuple[Track, ...] = ()
    duration_s: float = 10.0
    fps: float = 30.0  # of its frames: what keys snap to and what is exported
    title: str = "Untitled"
    loops: bool = False
    origin: str = field(default="", compare=False, repr=False)  # which document it is a state of, kept by its edits

    def __post_init__(self) -> None:
        if not (math.isfinite(self.fps) and LEAST_FPS <= self.fps <= MOST_FPS):
            raise TimelineError(f"{self.fps:g} frames a second: choose {LEAST_FPS:g} to {MOST_FPS:g}")
        if not (math.isfinite(self.duration_s) and 0.0 < self.duration_s <= LONGEST_S):
            raise TimelineError(f"a timeline of {self.duration_s:g} s: more than 0 and at most {LONGEST_S:g} s")
        places = [TRACK_INDEX[track.name] for track in self.tracks]
        if places != sorted(set(places)) or not all(track.keys for track in self.tracks):
            raise TimelineError("a timeline's tracks must be in order, each once and with keys: use Timeline.of")

    @classmethod
    def of(cls, tracks: Iterable[Track], *, duration_s: float = 10.0, fps: float = 30.0, title: str = "Untitled",
           loops: bool = False) -> Timeline:  # fmt: skip
        """A timeline of tracks in any order, those without keys left out.

        Raises:
            TimelineError: two tracks have one name, or duration or rate cannot be.
        """
        kept = sorted((track for track in tracks if track.keys), key=lambda track: TRACK_INDEX[track.name])
        return cls(tuple(kept), duration_s, fps, title, loops)

    @property
    def key(self) -> str:
        """Its name among performances."""
        return "timeline"

    @cached_property
    def by_name(self) -> Mapping[str, Track]:
        """The tracks that have keys."""
        return {track.name: track for track in self.tracks}

    def track(self, name: str) -> Track:
        """The track of a channel, empty if there is none yet."""
        return self.by_name.get(name) or Track(name)

    def with_tracks(self, tracks: Iterable[Track]) -> Timeline:
        """This timeline with some tracks replaced."""
        changed = dict(self.by_name) | {track.name: track for track in tracks}
        kept = [changed[name] for name in TRACK_NAMES if name in changed and changed[name].keys]
        return replace(self, tracks=tuple(kept))

    @property
    def frames(self) -> int:
        """How many frames it has: at least one."""
        return max(1, round(self.duration_s * self.fps))

    def moment(self, t: float) -> float:
        """Where `t` seconds of playing lead to: over the end to the beginning if it loops, else held."""
        return t % self.duration_s if self.loops else min(max(t, 0.0), self.duration_s)

    def at(self, t: float) -> Expression:
        """The face `t` seconds in, within the limits of `Expression.clamped`."""
        if not self.tracks:
            return NEUTRAL
        time_s = self.moment(t)
        # Row by row, and not out of one table of all tracks: after an edit that would have to be put together anew.
        rows = np.stack([track.pieces[bisect_right(track.times, time_s)] for track in self.tracks])
        return self._expression(evaluated(rows, time_s))

    def sampled(self, times: Floats) -> Floats:
        """(times, TRACK_NAMES) values of every track at many moments; nought where there are no keys."""
        table = np.zeros((len(times), len(TRACK_NAMES)))
        for track in self.tracks:
            table[:, TRACK_INDEX[track.name]] = track.values_at(times)
        return table

    @cached_property
    def _columns(self) -> list[int]:
        return [TRACK_INDEX[track.name] for track in self.tracks]

    def _expression(self, values: Floats) -> Expression:
        row = [0.0] * len(TRACK_NAMES)
        for column, value in zip(self._columns, values.tolist(), strict=True):
            row[column] = value
        driven = [name for name in GAZE_TRACKS if name in self.by_name]
        if driven:
            look = NEUTRAL.with_gaze(*row[_GAZE_AT:])
            for shape in (shape for name in driven for shape in MOVED_BY[name]):
                row[SHAPE_INDEX[shape]] = look[shape]
        return Expression(tuple(row[:_HEAD_AT]), *row[_HEAD_AT:_GAZE_AT])
