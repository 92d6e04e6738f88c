"""The two sides of a face: what moves along when both sides do the same, and a face seen in a mirror.

Eyes that look to one side are the exception: seen from outside, both turn the same way, the one inwards and the other
outwards. So what goes with "left eye looks out" is "right eye looks in", and not the squint that two eyes looking out
would be. Jaw and mouth that go to one side have no second side to go along; only a mirror turns them round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from gpu_core.expression import ARKIT_SHAPES, Expression

Side = Literal["Left", "Right"]  # the character's own
_OTHER: Mapping[str, str] = {"Left": "Right", "Right": "Left"}
_DIRECTIONS = ("jaw", "mouth")  # stems whose Left and Right are ways to go


def side_of(name: str) -> str:
    """ "Left" or "Right" for a shape of one side of the face, "" for all others."""
    for side in _OTHER:
        stem = name.removesuffix(side)
        if stem != name and stem not in _DIRECTIONS:
            return side
    return ""


def reflection(name: str) -> str:
    """The shape that a mirror shows for this one: itself in the middle of the face."""
    for side, other in _OTHER.items():
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


def companion(name: str) -> str:
    """The shape of the other side that moves along when both sides do the same; "" where there is none."""
    if not side_of(name):
        return ""
    other = reflection(name)
    for one, opposite in (("LookIn", "LookOut"), ("LookOut", "LookIn")):
        if one in other:
            return other.replace(one, opposite)
    return other


def flipped(face: Expression) -> Expression:
    """The face as a mirror shows it, head and gaze too."""
    weights = {name: face[reflection(name)] for name in ARKIT_SHAPES}
    return replace(face.with_weights(weights), yaw=-face.yaw, roll=-face.roll)


def with_side_copied(face: Expression, source: Side) -> Expression:
    """Both sides like the one; the eyes look where the one eye does. Head, jaw and the middle stay."""
    return face.with_weights({companion(name): face[name] for name in ARKIT_SHAPES if side_of(name) == source})
