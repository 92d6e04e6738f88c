"""The expressions a generator has to survive, as the recipe lists them."""

from __future__ import annotations

import numpy as np
from generator_recipe.extremes import anything, blink, extremes, gaze, head, movement

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG


def test_every_shape_alone_and_every_pair_of_sides() -> None:
    found = extremes()
    assert all(found[f"single-{shape}"][shape] == 1.0 for shape in ARKIT_SHAPES)
    lefts = [shape.removesuffix("Left") for shape in ARKIT_SHAPES if shape.endswith("Left")]
    pairs = [name for name in lefts if name + "Right" in ARKIT_SHAPES]
    assert len(pairs) == 20
    assert all(found[f"pair-{name}"][f"{name}Right"] == 1.0 for name in pairs)


def test_all_lie_within_the_limits() -> None:
    for expression in (extremes() | anything(50, seed=3)).values():
        assert expression.clamped() == (expression, ())


def test_gaze_and_head_reach_their_limits() -> None:
    assert gaze(1, -1).gaze == (25.0, -18.0)
    turned = head(-1, 1, 0)
    assert (turned.yaw, turned.pitch, turned.roll) == (-HEAD_LIMITS_DEG["yaw"], HEAD_LIMITS_DEG["pitch"], 0.0)


def test_the_same_seed_gives_the_same_expressions() -> None:
    assert anything(5, seed=1) == anything(5, seed=1) != anything(5, seed=2)
    assert list(movement(4, seed=1)) == list(movement(4, seed=1))


def test_movement_is_smooth_apart_from_the_blink() -> None:
    mouth = np.array([moment["jawOpen"] for moment in movement(60, seed=0)])
    assert np.abs(np.diff(mouth)).max() < 0.2
    assert np.ptp(mouth) > 0.3


def test_a_blink_is_both_lids() -> None:
    assert blink(0.5)["eyeBlinkLeft"] == blink(0.5)["eyeBlinkRight"] == 0.5
