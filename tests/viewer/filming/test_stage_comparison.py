"""Stage timings side by side: a shift is named, noise is not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from viewer.filming.stage_comparison import FASTER, FEW, SAME, SLOWER, compare_stages, heading


def times(median: float, seed: int, count: int = 200) -> list[float]:
    return list(np.random.default_rng(seed).normal(median, 0.3, count))


@pytest.mark.parametrize(("step", "verdict"), [(0.8, SLOWER), (-0.8, FASTER), (0.0, SAME), (0.01, SAME)])
def test_a_shift_beyond_noise_is_named_with_its_size(step: float, verdict: str) -> None:
    (shift,) = compare_stages({"infer": times(20.0, 1)}, {"infer": times(20.0 + step, 2)})
    assert shift.verdict == verdict
    if step in (0.8, -0.8):
        assert f"infer 0.8 ms {verdict}" in shift.line()
        assert shift.low <= step <= shift.high


def test_noise_that_wanders_is_no_shift() -> None:
    """Frames that follow each other are alike: as if independent, this would be called sure about every other time."""
    called = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        one, other = (20 + np.convolve(random.normal(0, 1, 208), np.ones(9) / 9, "valid") for _ in range(2))
        called += compare_stages({"infer": one}, {"infer": other})[0].verdict != SAME
    assert called <= 5


def test_few_and_strange_values() -> None:
    assert compare_stages({"pose": [1.0] * 3}, {"pose": [9.0] * 3})[0].verdict == FEW
    assert compare_stages({"pose": [math.nan]}, {"pose": [1.0]}) == []
    assert compare_stages({"pose": [1.0]}, {"render": [1.0]}) == []


def test_stages_come_in_the_order_a_frame_passes_them() -> None:
    both = {name: [1.0] * 20 for name in ("record", "infer", "pose", "encode")}
    assert [shift.stage for shift in compare_stages(both, both)] == ["pose", "infer", "record", "encode"]
    assert len(heading()) <= len(compare_stages(both, both)[0].line())
