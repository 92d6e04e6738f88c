"""What the tag on the picture says, in the words of the sliders."""

from __future__ import annotations

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, Expression
from viewer.handles.face_handles import EYE, HEAD, Place, names_of
from viewer.shape_titles import title

MOST = 3  # shapes in a line
LEAST = 0.005  # a smaller change would read 0.00
HEAD_HINT = "Drag to turn · Alt: from anywhere · Ctrl+Alt tilts"
GAZE_HINT = "Drag the gaze"
ANGLES = {"yaw": "Turn", "pitch": "Nod", "roll": "Tilt"}


def hint_of(place: Place) -> str:
    """The shapes of a handle, the first of them."""
    if place.handle is HEAD:
        return HEAD_HINT
    if place.handle is EYE:
        return GAZE_HINT
    stems = place.handle.shapes + place.handle.also
    words = [title(name).partition(",")[0] for stem in stems for name in names_of(stem) if name in place.fitting]
    return " · ".join(list(dict.fromkeys(words))[:MOST])


def told(before: Expression, after: Expression) -> str:
    """What a drag has moved so far, a line each, the largest change first; angles in degrees."""
    angles = [axis for axis in HEAD_LIMITS_DEG if getattr(before, axis) != getattr(after, axis)]
    if angles:
        return "\n".join(f"{ANGLES[axis]} {getattr(after, axis):z.1f}°" for axis in angles)
    changes = {name: abs(after[name] - before[name]) for name in ARKIT_SHAPES}
    names = [name for name in sorted(ARKIT_SHAPES, key=lambda name: -changes[name]) if changes[name] > LEAST]
    if names and all(name.startswith("eyeLook") for name in names):
        return _gaze(after)
    return "\n".join(f"{title(name)} {after[name]:.2f}" for name in names[:MOST])


def _gaze(face: Expression) -> str:
    yaw, pitch = face.gaze
    across = f"{abs(yaw):.0f}° {'left' if yaw > 0 else 'right'}"
    return f"{across}\n{abs(pitch):.0f}° {'down' if pitch > 0 else 'up'}"
