"""viewer.handles.pull: the exact solution of a bounded, damped least squares, and a continuous one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from viewer.handles.pull import pulled

Doubles = NDArray[np.float64]
SHAPES = st.integers(1, 12)
NUMBERS = st.floats(-1, 1, allow_subnormal=False)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Doubles, Doubles, Doubles, Doubles, Doubles]:
    """As faces make them: effects of at most a picture, penalties from hardly any to forbidding, limits around 0."""
    count = draw(SHAPES)
    jacobian = draw(arrays(np.float64, (2, count), elements=NUMBERS))
    pull = draw(arrays(np.float64, 2, elements=st.floats(-5, 5, allow_subnormal=False)))
    penalty = draw(arrays(np.float64, count, elements=st.floats(1e-5, 10.0)))
    low = -draw(arrays(np.float64, count, elements=st.floats(0, 1, allow_subnormal=False)))
    high = draw(arrays(np.float64, count, elements=st.floats(0, 1, allow_subnormal=False)))
    return jacobian, pull, penalty, low, high


def cost(changes: Doubles, jacobian: Doubles, pull: Doubles, penalty: Doubles) -> float:
    return float(np.square(jacobian @ changes - pull).sum() + (penalty * np.square(changes)).sum())


@settings(deadline=None)
@given(problems())
def test_changes_keep_to_their_limits_and_bring_the_point_nearer(problem: tuple[Doubles, ...]) -> None:
    jacobian, pull, penalty, low, high = problem
    changes = pulled(jacobian, pull, penalty, low, high)
    assert (changes >= low).all()
    assert (changes <= high).all()
    assert np.hypot(*(jacobian @ changes - pull)) <= np.hypot(*pull) * (1 + 1e-9)


@settings(deadline=None)
@given(problems())
def test_no_other_changes_are_better(problem: tuple[Doubles, ...]) -> None:
    jacobian, pull, penalty, low, high = problem
    changes = pulled(jacobian, pull, penalty, low, high)
    rows = np.concatenate([jacobian, np.diag(np.sqrt(penalty))])
    wanted = np.concatenate([pull, np.zeros(len(penalty))])
    free = np.where(high - low > 1e-12, high, low + 1e-9)  # scipy wants some room
    best = lsq_linear(rows, wanted, (low, free), method="bvls", tol=1e-14).x
    ours, theirs = (cost(x, jacobian, pull, penalty) for x in (changes, np.clip(best, low, high)))
    assert ours <= theirs + 1e-7 * max(theirs, 1.0)


@settings(deadline=None)
@given(problems(), st.floats(-1e-3, 1e-3), st.floats(-1e-3, 1e-3))
def test_a_little_further_is_a_little_more(problem: tuple[Doubles, ...], right: float, down: float) -> None:
    jacobian, pull, penalty, low, high = problem
    there = pulled(jacobian, pull, penalty, low, high)
    beyond = pulled(jacobian, pull + np.array([right, down]), penalty, low, high)
    # The point itself moves less than the pull: least squares are a projection.
    assert np.hypot(*(jacobian @ (beyond - there))) <= np.hypot(right, down) * (1 + 1e-6) + 1e-9


def test_the_cheaper_shape_does_the_work_and_the_dearer_helps_at_its_end() -> None:
    jacobian, penalty = np.array([[0.1, 0.1], [0.0, 0.0]]), np.array([1e-4, 1e-2])
    zero, one = np.zeros(2), np.ones(2)
    near = pulled(jacobian, np.array([0.05, 0.0]), penalty, zero, one)
    assert near[0] > 0.45
    assert near[1] < 0.01
    far = pulled(jacobian, np.array([0.2, 0.0]), penalty, zero, one)
    assert far[0] == 1.0
    assert far[1] > 0.3


def test_nothing_moves_where_nothing_has_an_effect() -> None:
    zero = np.zeros(3)
    assert not pulled(np.zeros((2, 3)), np.array([1.0, 1.0]), np.ones(3), zero, np.ones(3)).any()


def test_a_pull_that_is_no_pull_moves_nothing() -> None:
    jacobian, zero, one = np.ones((2, 2)), np.zeros(2), np.ones(2)
    for tiny in (0.0, 1e-300, 1e-12):
        assert not pulled(jacobian, np.array([tiny, tiny]), one, -one, one).any()
    assert not pulled(jacobian, np.array([2.0, 1.0]), one, zero, zero).any()


def test_a_shape_of_hardly_any_effect_does_no_harm() -> None:
    for hardly in (1.7e-297, 1e-160, 1e-90):
        jacobian = np.array([[0.5], [-hardly]])
        assert np.isfinite(pulled(jacobian, np.array([0.0, 1.0]), np.ones(1), -np.ones(1), np.zeros(1))).all()


def test_shapes_that_work_against_each_other_are_settled_exactly() -> None:
    """Nearly free and all at their ends: Newton's full steps would go to and fro."""
    across = np.array([-0.73242188, -0.78515625, -0.66015625, 0.3828125, 0.3828125, 0.3828125, 0.3828125])
    jacobian, pull = np.stack([across, np.full(7, 0.3828125)]), np.array([0.0, -3.5703125])
    penalty, low = np.full(7, 1e-5), np.full(7, -0.99023438)
    changes = pulled(jacobian, pull, penalty, low, np.zeros(7))
    slope = penalty * changes - jacobian.T @ (pull - jacobian @ changes)
    free = (changes > low + 1e-9) & (changes < -1e-9)
    assert np.abs(slope[free]).max(initial=0.0) < 1e-7
    assert (slope[changes <= low + 1e-9] >= -1e-7).all()
    assert (slope[changes >= -1e-9] <= 1e-7).all()
