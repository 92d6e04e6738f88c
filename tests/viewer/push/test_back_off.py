"""Waits that double, within five seconds of a server that is back."""

from __future__ import annotations

from viewer.push.back_off import FIRST_S, JITTER, LASTING_S, LONGEST_S, BackOff
from viewer.push.mux_link import OPEN_S


def test_waits_double_to_the_longest() -> None:
    back_off = BackOff(lambda: 0.5)
    assert [back_off.wait_s() for _ in range(5)] == [0.25, 0.5, 1.0, 1.5, 1.5]


def test_streams_that_lost_one_server_come_back_apart() -> None:
    waits = {BackOff().wait_s() for _ in range(20)}
    assert len(waits) > 15
    assert all(FIRST_S * (1 - JITTER) <= wait_s <= FIRST_S * (1 + JITTER) for wait_s in waits)


def test_what_was_live_is_tried_at_once_and_what_came_and_went_is_not() -> None:
    back_off = BackOff(lambda: 0.5)
    for _ in range(4):
        back_off.wait_s()
    back_off.note_live(LASTING_S / 2)
    assert back_off.wait_s() == LONGEST_S
    back_off.note_live(LASTING_S)
    assert back_off.wait_s() == FIRST_S


def test_a_server_that_is_back_is_met_within_five_seconds_even_from_within_an_attempt() -> None:
    assert OPEN_S + LONGEST_S * (1 + JITTER) < 5
