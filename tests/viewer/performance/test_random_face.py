"""viewer.performance.random_face: faces by chance that a face can make."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from tests.viewer.performance.expressions import faces
from viewer.performance.mirroring import companion, side_of
from viewer.performance.random_face import random_face
from viewer.performance.trained_range import UNKNOWN, TrainedRange

SMALL = TrainedRange((0.3,) * 52, UNKNOWN.head)
seeds, names = st.integers(0, 10**6), st.sampled_from(ARKIT_SHAPES)
AGAINST = (
    ("browDownLeft", "browOuterUpLeft"), ("eyeWideLeft", "eyeBlinkLeft"), ("mouthSmileLeft", "mouthFrownLeft"),
    ("jawLeft", "jawRight"), ("mouthFunnel", "mouthPressLeft"), ("eyeLookUpLeft", "eyeLookDownLeft"),
)  # fmt: skip


@given(seeds, faces, st.floats(0.0, 1.0), st.sets(names, min_size=1))
def test_only_what_is_asked_for_moves_and_within_what_was_trained(
    seed: int, face: Expression, strength: float, shapes: set[str]
) -> None:
    found = random_face(random.Random(seed), face, strength, shapes, within=SMALL)
    assert all(found[name] == face[name] for name in ARKIT_SHAPES if name not in shapes)
    assert not SMALL.outside(found) & shapes
    assert (found.yaw, found.pitch, found.roll) == (face.yaw, face.pitch, face.roll)
    assert found.clamped()[0] == found


@given(seeds)
def test_muscles_do_not_work_against_each_other(seed: int) -> None:
    face = random_face(random.Random(seed), NEUTRAL, 1.0, ARKIT_SHAPES, within=UNKNOWN)
    assert not any(face[one] and face[other] for one, other in AGAINST)
    assert face["mouthClose"] <= face["jawOpen"]
    assert not face["tongueOut"] or face["jawOpen"] >= 0.3
    assert all(face[name] == face[companion(name)] for name in ARKIT_SHAPES if name.startswith("eyeLook"))


@given(seeds)
def test_with_a_mirror_both_sides_are_alike(seed: int) -> None:
    face = random_face(random.Random(seed), NEUTRAL, 1.0, ARKIT_SHAPES, within=UNKNOWN, is_symmetric=True)
    assert all(face[name] == face[companion(name)] for name in ARKIT_SHAPES if side_of(name))


def test_without_strength_nothing_moves_and_with_some_little() -> None:
    face = NEUTRAL.with_weights({"jawOpen": 0.4, "mouthSmileLeft": 0.3})
    assert random_face(random.Random(1), face, 0.0, ARKIT_SHAPES, within=UNKNOWN) == face
    near = random_face(random.Random(1), face, 0.1, ARKIT_SHAPES, within=UNKNOWN)
    assert near != face
    assert near.weights == pytest.approx(face.weights, abs=0.101)


def test_every_shape_has_its_chance_and_few_asked_for_do_move() -> None:
    seen = set()
    for seed in range(400):
        face = random_face(random.Random(seed), NEUTRAL, 1.0, ARKIT_SHAPES, within=UNKNOWN)
        seen |= {name for name in ARKIT_SHAPES if face[name]}
    assert seen == set(ARKIT_SHAPES)
    alone = [random_face(random.Random(n), NEUTRAL, 1.0, {"cheekPuff"}, within=UNKNOWN)["cheekPuff"] for n in range(40)]
    assert sum(weight > 0.0 for weight in alone) >= 36


def test_closed_jaws_let_no_tongue_out_and_have_nothing_to_close() -> None:
    for seed in range(40):
        face = random_face(random.Random(seed), NEUTRAL, 1.0, {"tongueOut", "mouthClose"}, within=UNKNOWN)
        assert face == NEUTRAL
        open_wide = NEUTRAL.with_weights({"jawOpen": 0.6})
        out = random_face(random.Random(seed), open_wide, 1.0, {"tongueOut"}, within=UNKNOWN)
        assert out["tongueOut"] > 0.0
