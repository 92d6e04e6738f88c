"""viewer.performance.idle: the statistics of its sources, no jumps but the eyes', the same life for the same seed."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pytest

from viewer.performance.idle import AT_REST, FARTHEST_DEG, IN_CONVERSATION, SHORTEST_S, IdleLife, closed

HOUR_S = 3600.0


@pytest.mark.parametrize("rate", [AT_REST, IN_CONVERSATION])
def test_blinks_come_as_often_as_people_blink_and_not_like_a_clock(rate: float) -> None:
    blinks = IdleLife(3, rate).blinks(HOUR_S)
    assert len(blinks) / 60 == pytest.approx(rate, rel=0.1)
    gaps = [after - before for before, after in pairwise(blinks)]
    assert min(gaps) >= SHORTEST_S - 1e-9
    assert statistics.stdev(gaps) > 0.35 * statistics.mean(gaps)
    assert statistics.median(gaps) < statistics.mean(gaps)  # skewed to the right


def test_a_blink_shuts_both_eyes_and_opens_them_again() -> None:
    life = IdleLife(5)
    start = life.blinks(60.0)[2]
    lids = [life.at(start + step / 100)["eyeBlinkLeft"] for step in range(40)]
    assert max(lids) == 1.0
    assert lids[0] == lids[-1] == 0.0
    assert life.at(start + 0.1)["eyeBlinkRight"] == pytest.approx(1.0, abs=0.05)


def test_lids_close_faster_than_they_open() -> None:
    down = next(step for step in range(1000) if closed(step / 1000) >= 1.0)
    up = next(step for step in range(down + 60, 1000) if closed(step / 1000) <= 0.0)
    assert down < up - down


def test_the_eyes_are_with_the_viewer_most_of_the_time_and_never_far_away() -> None:
    life = IdleLife(7)
    gazes = [life.at(step / 20).gaze for step in range(20 * 600)]
    sizes = [max(abs(yaw), abs(pitch)) for yaw, pitch in gazes]
    assert max(sizes) <= FARTHEST_DEG + 0.01
    assert 0.8 < sum(size < 2.5 for size in sizes) / len(sizes) < 0.99
    assert max(sizes) > 4.0


def test_nothing_but_eyes_and_lids_moves_fast() -> None:
    life = IdleLife(11)
    faces = [life.at(step / 100) for step in range(6000)]
    for axis in ("yaw", "pitch", "roll"):
        speeds = [abs(getattr(b, axis) - getattr(a, axis)) * 100 for a, b in pairwise(faces)]
        assert 0.1 < max(speeds) < 2.0  # degrees a second
        assert max(abs(getattr(face, axis)) for face in faces) < 1.6
    moving = {name for name in ("jawOpen", "mouthSmileLeft", "browInnerUp") if any(face[name] for face in faces)}
    assert moving == set()


def test_the_same_seed_is_the_same_life_whatever_is_asked_first() -> None:
    one, other = IdleLife(2), IdleLife(2)
    other.at(100.0)
    assert [one.at(t / 7) for t in range(200)] == [other.at(t / 7) for t in range(200)]
    assert one.blinks(60.0) != IdleLife(3).blinks(60.0)
