"""viewer.figures.panel_cost: processor time over time that passed, nothing counted twice."""

from __future__ import annotations

import pytest

from viewer.figures.panel_cost import WINDOW_S, PanelCost


class Clocks:
    def __init__(self) -> None:
        self.passed_s = self.spent_s = 100.0


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def cost(clocks: Clocks) -> PanelCost:
    return PanelCost(lambda: clocks.passed_s, lambda: clocks.spent_s)


def test_it_is_a_share_of_one_core(cost: PanelCost, clocks: Clocks) -> None:
    for _ in range(10):
        with cost.measured():
            clocks.spent_s += 0.005
        clocks.passed_s += 0.1
    assert cost.percent == pytest.approx(5.0)
    clocks.passed_s += 2 * WINDOW_S
    assert cost.percent == 0.0


def test_what_is_measured_within_is_counted_once(cost: PanelCost, clocks: Clocks) -> None:
    with cost.measured():
        clocks.spent_s += 0.01
        with cost.measured():
            clocks.spent_s += 0.01
    clocks.passed_s += 1.0
    assert cost.percent == pytest.approx(2.0)


def test_a_body_that_raises_is_counted(cost: PanelCost, clocks: Clocks) -> None:
    def body() -> None:
        with cost.measured():
            clocks.spent_s += 0.01
            raise RuntimeError

    with pytest.raises(RuntimeError):
        body()
    clocks.passed_s += 1.0
    assert cost.percent == pytest.approx(1.0)
