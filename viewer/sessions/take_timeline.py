"""Between takes, which are frames, and timelines, which are keys."""

from __future__ import annotations

import numpy as np

from viewer.performance.recorded_keys import timeline_of
from viewer.performance.simplifying import tolerance_of, track_of
from viewer.performance.timeline import LEAST_FPS, MOST_FPS, Timeline
from viewer.sessions.course import Take
from viewer.sessions.timed_expression import TimedExpression


def timeline_from(take: Take, *, fps: float | None = None, tolerance: float | None = None) -> Timeline:
    """A take as tracks of few keys: at each frame no further from the take than the tolerance.

    Args:
        fps: frames a second, by default the take's own.
        tolerance: of weights and degrees; by default `simplifying.TOLERANCE` and `TOLERANCE_DEG`.

    Raises:
        TimelineError: the rate is none that a timeline can have.
    """
    rate = min(max(take.fps, LEAST_FPS), MOST_FPS) if fps is None else fps
    samples = ((frame / rate, face) for frame, face in enumerate(take.expressions(rate)))
    return timeline_of(samples, duration_s=take.seconds, fps=rate, title=take.title, tolerance=tolerance)


def thinned(timeline: Timeline, factor: float) -> Timeline:
    """Fewer keys: of each track those that keep it within so many times the usual tolerance; straight in between."""
    return timeline.with_tracks(
        track_of(
            track.name, np.array(track.times), np.array([key.value for key in track.keys]),
            factor * tolerance_of(track.name), resting=True,
        )
        for track in timeline.tracks
    )  # fmt: skip


def take_from(timeline: Timeline, *, fps: float | None = None) -> Take:
    """A timeline baked: one row a frame, as files want it.

    Args:
        fps: frames a second, by default the timeline's own.
    """
    rate = timeline.fps if fps is None else fps
    count = max(1, round(timeline.duration_s * rate))
    rows = tuple(TimedExpression(frame / rate, timeline.at(frame / rate)) for frame in range(count))
    return Take(timeline.title, timeline.duration_s, rate, timeline.at, rows=rows)
