"""viewer.capture.one_euro: smooth at rest, quick in motion."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.capture.one_euro import OneEuro


def test_noise_at_rest_is_taken_away() -> None:
    noise = np.random.default_rng(1).normal(0.5, 0.02, (600, 3))
    filter_ = OneEuro(1.0, 0.5)
    smooth = np.array([filter_.filtered(row, number / 60) for number, row in enumerate(noise)])
    assert (smooth[60:].std(0) < 0.4 * noise[60:].std(0)).all()
    assert smooth[60:].mean(0) == pytest.approx([0.5] * 3, abs=0.01)


def test_a_quick_value_is_followed_while_its_neighbour_stays() -> None:
    filter_ = OneEuro(1.0, 2.0)
    rows = [np.array([min(number / 5, 1.0), 0.3]) for number in range(12)]
    for number, row in enumerate(rows):
        out = filter_.filtered(row, number / 60)
    assert out[0] > 0.9
    assert out[1] == pytest.approx(0.3)


def test_it_is_the_filter_of_the_paper() -> None:
    """Worked out by hand for two samples: alpha = 1 / (1 + tau / Te), tau = 1 / (2 pi fc)."""
    filter_ = OneEuro(1.0, 0.1)
    filter_.filtered(np.array([0.0]), 0.0)
    te = 0.1
    alpha_speed = 1 / (1 + 1 / (2 * np.pi * 1.0) / te)
    cutoff = 1.0 + 0.1 * alpha_speed * 10.0
    alpha = 1 / (1 + 1 / (2 * np.pi * cutoff) / te)
    assert filter_.filtered(np.array([1.0]), 0.1)[0] == pytest.approx(alpha)


def test_time_that_stands_still_or_steps_back_gives_the_last_again() -> None:
    filter_ = OneEuro(1.0, 1.0)
    filter_.filtered(np.array([0.0]), 1.0)
    out = filter_.filtered(np.array([1.0]), 1.1)
    assert filter_.filtered(np.array([5.0]), 1.1) == out
    assert filter_.filtered(np.array([5.0]), 0.0) == out
    filter_.forget()
    assert filter_.filtered(np.array([5.0]), 0.0) == 5.0
