"""viewer.performance.mirroring: which shapes are the two sides of one, and what a mirror shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from tests.viewer.performance.expressions import faces
from viewer.performance.mirroring import companion, flipped, reflection, side_of, with_side_copied


@given(faces)
def test_twice_in_a_mirror_is_as_before(face: Expression) -> None:
    assert flipped(flipped(face)) == face


@given(faces, st.sampled_from(["Left", "Right"]))
def test_copying_a_side_leaves_that_side_the_middle_and_the_head(face: Expression, side: str) -> None:
    copied = with_side_copied(face, side)  # type: ignore[arg-type]
    for name in ARKIT_SHAPES:
        if side_of(name) in (side, ""):
            assert copied[name] == face[name]
        else:
            assert copied[name] == face[companion(name)]
    assert (copied.yaw, copied.pitch, copied.roll) == (face.yaw, face.pitch, face.roll)


def test_every_companion_has_the_other_as_its_own() -> None:
    sided = [name for name in ARKIT_SHAPES if side_of(name)]
    assert len(sided) == 36
    assert all(companion(companion(name)) == name and companion(name) != name for name in sided)
    assert all(reflection(reflection(name)) == name for name in ARKIT_SHAPES)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("mouthSmileLeft", "mouthSmileRight"), ("eyeLookOutLeft", "eyeLookInRight"),
        ("eyeLookInLeft", "eyeLookOutRight"), ("eyeLookUpRight", "eyeLookUpLeft"), ("jawLeft", ""),
        ("mouthRight", ""), ("jawOpen", ""),
    ],
)  # fmt: skip
def test_what_goes_with_what(name: str, other: str) -> None:
    assert companion(name) == other


def test_copied_eyes_look_the_same_way_and_mirrored_ones_the_other() -> None:
    aside = NEUTRAL.with_weights({"eyeLookOutLeft": 0.8})
    assert with_side_copied(aside, "Left").gaze == NEUTRAL.with_gaze(20.0, 0.0).gaze
    left = NEUTRAL.with_gaze(20.0, 5.0).with_head(yaw=12.0, roll=3.0, pitch=4.0)
    assert flipped(left) == NEUTRAL.with_gaze(-20.0, 5.0).with_head(yaw=-12.0, roll=-3.0, pitch=4.0)


def test_a_mirror_turns_jaw_and_mouth_round() -> None:
    face = flipped(NEUTRAL.with_weights({"jawLeft": 0.4, "mouthRight": 0.3, "jawOpen": 0.2}))
    assert face == NEUTRAL.with_weights({"jawRight": 0.4, "mouthLeft": 0.3, "jawOpen": 0.2})
