"""Curves through keyframes: through the keys, never beyond them, round the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.performance.curves import Curve, PerformanceError

KEYS = st.lists(
    st.tuples(st.integers(0, 99).map(lambda n: n / 10), st.floats(0, 1)),
    min_size=1,
    max_size=8,
    unique_by=lambda k: k[0],
)


@given(KEYS, st.floats(-30, 30))
def test_it_stays_within_its_keys(keys: list[tuple[float, float]], time: float) -> None:
    values = [value for _, value in keys]
    assert min(values) - 1e-9 <= Curve.through(keys, 10.0)(time) <= max(values) + 1e-9


@given(KEYS)
def test_it_goes_through_every_key_in_every_period(keys: list[tuple[float, float]]) -> None:
    curve = Curve.through(keys, 10.0)
    for time, value in keys:
        assert curve(time) == pytest.approx(value, abs=1e-9)
        assert curve(time - 10.0) == pytest.approx(value, abs=1e-6)


def test_equal_keys_hold_still() -> None:
    curve = Curve.through([(0, 0.0), (1, 0.7), (2, 0.7), (3, 0.0)], 4.0)
    assert [curve(t) for t in (1.0, 1.3, 1.7, 2.0)] == pytest.approx([0.7] * 4)


@pytest.mark.parametrize(
    ("keys", "why"),
    [([], "at least one"), ([(1.0, 0.0), (5.0, 1.0)], "fall on 1 s"), ([(0.0, float("nan"))], "finite")],
)
def test_a_broken_table_says_so(keys: list[tuple[float, float]], why: str) -> None:
    with pytest.raises(PerformanceError, match=why):
        Curve.through(keys, 4.0)
