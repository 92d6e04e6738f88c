"""Channels of a face and the tracks of a timeline that move them: of both eyes together, or shape by shape."""

from __future__ import annotations

from collections.abc import Collection

from gpu_core.expression import HEAD_LIMITS_DEG, SHAPE_INDEX, Expression
from viewer.performance.keyframes import GAZE_TRACKS, TRACK_NAMES
from viewer.performance.timeline import MOVED_BY, Timeline
from viewer.shape_titles import title

_TITLES = {
    "yaw": "Turn",
    "pitch": "Nod",
    "roll": "Tilt",
    "gaze_yaw": "Gaze, sideways",
    "gaze_pitch": "Gaze, up and down",
}


def with_channels(face: Expression, other: Expression, names: Collection[str]) -> Expression:
    """`face` with the shapes and angles of these names as the other has them."""
    if not names:
        return face
    weights = {name: other[name] for name in names if name in SHAPE_INDEX}
    angles = {axis: getattr(other, axis) for axis in HEAD_LIMITS_DEG if axis in names}
    return face.with_weights(weights).with_head(**angles)


def tracks_moved(timeline: Timeline, face: Expression, moved: Collection[str]) -> tuple[str, ...]:
    """The tracks that what moved to `face` belongs to, in order.

    Eyes that look the same way go by gaze, unless the timeline has keys for their shapes.
    """
    found = set(moved)
    for gaze in GAZE_TRACKS:
        shapes = found & frozenset(MOVED_BY[gaze])
        if shapes and _goes_by(gaze, timeline, face):
            found = (found - shapes) | {gaze}
    return tuple(name for name in TRACK_NAMES if name in found)


def _goes_by(gaze: str, timeline: Timeline, face: Expression) -> bool:
    if gaze in timeline.by_name:
        return True
    if any(shape in timeline.by_name for shape in MOVED_BY[gaze]):
        return False
    together = face.with_gaze(*face.gaze)
    return all(abs(face[shape] - together[shape]) < 1e-6 for shape in MOVED_BY[gaze])


def told_tracks(names: Collection[str]) -> str:
    """Tracks in the words of the sliders."""
    if len(names) > 2:
        return f"{len(names)} tracks"
    return " and ".join(_TITLES.get(name) or title(name) for name in names)
