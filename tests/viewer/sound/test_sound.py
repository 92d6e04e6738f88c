"""viewer.sound.sound: what is heard, and what happens when the device is not there or goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.viewer.sound_devices import Clock, Shop
from viewer.sound.sound import GONE, NO_DEVICE, Samples, SoundPlayer

RATE = 24_000
# Every sample says where it is: its value times 100 are the seconds into the sound.
RAMP: Samples = (np.arange(60 * RATE) / RATE / 100).astype(np.float32)
Open = Callable[..., tuple[SoundPlayer, Shop]]


def wait_for(condition: Callable[[], object]) -> None:
    """The player's own thread lives in real time."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def opened(clock: Clock, said: list[str]) -> Iterator[Open]:
    players: list[SoundPlayer] = []

    def make(**how: object) -> tuple[SoundPlayer, Shop]:
        shop = Shop(clock, **how)  # type: ignore[arg-type]
        players.append(SoundPlayer(shop, said.append, now_s=clock))
        return players[-1], shop

    yield make
    for player in players:
        player.close()


def started(player: SoundPlayer, shop: Shop, from_s: float = 0.0) -> None:
    player.play(RAMP, RATE, from_s)
    wait_for(lambda: player._device is not None)
    assert shop.last.rate == RATE


@pytest.mark.parametrize(("speed", "jitter_s"), [(1.0, 0.0), (1.005, 0.018), (0.995, 0.018)])
def test_the_position_is_what_is_heard(opened: Open, clock: Clock, speed: float, jitter_s: float) -> None:
    player, shop = opened(speed=speed, jitter_s=jitter_s)
    started(player, shop)
    worst = 0.0
    for step in range(2500):  # 40 s
        clock.now_s += 0.016
        shop.last.go_on()
        position = player.position_s
        assert position is not None
        if step > 5:
            worst = max(worst, abs(position - 100 * shop.last.heard_sample()))
    assert worst < 0.03


def test_the_picture_waits_for_a_device_that_is_being_opened(opened: Open, clock: Clock) -> None:
    player, shop = opened()
    player.play(RAMP, RATE, 2.0)
    clock.now_s += 0.5
    assert player.position_s == 2.0
    wait_for(lambda: shop.made)


def test_a_jump_is_heard_at_once(opened: Open, clock: Clock) -> None:
    player, shop = opened()
    started(player, shop)
    for _ in range(20):
        clock.now_s += 0.016
        shop.last.go_on()
    player.play(RAMP, RATE, 30.0)
    assert player.position_s == 30.0
    for _ in range(8):
        clock.now_s += 0.016
        shop.last.go_on()
    assert 100 * shop.last.heard_sample() == pytest.approx(30.07, abs=0.03)
    assert player.position_s == pytest.approx(100 * shop.last.heard_sample(), abs=0.02)
    assert len(shop.made) == 1


def test_silence_after_stop_and_after_the_end(opened: Open, clock: Clock) -> None:
    player, shop = opened()
    started(player, shop, 59.99)
    for _ in range(10):
        clock.now_s += 0.016
        shop.last.go_on()
    assert not shop.last.heard[-1].any()
    position = player.position_s
    assert position is not None
    assert position > 60.0
    player.stop()
    assert player.position_s is None
    clock.now_s += 0.1
    shop.last.go_on()
    assert not shop.last.heard[-1].any()


def test_without_a_device_it_says_so_once_and_nobody_waits(opened: Open, said: list[str]) -> None:
    player, shop = opened(is_empty=True)
    for _ in range(3):
        player.play(RAMP, RATE, 1.0)
        wait_for(lambda: player.position_s is None)
    assert said == [NO_DEVICE]
    shop.is_empty = False  # plugged in
    started(player, shop)
    assert player.position_s == 0.0


def test_a_device_that_goes_is_told_of_and_closed(opened: Open, clock: Clock, said: list[str]) -> None:
    player, shop = opened()
    started(player, shop)
    for _ in range(20):
        clock.now_s += 0.016
        shop.last.go_on()
    shop.last.is_gone = True
    clock.now_s += 0.3
    assert player.position_s is not None
    clock.now_s += 0.3
    assert player.position_s is None
    assert said == [GONE]
    wait_for(lambda: shop.last.is_closed)
    started(player, shop)  # another one
    assert len(shop.made) == 2
    assert said == [GONE]


def test_another_rate_needs_another_device(opened: Open) -> None:
    player, shop = opened()
    started(player, shop)
    player.play(RAMP, 22_050, 0.0)
    wait_for(lambda: len(shop.made) == 2 and shop.made[0].is_closed)
    assert shop.last.rate == 22_050


def test_closed_twice_and_never_opened(opened: Open) -> None:
    player, shop = opened()
    player.close()
    player.close()
    player.play(RAMP, RATE, 0.0)
    assert not shop.made
