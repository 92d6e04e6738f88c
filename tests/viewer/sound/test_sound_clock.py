"""viewer.sound.sound_clock: smooth, at the device's own rate, never back."""

from __future__ import annotations

import random

import pytest

from viewer.sound.sound_clock import JUMP_S, SoundClock


def test_nothing_is_heard_before_what_was_asked_for() -> None:
    clock = SoundClock(3.0)
    assert clock.at(10.0) == 3.0
    clock.note(10.0, 2.96)
    assert clock.at(10.0) == 3.0
    assert clock.at(10.1) == pytest.approx(3.06)


@pytest.mark.parametrize("rate", [0.995, 1.0, 1.005])
def test_it_learns_the_rate_of_a_device_whose_thread_is_late(rate: float) -> None:
    chance, clock = random.Random(1), SoundClock(0.0)
    errors = []
    for block in range(2000):
        late_s = chance.uniform(0.0, 0.015)
        clock.note(block * 0.02 / rate + late_s, block * 0.02)
        now_s = block * 0.02 / rate + 0.017
        errors.append(clock.at(now_s) - now_s * rate)
    assert max(map(abs, errors[100:])) < 0.012


def test_it_never_goes_back() -> None:
    chance, clock, told = random.Random(2), SoundClock(0.0), []
    for block in range(300):
        clock.note(block * 0.02 + chance.uniform(0, 0.02), block * 0.02 - 0.1 * (block > 150))
        told += [clock.at(block * 0.02 + 0.02 + step / 1000) for step in range(3)]
    assert told == sorted(told)


def test_a_gap_is_no_jitter() -> None:
    clock = SoundClock(0.0)
    for block in range(50):
        clock.note(block * 0.02, block * 0.02)
    clock.note(3.0, 1.0)  # it stood still for two seconds
    assert clock.at(3.0) == pytest.approx(1.0, abs=0.03)
    assert JUMP_S < 2.0
    assert clock.age_s(3.5) == pytest.approx(0.5)
