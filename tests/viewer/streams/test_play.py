"""viewer.streams.play: the face of now, at most so often; pictures in order, of the moments that were asked for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import InferenceError
from gpu_core.expression import NEUTRAL, Expression
from tests.viewer.streams.flat_engine import FlatEngine
from viewer.streams.pictures import Arrived
from viewer.streams.play import Clock, Player


def played(engine: FlatEngine, fps: float, pictures: int) -> tuple[list[Arrived], list[float]]:
    """So many pictures of a source of one second, and the moments of the source that were asked for."""
    arrived: list[Arrived] = []
    asked: list[float] = []

    def face_at(source_s: float) -> Expression:
        asked.append(source_s)
        return NEUTRAL

    end_s = time.monotonic() + 60
    player = Player(engine, face_at, 1.0, Clock(fps))  # type: ignore[arg-type]
    player.run(lambda: len(arrived) < pictures and time.monotonic() < end_s, arrived.append)
    return arrived, asked


def test_every_moment_is_shown_once_and_in_order() -> None:
    engine = FlatEngine()
    arrived, asked = played(engine, 50, 10)
    moments = [round(one.at_s * 50) for one in arrived]
    assert moments == sorted(set(moments))
    assert [int(one.pixels[0, 0, 0]) for one in arrived] == list(range(10))
    assert engine.recycled == list(range(len(arrived)))
    assert asked[0] == 0.0
    assert all(0 <= moment < 1 for moment in asked)


def test_the_next_face_is_drawn_while_one_is_inferred() -> None:
    class Noting(FlatEngine):
        deepest = 0

        def submit(self, request: object) -> None:
            super().submit(request)  # type: ignore[arg-type]
            self.deepest = max(self.deepest, self.in_flight)

    engine = Noting(delay_s=0.05)
    played(engine, 100, 4)
    assert engine.deepest == 2


def test_what_comes_too_late_is_never_asked_for() -> None:
    arrived, _ = played(FlatEngine(delay_s=0.05), 200, 5)
    assert 200 * (arrived[-1].at_s - arrived[0].at_s) > 8  # four steps of one frame each would be 4


def test_an_engine_that_fails_is_told() -> None:
    engine = FlatEngine()
    engine.fails_with = InferenceError("it does not infer")
    with pytest.raises(InferenceError):
        played(engine, 100, 3)


def test_another_rate_goes_on_at_the_same_place() -> None:
    clock = Clock(10.0)
    assert clock.source_s(1000, 60.0) == 0.0
    clock.turn_to(5.0)
    assert clock.source_s(505, 60.0) == pytest.approx(1.0)


@given(st.floats(0, 1e7), st.sampled_from([5.0, 23.976, 25.0, 30.0, 120.0]))
def test_the_newest_moment_has_come_and_the_next_has_not(now_s: float, fps: float) -> None:
    clock = Clock(fps)
    moment = clock.newest(now_s)
    assert clock.at_s(moment) <= now_s + 1e-5
    assert clock.at_s(moment + 1) > now_s - 1e-5


@given(st.integers(0, 10**9), st.floats(0.5, 1e4), st.floats(1, 1e7))
def test_a_source_is_always_asked_for_a_moment_that_it_has(moment: int, seconds: float, epoch_s: float) -> None:
    assert 0 <= Clock(25.0, epoch_s).source_s(moment, seconds) < seconds


def test_streams_of_one_epoch_are_in_step() -> None:
    assert Clock(25.0, 100.0).source_s(2600, 60.0) == pytest.approx(4.0)
    assert Clock(50.0, 100.0).source_s(5200, 60.0) == pytest.approx(4.0)
