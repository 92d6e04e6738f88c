"""Thinned-out samples: never further off than the tolerance, and few."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.performance.keyframes import MIN_GAP_S
from viewer.performance.simplifying import TOLERANCE, simplified, track_of

FRAMES = np.arange(60) / 30


def test_straight_lines_need_their_corners() -> None:
    values = np.interp(FRAMES, [0, 0.5, 1, FRAMES[-1]], [0, 0, 1, 0.2])
    assert simplified(FRAMES, values, 1e-6).tolist() == [0, 15, 30, 59]


def test_rest_needs_no_key_and_stillness_one() -> None:
    assert track_of("jawOpen", FRAMES, np.zeros(60)).keys == ()
    assert [key.value for key in track_of("jawOpen", FRAMES, np.zeros(60), resting=True).keys] == [0]
    assert [key.value for key in track_of("jawOpen", FRAMES, np.full(60, 0.4)).keys] == [0.4]


def test_values_come_within_limits_and_crowded_samples_are_left_out() -> None:
    track = track_of("jawOpen", np.array([0, MIN_GAP_S / 2, 1]), np.array([-3.0, 0.5, 7.0]))
    assert [(key.time_s, key.value) for key in track.keys] == [(0, 0), (1, 1)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(0, 0.3))
def test_no_sample_is_further_off_than_the_tolerance(values: list[float], tolerance: float) -> None:
    times = FRAMES[: len(values)]
    track = track_of("jawOpen", times, np.array(values), tolerance)
    assert np.abs(track.values_at(times) - values).max() <= tolerance + 1e-12


def test_a_smooth_curve_keeps_few_keys() -> None:
    times = np.arange(3000) / 30
    values = 0.5 + 0.5 * np.sin(times)
    track = track_of("jawOpen", times, values)
    assert len(track.keys) < 450
    assert np.abs(track.values_at(times) - values).max() == pytest.approx(TOLERANCE, rel=0.3)
