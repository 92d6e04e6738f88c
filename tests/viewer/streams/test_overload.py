"""viewer.streams.overload: streams that go slower than they are asked to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewer.streams.test_admission import forms
from viewer.streams.admission import LEAST_FPS
from viewer.streams.overload import QUIET_S, Advice, Overload
from viewer.streams.values import StreamStatus


class Machine:
    """Streams that together make no more than `power` pictures a second, at whatever share they are told to go."""

    def __init__(self, overload: Overload, streams: int, power: float) -> None:
        self.overload, self.streams, self.power = overload, streams, power
        self.now_s, self.misses = 0.0, [0.0] * streams
        self.lost: tuple[int, ...] = ()  # streams given up

    def run(self, seconds: float, state: str = "live") -> Advice:
        for _ in range(round(2 * seconds)):
            self.now_s += 0.5
            wanted = 25.0 * self.overload.advice.share
            fps = min(wanted, self.power / (self.streams - len(self.lost)))
            self.misses = [missed + 0.5 * (wanted - fps) for missed in self.misses]
            told = [
                StreamStatus(number, "failed" if number in self.lost else state, fps=fps, misses=int(missed))
                for number, missed in enumerate(self.misses, 1)
            ]
            self.overload.hear(told, self.now_s)
        return self.overload.advice


def machine(when_full: str, power: float, streams: int = 3) -> Machine:
    return Machine(Overload(forms(streams), when_full), streams, power)


def test_a_machine_that_keeps_up_is_left_alone() -> None:
    for when_full in ("refuse", "degrade"):
        assert machine(when_full, 80.0).run(60.0) == Advice()


def test_misses_are_said_once_they_are_steady_and_no_more_once_they_are_over() -> None:
    busy = machine("refuse", 45.0)
    assert busy.run(2.0) == Advice()
    advice = busy.run(6.0)
    assert advice.share == 1.0
    assert advice.note.startswith("40% of the deadlines are missed: this machine is too busy for 3 streams")
    busy.power = 80.0
    assert busy.run(8.0) == Advice()


def test_all_go_at_the_rate_that_the_machine_keeps() -> None:
    busy = machine("degrade", 45.0)
    advice = busy.run(10.0)
    assert 25.0 * advice.share == pytest.approx(15.0, rel=0.1)
    assert 3 * 25.0 * advice.share <= 45.0
    assert advice.note == "this machine is too busy: all streams go at 14 fps"


def test_more_is_tried_again_after_a_quiet_time_up_to_all_that_was_asked_for() -> None:
    busy = machine("degrade", 45.0)
    busy.run(10.0)
    busy.power = 80.0
    assert busy.run(QUIET_S - 5.0).share < 1.0
    assert busy.run(8 * QUIET_S) == Advice()


def test_trying_more_in_vain_grows_rare() -> None:
    busy = machine("degrade", 45.0)
    shares = [busy.run(0.5).share for _ in range(2 * 600)]
    rises = [at for at in range(1, len(shares)) if shares[at] > shares[at - 1]]
    assert 2 <= len(rises) <= 10
    assert rises[-1] - rises[-2] > 2 * (rises[1] - rises[0])


def test_who_starts_proves_nothing() -> None:
    busy = machine("degrade", 30.0)
    assert busy.run(30.0, state="starting") == Advice()


def test_slower_than_a_picture_a_second_is_no_video() -> None:
    busy = machine("degrade", 0.3)
    assert 25.0 * busy.run(200.0).share == pytest.approx(LEAST_FPS)


def test_there_is_no_third_way() -> None:
    with pytest.raises(ValueError, match="neither"):
        Overload(forms(1), "neither")


statuses = st.lists(
    st.builds(StreamStatus, st.integers(0, 5), st.sampled_from(["live", "starting", "degraded", "failed"]),
              fps=st.floats(0.0, 500.0), misses=st.integers(0, 10**9)), max_size=4,
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0.0, 10.0), statuses), max_size=40), st.sampled_from(["refuse", "degrade"]))
def test_whatever_is_told_the_share_stays_one(told: list[tuple[float, list[StreamStatus]]], when_full: str) -> None:
    overload, now_s = Overload(forms(4), when_full), 0.0
    for later_s, heard in told:
        now_s += later_s
        advice = overload.hear(heard, now_s)
        assert LEAST_FPS / 25.0 <= advice.share <= 1.0
        assert when_full == "degrade" or advice.share == 1.0


def test_one_that_failed_is_no_reason_to_judge_the_others_no_more() -> None:
    busy = machine("degrade", 45.0)
    busy.run(2.0)
    busy.lost = (1,)
    busy.power = 30.0
    advice = busy.run(10.0)
    assert 25.0 * advice.share == pytest.approx(15.0, rel=0.1)


def test_the_misses_of_one_that_failed_are_not_taken_for_the_others_luck() -> None:
    busy = machine("refuse", 45.0)
    busy.misses[0] = 1e6
    busy.run(4.0)
    busy.lost, busy.power = (1,), 30.0
    assert busy.run(4.5).note
