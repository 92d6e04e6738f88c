"""The newest picture, whoever is faster."""

from __future__ import annotations

import threading

import numpy as np

from viewer.push.newest import Newest, Pixels


def filled(value: int, size: int = 64) -> Pixels:
    return np.full((size, size, 4), value, np.uint8)


def value_of(taken: tuple[Pixels, float] | None) -> int:
    assert taken is not None
    return int(taken[0][0, 0, 0])


def test_the_newest_wins_and_is_taken_once() -> None:
    newest = Newest()
    assert newest.take() is None
    assert not newest.wait(0.0)
    newest.offer(filled(1), 1.0)
    newest.offer(filled(2), 2.0)
    taken = newest.take()
    assert value_of(taken) == 2
    assert taken is not None
    assert taken[1] == 2.0
    assert newest.take() is None
    assert newest.missed == 1
    assert newest.wait(0.0)


def test_what_was_offered_may_be_written_to_again() -> None:
    newest, mine = Newest(), filled(1)
    newest.offer(mine, 0.0)
    mine[:] = 9
    assert value_of(newest.take()) == 1


def test_what_was_taken_stays_until_the_next_and_memory_goes_round() -> None:
    newest, homes = Newest(), set()
    for number in range(200):
        newest.offer(filled(number % 250), 0.0)
        taken = newest.take()
        newest.offer(filled(251), 0.0)
        assert value_of(taken) == number % 250
        assert taken is not None
        homes.add(taken[0].ctypes.data)
    assert len(homes) <= 4


def test_a_picture_of_another_shape_is_taken_too() -> None:
    newest = Newest()
    for size in (64, 32, 64):
        newest.offer(filled(1, size), 0.0)
        newest.offer(filled(2, size), 0.0)
        taken = newest.take()
        assert taken is not None
        assert taken[0].shape == (size, size, 4)


def test_no_picture_is_torn_between_two_threads() -> None:
    newest, torn, done = Newest(), [], threading.Event()

    def take() -> None:
        while not done.is_set():
            taken = newest.take()
            if taken is not None and (taken[0] != taken[0][0, 0, 0]).any():
                torn.append(taken)

    taker = threading.Thread(target=take)
    taker.start()
    for number in range(2000):
        newest.offer(filled(number % 256), 0.0)
    done.set()
    taker.join()
    assert not torn
