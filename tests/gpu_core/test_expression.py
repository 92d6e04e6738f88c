"""The value every part of the program passes around."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import ExpressionError
from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL, Expression, shape_index


def test_the_order_is_that_of_the_phone() -> None:
    assert len(ARKIT_SHAPES) == len(set(ARKIT_SHAPES)) == 52
    assert (ARKIT_SHAPES[0], ARKIT_SHAPES[17], ARKIT_SHAPES[51]) == ("eyeBlinkLeft", "jawOpen", "tongueOut")


def test_weights_go_by_name() -> None:
    expression = NEUTRAL.with_weights({"jawOpen": 0.5, "tongueOut": 1})
    assert expression["jawOpen"] == 0.5
    assert expression.array[[shape_index("jawOpen"), 51]].tolist() == [0.5, 1.0]
    assert expression.array.dtype == np.float32
    assert expression.with_weights({"jawOpen": 0, "tongueOut": 0}) == NEUTRAL


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(ExpressionError, match=r"'jawOpne'; did you mean jawOpen"):
        NEUTRAL.with_weights({"jawOpne": 1.0})
    with pytest.raises(ExpressionError, match=r"unknown blendshape 'zzz'$"):
        NEUTRAL["zzz"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ExpressionError, match="finite"):
        NEUTRAL.with_weights({"jawOpen": value})
    with pytest.raises(ExpressionError, match="finite"):
        NEUTRAL.with_head(yaw=value)


def test_another_number_of_weights_is_refused() -> None:
    with pytest.raises(ExpressionError, match="52 weights, got 51"):
        Expression((0.0,) * 51)


def test_head_angles_are_replaced_one_by_one() -> None:
    turned = NEUTRAL.with_head(yaw=10.0).with_head(pitch=-5.0).with_head(roll=0.0)
    assert (turned.yaw, turned.pitch, turned.roll) == (10.0, -5.0, 0.0)


@given(st.floats(-25, 25), st.floats(-18, 20))
def test_gaze_survives_the_way_through_the_weights(yaw: float, pitch: float) -> None:
    expression = NEUTRAL.with_gaze(yaw, pitch)
    assert expression.gaze == pytest.approx((yaw, pitch), abs=1e-9)
    assert expression.clamped() == (expression, ())


def test_looking_left_turns_the_left_eye_out() -> None:
    expression = NEUTRAL.with_weights({"eyeLookUpLeft": 1.0}).with_gaze(25.0, 20.0)
    assert expression["eyeLookOutLeft"] == expression["eyeLookInRight"] == expression["eyeLookDownLeft"] == 1.0
    assert expression["eyeLookInLeft"] == expression["eyeLookOutRight"] == expression["eyeLookUpLeft"] == 0.0


@given(st.lists(st.floats(-2, 2), min_size=52, max_size=52), st.floats(-90, 90), st.floats(-90, 90), st.floats(-90, 90))
def test_clamping_stays_within_the_limits_and_says_what_moved(
    weights: list[float], yaw: float, pitch: float, roll: float
) -> None:
    expression = Expression(tuple(weights), yaw, pitch, roll)
    nearest, notes = expression.clamped()
    assert all(0.0 <= weight <= 1.0 for weight in nearest.weights)
    assert all(abs(getattr(nearest, axis)) <= limit for axis, limit in HEAD_LIMITS_DEG.items())
    axes = (getattr(nearest, axis) != getattr(expression, axis) for axis in HEAD_LIMITS_DEG)
    assert len(notes) == sum(a != b for a, b in zip(nearest.weights, weights, strict=True)) + sum(axes)
    assert nearest.clamped() == (nearest, ())


def test_a_note_names_the_value() -> None:
    (note,) = NEUTRAL.with_weights({"jawOpen": 1.5}).clamped()[1]
    assert note == "jawOpen 1.5 is outside 0..1: 1 is used"
