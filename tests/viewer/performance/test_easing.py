"""Ways between keys: the hull is never left, two level keys make the usual slow-in and slow-out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.performance.easing import Ease, evaluated, pieces, slopes


def curve(ease: Ease, *keys: tuple[float, float]) -> np.ndarray:
    times, values = np.array(keys).T
    return pieces(times, values, (ease,) * len(keys))


@pytest.mark.parametrize(
    ("ease", "share", "value"),
    [
        (Ease.LINEAR, 0.25, 0.25),
        (Ease.STEP, 0.99, 0.0),
        (Ease.CUBIC, 0.5, 0.5),
        (Ease.CUBIC, 0.25, 3 * 0.25**2 - 2 * 0.25**3),  # smoothstep
        (Ease.CUBIC, 0.0, 0.0),
    ],
)
def test_each_way_between_two_keys(ease: Ease, share: float, value: float) -> None:
    assert evaluated(curve(ease, (2, 0), (4, 1))[1:2], 2 + 2 * share)[0] == pytest.approx(value)


def test_slopes_are_those_of_the_books() -> None:
    found = slopes(np.array([0.0, 1, 3, 4]), np.array([0.0, 1, 2, 1]))
    # Fritsch and Butland: (3 + 6) / (5 / 1 + 4 / 0.5) for widths 1 and 2, secants 1 and 0.5.
    assert found == pytest.approx([0, 9 / (5 / 1 + 4 / 0.5), 0, 0])


def test_slopes_are_scipys() -> None:
    interpolate = pytest.importorskip("scipy.interpolate")
    times, values = np.array([0.0, 0.3, 1, 1.2, 4]), np.array([0.0, 0.1, 0.5, 0.9, 1])
    expected = interpolate.PchipInterpolator(times, values).derivative()(times)
    assert slopes(times, values)[1:-1] == pytest.approx(expected[1:-1])


VALUES = st.floats(-30, 30, allow_subnormal=True)


@given(st.lists(VALUES, min_size=2, max_size=6), st.lists(st.floats(1e-3, 5), min_size=6, max_size=6),
       st.sampled_from(Ease))  # fmt: skip
def test_no_overshoot(values: list[float], gaps: list[float], ease: Ease) -> None:
    times = np.cumsum(gaps[: len(values)])
    table = pieces(times, np.array(values), (ease,) * len(values))
    for place in range(len(values) - 1):
        low, high = sorted(values[place : place + 2])
        moments = np.linspace(times[place], times[place + 1], 50)
        rows = np.repeat(table[place + 1 : place + 2], 50, axis=0)
        raw = rows[:, 2] + (u := (moments - rows[:, 0]) * rows[:, 1]) * (
            rows[:, 3] + u * (rows[:, 4] + u * rows[:, 5]))  # fmt: skip
        slack = 1e-12 * max(abs(low), abs(high), 1e-300)
        if ease is not Ease.STEP:  # before anything is held to the hull by force
            assert raw.min() >= low - slack
            assert raw.max() <= high + slack
        found = evaluated(rows, moments)
        assert low <= found.min()
        assert found.max() <= high
        if ease is Ease.CUBIC:
            assert (np.diff(found) * np.sign(values[place + 1] - values[place]) >= -slack).all()
