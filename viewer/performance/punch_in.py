"""Motion of a live hand put into a timeline: what the tracks had before and after it stays."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Sequence

from gpu_core.expression import Expression
from viewer.performance.blending import blended
from viewer.performance.easing import Ease
from viewer.performance.keyframes import MIN_GAP_S, Key, Track, clamped_value, value_of
from viewer.performance.recorded_keys import Sample, recorded
from viewer.performance.timeline import Timeline

RETURN_S = 0.15  # from where the hand let go back to what the track had: a face that jumps is no face; chosen


def punched_in(timeline: Timeline, samples: Sequence[Sample], tracks: Collection[str]) -> Timeline:
    """Samples as few keys on frames, in place of the tracks' keys in their span; then back to what was there."""
    if not samples:
        return timeline
    on_frames = at_frames(samples, timeline.fps, timeline.duration_s)
    held = timeline.with_tracks(
        _opened(timeline.track(name), timeline, on_frames[0][0], on_frames[-1][0]) for name in tracks
    )
    result = recorded(held, on_frames, only=tracks)
    return result.with_tracks(_held(result.track(name), *on_frames[-1]) for name in tracks)


def _held(track: Track, end_s: float, face: Expression) -> Track:
    """A track that rested all the time has one key; it rests to the end of the span."""
    value = clamped_value(track.name, value_of(track.name, face))
    return track if track.key_at(end_s) else track.with_keys([Key(end_s, value, Ease.LINEAR)])


def at_frames(samples: Sequence[Sample], fps: float, duration_s: float) -> list[Sample]:
    """The faces at the frames within the samples' span; at the nearest frame if there is none."""
    times = [time for time, _ in samples]
    last = int(duration_s * fps + 1e-9)
    first, end = math.ceil(times[0] * fps - 1e-6), min(math.floor(times[-1] * fps + 1e-6), last)
    if end < first:
        return [(min(max(round(times[0] * fps), 0), last) / fps, samples[-1][1])]
    return [(frame / fps, _face_at(samples, times, frame / fps)) for frame in range(first, end + 1)]


def _face_at(samples: Sequence[Sample], times: list[float], time_s: float) -> Expression:
    right = bisect_right(times, time_s)
    if right == 0 or right == len(samples):
        return samples[min(right, len(samples) - 1)][1]
    (start, before), (end, after) = samples[right - 1], samples[right]
    return blended(before, after, (time_s - start) / (end - start))


def _opened(track: Track, timeline: Timeline, start_s: float, end_s: float) -> Track:
    """Keys that hold what the track had right before the span and soon after it; none in between."""
    before, after = start_s - 1 / timeline.fps, end_s + RETURN_S
    keys = []
    if before >= 0.0:
        keys.append(Key(before, track.at(before), Ease.LINEAR))
    if after <= timeline.duration_s:
        keys.append(Key(after, track.at(after), _ease_at(track, after)))
    inside = [key.time_s for key in track.between(max(before, 0.0), min(after, timeline.duration_s))]
    return track.without(inside).with_keys(keys)


def _ease_at(track: Track, time_s: float) -> Ease:
    """The way the track goes on from a moment."""
    place = bisect_right(track.times, time_s + MIN_GAP_S / 2)
    return track.keys[place - 1].ease if place else Ease.LINEAR
