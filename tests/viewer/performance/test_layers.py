"""viewer.performance.layers: override, add, regions, and life that is never in the way."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from viewer.performance.idle import IdleLife
from viewer.performance.layers import HEAD, Layer, LivingBeneath, Mode, added, layered, names_of, overridden

SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.5, "jawOpen": 0.4}).with_head(yaw=10.0)
BROWS = NEUTRAL.with_weights({"browInnerUp": 0.8, "jawOpen": 0.5}).with_head(yaw=-4.0, pitch=3.0)


@dataclass(frozen=True)
class Still:
    """A source that never moves."""

    face: Expression

    def at(self, t: float) -> Expression:
        return self.face


faces = st.builds(
    Expression,
    st.tuples(*[st.floats(0, 1)] * len(ARKIT_SHAPES)),
    st.floats(-32, 32),
    st.floats(-15, 15),
    st.floats(-10, 10),
)


def test_the_upper_layer_overrides_where_it_may() -> None:
    layers = [Layer(Still(SMILE)), Layer(Still(BROWS), names=names_of(["Brows", HEAD]))]
    face = layered(layers, 0.0)
    assert face["browInnerUp"] == 0.8
    assert face["jawOpen"] == 0.4
    assert (face.yaw, face.pitch) == (-4.0, 3.0)


def test_half_as_strong_is_half_way() -> None:
    face = layered([Layer(Still(SMILE)), Layer(Still(BROWS), strength=0.5)], 0.0)
    assert face["browInnerUp"] == pytest.approx(0.4)
    assert face["jawOpen"] == pytest.approx(0.45)
    assert face.yaw == pytest.approx(3.0)


def test_added_weights_join_without_exceeding_one_and_angles_add() -> None:
    face = added(SMILE, BROWS)
    assert face["jawOpen"] == pytest.approx(0.7)
    assert face.yaw == pytest.approx(6.0)


def test_opposite_glances_cancel_and_do_not_cross() -> None:
    face = added(NEUTRAL.with_gaze(10.0, 0.0), NEUTRAL.with_gaze(-10.0, 5.0))
    assert face.gaze == pytest.approx((0.0, 5.0))
    assert face["eyeLookOutLeft"] == face["eyeLookInLeft"] == pytest.approx(0.0)


@given(faces, faces, st.floats(0, 1))
def test_layers_stay_within_the_limits(one: Expression, other: Expression, strength: float) -> None:
    for mode in Mode:
        face = layered([Layer(Still(one)), Layer(Still(other), mode, strength)], 0.0)
        assert face == face.clamped()[0]


@given(faces, faces)
def test_a_layer_without_strength_changes_nothing(one: Expression, other: Expression) -> None:
    assert overridden(one, other, 0.0) == one
    assert layered([Layer(Still(one)), Layer(Still(other), strength=0.0)], 0.0) == one.clamped()[0]


def test_every_region_has_names() -> None:
    assert names_of(["Tongue"]) == {"tongueOut"}
    assert names_of([HEAD]) == {"yaw", "pitch", "roll"}


def test_life_goes_on_beneath_a_face_at_rest() -> None:
    life = IdleLife(4)
    living = LivingBeneath(Still(NEUTRAL), life)
    start = life.blinks(30.0)[0]
    assert living.at(start + 0.1)["eyeBlinkLeft"] == 1.0


def test_life_leaves_alone_what_the_source_does_itself() -> None:
    busy = NEUTRAL.with_gaze(15.0, -8.0).with_weights({"eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5}).with_head(yaw=20.0)
    living = LivingBeneath(Still(busy), IdleLife(4))
    for step in range(600):
        face = living.at(step / 20)
        assert face.weights == pytest.approx(busy.weights, abs=1e-9)
        assert face.yaw == 20.0
