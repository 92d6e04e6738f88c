"""Expressions over time become keys: live motion recorded into a timeline, and whole takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np

from gpu_core.expression import Expression
from viewer.performance.easing import Floats
from viewer.performance.keyframes import GAZE_TRACKS, HEAD_TRACKS, TRACK_INDEX, TRACK_NAMES, TimelineError, Track
from viewer.performance.simplifying import track_of
from viewer.performance.timeline import MOVED_BY, Timeline

Sample = tuple[float, Expression]  # seconds from the timeline's start, and the face then


def recorded(
    timeline: Timeline, samples: Sequence[Sample], *, only: Collection[str] | None = None,
    tolerance: float | None = None,
) -> Timeline:  # fmt: skip
    """Live motion as keys that take the place of what was there meanwhile; a sample out of order is left out.

    Where the timeline has keys of gaze, the eyes are recorded as gaze.

    Args:
        only: the channels to record, still or not; by default those that moved.
        tolerance: see `simplifying.track_of`.
    """
    times, table = table_of(samples)
    if len(times) == 0:
        return timeline
    gaze = [name for name in GAZE_TRACKS if name in timeline.by_name or (only is not None and name in only)]
    moved = [name for name in TRACK_NAMES if np.ptp(table[:, TRACK_INDEX[name]]) > 0] if only is None else list(only)
    driven = {shape for name in gaze for shape in MOVED_BY[name]}
    wanted = [name for name in moved if name in gaze or name not in (*GAZE_TRACKS, *driven)]
    tracks = [_overwritten(timeline.track(name), times, table[:, TRACK_INDEX[name]], tolerance) for name in wanted]
    longer = replace(timeline, duration_s=max(timeline.duration_s, float(times[-1])))
    return longer.with_tracks(tracks)


def _overwritten(old: Track, times: Floats, values: Floats, tolerance: float | None) -> Track:
    new = track_of(old.name, times, values, tolerance, resting=True)
    passed = [key.time_s for key in old.between(float(times[0]), float(times[-1]))]
    return old.without(passed).with_keys(new.keys)


def timeline_of(
    samples: Iterable[Sample], *, duration_s: float, fps: float, title: str, tolerance: float | None = None
) -> Timeline:
    """A timeline through samples: every channel that ever leaves rest, no further than the tolerance from any sample.

    Raises:
        TimelineError: there is no sample, or duration or rate cannot be a timeline's.
    """
    times, table = table_of(samples)
    if len(times) == 0:
        raise TimelineError(f"{title}: nothing in it to make keys of")
    tracks = (
        track_of(name, times, table[:, TRACK_INDEX[name]], tolerance) for name in TRACK_NAMES if name not in GAZE_TRACKS
    )
    return Timeline.of(tracks, duration_s=max(duration_s, float(times[-1])), fps=fps, title=title)


def table_of(samples: Iterable[Sample]) -> tuple[Floats, Floats]:
    """Times that ascend strictly, and (times, TRACK_NAMES) values; a sample out of order is left out."""
    times: list[float] = []
    rows: list[tuple[float, ...]] = []
    for time_s, face in samples:
        if time_s >= 0.0 and (not times or time_s > times[-1]):
            times.append(time_s)
            rows.append((*face.weights, *(getattr(face, name) for name in HEAD_TRACKS), *face.gaze))
    return np.array(times), np.array(rows).reshape(len(times), len(TRACK_NAMES))
