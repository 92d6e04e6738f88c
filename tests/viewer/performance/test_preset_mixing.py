"""viewer.performance.preset_mixing: what a mix puts on a face, and what it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL, Expression
from viewer.performance.preset_file import Preset
from viewer.performance.preset_mixing import PARTS, WHOLE, Mix, weights_text

JOY = Preset("joy", "Joy", "emotions", NEUTRAL.with_weights({"mouthSmileLeft": 0.8, "browInnerUp": 0.2}))
AWE = Preset("awe", "Awe", "yours", NEUTRAL.with_weights({"jawOpen": 0.6, "eyeWideLeft": 1.0}).with_head(yaw=8))
FACE = NEUTRAL.with_weights({"cheekPuff": 0.5, "browDownLeft": 0.3}).with_head(roll=-3)
weights = st.tuples(*[st.floats(0, 1)] * len(ARKIT_SHAPES))
faces = st.builds(Expression, weights, *(st.floats(-limit, limit) for limit in HEAD_LIMITS_DEG.values()))


def test_parts_are_disjoint_and_together_the_whole() -> None:
    parts = [names for part, names in PARTS.items() if part != WHOLE]
    assert sum(map(len, parts)) == len(ARKIT_SHAPES)
    assert frozenset().union(*parts) == PARTS[WHOLE]


@given(faces, faces)
def test_whole_and_fully_strong_is_the_preset_to_the_last_bit(face: Expression, wanted: Expression) -> None:
    assert Mix(Preset("x", "X", "yours", wanted)).on(face) == wanted


@given(faces, faces, faces, st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(PARTS)))
def test_every_mix_is_within_the_limits(
    face: Expression, one: Expression, other: Expression, share: float, strength: float, part: str
) -> None:
    presets = Preset("x", "X", "yours", one), Preset("y", "Y", "yours", other)
    assert not Mix(*presets, share, strength, part).on(face).clamped()[1]


@pytest.mark.parametrize("part", [part for part in PARTS if part != WHOLE])
def test_a_part_leaves_the_rest_and_the_head_as_they_were(part: str) -> None:
    face = Mix(AWE, part=part).on(FACE)
    for name in ARKIT_SHAPES:
        assert face[name] == (AWE.expression if name in PARTS[part] else FACE)[name]
    assert (face.yaw, face.roll) == (0, -3)


def test_strength_and_share() -> None:
    assert Mix(AWE, strength=0.0).on(FACE) == NEUTRAL
    assert Mix(AWE, strength=0.25).on(FACE).yaw == 2
    half = Mix(JOY, AWE, share=0.5).on(FACE)
    assert (half["mouthSmileLeft"], half["jawOpen"], half.yaw) == (0.4, 0.3, 4)
    assert Mix(JOY, AWE, share=1.0).on(FACE) == AWE.expression


def test_the_history_reads_what_was_done() -> None:
    assert Mix(JOY).title == "Joy"
    assert Mix(JOY, strength=0.4, part="Mouth").title == "Joy, 40% strong (mouth)"
    assert Mix(JOY, AWE, share=0.3).title == "Joy to Awe 30%"


def test_weights_are_told_strongest_first() -> None:
    assert weights_text(AWE.expression) == "eyeWideLeft 1.00, jawOpen 0.60, yaw 8.0°"
    assert weights_text(NEUTRAL) == "all weights 0"
