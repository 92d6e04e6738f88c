"""viewer.handles.text: the tag speaks the sliders' words."""

from __future__ import annotations

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from viewer.handles.face_handles import EYE, HANDLES, HEAD, Handle, Place
from viewer.handles.text import GAZE_HINT, HEAD_HINT, hint_of, told

NOWHERE = (0.0,) * len(ARKIT_SHAPES)


def place(handle: Handle) -> Place:
    return Place(handle, "", NOWHERE)


def test_every_handle_has_a_short_hint() -> None:
    assert hint_of(place(HANDLES[0])) == "Smile · Frown · Dimple"
    assert hint_of(place(HEAD)) == HEAD_HINT
    assert hint_of(place(EYE)) == GAZE_HINT
    assert all(0 < len(hint_of(place(handle))) < 60 for handle in HANDLES)


def test_what_moved_most_comes_first_and_traces_are_not_told() -> None:
    face = NEUTRAL.with_weights({"jawOpen": 0.2, "mouthSmileLeft": 0.5, "cheekPuff": 0.004})
    assert told(NEUTRAL, face) == "Smile, left 0.50\nOpen jaw 0.20"
    assert told(face, NEUTRAL).startswith("Smile, left 0.00"), "where it is, also when it went down"


def test_gaze_and_head_are_told_in_degrees() -> None:
    assert told(NEUTRAL, NEUTRAL.with_gaze(-12.0, 4.0)) == "12° right\n4° down"
    assert told(NEUTRAL, NEUTRAL.with_head(yaw=-12.04, pitch=3.0)) == "Turn -12.0°\nNod 3.0°"
    assert told(NEUTRAL, NEUTRAL) == ""
