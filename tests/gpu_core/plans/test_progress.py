"""Nested phases as one fraction, and the time that is left."""

from __future__ import annotations

import pytest

from gpu_core.plans.progress import PhaseTree, ProgressMeter


def told(*events: tuple) -> list[float]:
    """The fraction after each event: (name, parent, steps) starts, (name, step) steps, (name,) finishes."""
    tree, fractions = PhaseTree(), []
    for event in events:
        {3: tree.start, 2: tree.step, 1: tree.finish}[len(event)](*event)
        fractions.append(tree.fraction)
    return fractions


def test_a_phase_divides_one_step_of_its_parent():
    fractions = told(
        ("build", None, 4), ("build", 0), ("tactics", "build", 5), ("tactics", 0), ("tactics", 1), ("tactics",),
        ("build", 1),
    )  # fmt: skip
    assert fractions == pytest.approx([0, 0.25, 0.25, 0.30, 0.35, 0.35, 0.5])


def test_phases_nest_as_deep_as_they_like():
    assert told(("a", None, 2), ("b", "a", 2), ("c", "b", 2), ("c", 0))[-1] == pytest.approx(0.125)


def test_the_fraction_never_goes_back_and_never_passes_one():
    fractions = told(
        ("build", None, 2), ("tactics", "build", 2), ("tactics", 1), ("tactics", 7), ("tactics",),
        ("tactics", "build", 9), ("build", 5), ("build",), ("another", None, 3), ("unheard", 2), ("unheard",),
    )  # fmt: skip
    assert fractions == sorted(fractions)
    assert fractions[3] == 0.5
    assert fractions[-1] == 1.0


def test_nothing_is_known_before_the_first_phase():
    tree = PhaseTree()
    assert (tree.fraction, tree.phase) == (None, "")


def test_the_phase_is_the_one_that_started_last_and_is_still_open():
    tree = PhaseTree()
    tree.start("build", None, 2)
    tree.start("tactics", "build", 2)
    assert tree.phase == "tactics"
    tree.finish("tactics")
    assert tree.phase == "build"


class Meter:
    """A meter whose clock is ours."""

    def __init__(self) -> None:
        self.now = 100.0
        self.meter = ProgressMeter(lambda: self.now)

    def at(self, seconds: float, fraction: float):
        self.now = 100.0 + seconds
        self.meter.hear("tactics", fraction)
        return self.meter.now


def test_before_the_first_word_it_only_knows_the_time():
    meter = Meter()
    meter.now += 3
    progress = meter.meter.now
    assert (progress.phase, progress.fraction, progress.elapsed_s, progress.left_s) == ("starting", None, 3.0, None)


def test_the_time_left_is_at_the_pace_of_the_latter_half():
    meter = Meter()
    meter.at(0.1, 0.6)  # the first steps pass at once
    meter.at(5.0, 0.65)
    assert meter.at(10.0, 0.70).left_s == pytest.approx(30.0)  # 0.05 in 5 s, 0.30 to go


def test_without_ground_for_an_estimate_there_is_none():
    meter = Meter()
    assert meter.at(1.0, 0.5).left_s is None
    meter.at(1.1, 0.6)
    meter.now = 130.0
    assert meter.meter.now.left_s is None  # nothing has moved for long
