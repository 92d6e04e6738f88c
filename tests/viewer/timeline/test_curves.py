"""viewer.timeline.curves: the points of a curve pass through its keys, and dense ones keep their extremes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from tests.viewer.performance.timelines import tracks
from viewer.performance.keyframes import Key, Track
from viewer.timeline.columns import Columns
from viewer.timeline.curves import curve, told
from viewer.timeline.scale import TimeScale


@given(tracks())
def test_a_curve_passes_through_its_keys(track: Track) -> None:
    scale = TimeScale.fitted(0.0, 10.0, 300.0)
    x, values = curve(Columns(track), scale)
    assert np.all(np.diff(x) >= 0)
    for key in track.keys:
        at = np.flatnonzero(np.abs(x - scale.x(key.time_s)) < 1e-6)
        assert np.abs(values[at] - key.value).min() < 1e-9


def test_a_peak_between_two_pixels_is_seen_in_a_dense_curve() -> None:
    keys = [Key(place / 100, 0.1) for place in range(20_000)]
    keys[12_345] = Key(123.45, 1.0)
    x, values = curve(Columns(Track("jawOpen", tuple(keys))), TimeScale(0.0, 1.0, 200.0))
    assert len(x) < 500
    assert values.max() == 1.0
    assert x[values.argmax()] == pytest.approx(123, abs=1)


def test_values_in_words() -> None:
    assert [told("jawOpen", 0.5), told("yaw", -0.01)] == ["Open jaw 0.50", "Turn 0.0°"]
