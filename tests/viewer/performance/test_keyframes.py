"""Keys and tracks: limits, order, what takes whose place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import MienError
from gpu_core.expression import ARKIT_SHAPES
from tests.viewer.performance.timelines import TIMES, tracks
from viewer.performance.easing import Ease
from viewer.performance.keyframes import MIN_GAP_S, TRACK_NAMES, Key, TimelineError, Track, clamped_value, limits

RAMP = Track("jawOpen", (Key(1, 0.2), Key(2, 0.8, Ease.STEP), Key(3, 0.4)))


def test_there_is_a_track_for_every_shape_the_head_and_the_eyes() -> None:
    assert len(TRACK_NAMES) == len(ARKIT_SHAPES) + 5
    assert limits("roll") == (-10, 10)
    assert clamped_value("gaze_pitch", -30) == -18


@pytest.mark.parametrize(("time", "value"), [(0, 0.2), (1, 0.2), (1.5, 0.5), (2, 0.8), (2.99, 0.8), (3, 0.4), (9, 0.4)])
def test_a_track_holds_its_ends_and_reaches_its_keys(time: float, value: float) -> None:
    assert RAMP.at(time) == pytest.approx(value)
    assert RAMP.values_at(np.array([time])) == pytest.approx([value])


def test_a_track_without_keys_rests() -> None:
    assert Track("yaw").at(1.0) == 0.0
    assert Track("yaw").values_at(np.array([1.0, 2.0])).tolist() == [0, 0]


def test_a_key_takes_the_place_of_what_is_too_near() -> None:
    track = RAMP.with_keys([Key(2 + MIN_GAP_S / 2, 0.1), Key(5, 0.3), Key(5, 0.4)])
    assert [(key.time_s, key.value) for key in track.keys] == [(1, 0.2), (2 + MIN_GAP_S / 2, 0.1), (3, 0.4), (5, 0.4)]


def test_keys_are_found_by_time() -> None:
    assert RAMP.key_at(2 + MIN_GAP_S / 3) == RAMP.keys[1]
    assert RAMP.key_at(2.5) is None
    assert RAMP.between(1, 2) == RAMP.keys[:2]
    assert RAMP.without([2]).times == [1, 3]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Key(float("nan"), 0),
        lambda: Key(-1, 0),
        lambda: Key(1e9, 0),
        lambda: Track("jawOpen", (Key(0, 1.5),)),
        lambda: Track("yaw", (Key(0, -33),)),
        lambda: Track("jawOpen", (Key(1, 0), Key(1, 1))),
        lambda: Track("jawOpen", (Key(2, 0), Key(1, 1))),
        lambda: Track("jawOpne"),
    ],
)
def test_what_cannot_be_is_one_line(make: object) -> None:
    with pytest.raises(MienError) as caught:
        make()  # type: ignore[operator]
    assert "\n" not in str(caught.value)
    assert "jawOpen" in str(caught.value) or isinstance(caught.value, TimelineError)


@given(tracks("mouthLeft"), st.lists(st.builds(Key, TIMES, st.floats(0, 1)), max_size=6))
def test_order_and_distance_survive_any_keys(track: Track, keys: list[Key]) -> None:
    grown = track.with_keys(keys)
    assert all(after - before >= MIN_GAP_S for before, after in pairwise(grown.times))
    if keys:
        assert keys[-1] in grown.keys


@given(tracks(), st.lists(TIMES, max_size=6))
def test_one_moment_and_many_agree(track: Track, times: list[float]) -> None:
    assert [track.at(time) for time in times] == track.values_at(np.array(times)).tolist()
