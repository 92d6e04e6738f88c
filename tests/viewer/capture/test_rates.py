"""viewer.capture.rates: how often, and how often at most."""

from __future__ import annotations

import pytest

from viewer.capture.rates import Allowance, Rate


def test_a_steady_rate_is_told_and_forgotten() -> None:
    rate = Rate()
    assert rate.per_s(100.0) == 0.0
    for number in range(180):
        rate.note(100.0 + number / 60)
    assert rate.per_s(103.0) == pytest.approx(60, abs=1)
    assert rate.per_s(103.5) == pytest.approx(30, abs=1)
    assert rate.per_s(104.0) == 0.0
    rate.note(200.0)
    assert rate.per_s(200.0) == 1.0


def test_a_second_s_worth_passes_at_once_and_no_more() -> None:
    allowance = Allowance(10.0)
    assert sum(allowance.allows(5.0) for _ in range(100)) == 10
    assert sum(allowance.allows(5.0 + number / 100) for number in range(200)) == pytest.approx(20, abs=1)
    assert not allowance.allows(50.0, cost=11.0)
    assert allowance.allows(50.0, cost=10.0)
    assert not allowance.allows(49.0)
