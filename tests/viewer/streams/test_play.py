"""viewer.streams.play: the faces of now, at most so often; pictures in order, of the moments that were asked for."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.errors import InferenceError
from gpu_core.expression import NEUTRAL, Expression
from tests.viewer.streams.flat_batch import FlatBatch
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
    clock = Clock(fps)
    player = Player(engine, lambda moment: (face_at(clock.source_s(moment, 1.0)),), clock)  # type: ignore[arg-type]
    player.run(lambda: len(arrived) < pictures and time.monotonic() < end_s, lambda _face, one: arrived.append(one))
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


FACES = 3


class Round:
    def __init__(self, engine: FlatBatch, fps: float = 200.0) -> None:
        self.moments: list[int] = []
        self.got: list[tuple[int, int, float]] = []  # face, colour, at_s
        self.player = Player(engine, self._faces, Clock(fps))

    def _faces(self, moment: int) -> tuple[Expression, ...]:
        self.moments.append(moment)
        return tuple(NEUTRAL.with_head(yaw=float(face), pitch=0.0, roll=0.0) for face in range(FACES))

    def hand_on(self, face: int, arrived: Arrived) -> None:
        self.got.append((face, int(arrived.pixels[0, 0, 0]), arrived.at_s))

    def run(self, pictures: int) -> None:
        end_s = time.monotonic() + 60.0

        def go_on() -> bool:
            assert time.monotonic() < end_s
            return len(self.got) < pictures

        self.player.run(go_on, self.hand_on)


@pytest.mark.parametrize("delay_s", [0.0, 0.02])
def test_every_face_of_every_batch_arrives_in_order_with_its_moment(delay_s: float) -> None:
    engine = FlatBatch(FACES, delay_s)
    made = Round(engine)
    made.run(4 * FACES)
    batches = len(made.got) // FACES
    assert [(face, colour) for face, colour, _ in made.got] == [
        (face, 10 * face + batch) for batch in range(batches) for face in range(FACES)
    ]
    times = [at_s for _, _, at_s in made.got[::FACES]]
    assert times == sorted(set(times))
    assert times == [made.player.clock.at_s(moment) for moment in made.moments[:batches]]
    assert engine.recycled == list(range(batches))


def test_each_request_has_an_expression_a_face() -> None:
    engine = FlatBatch(FACES)
    Round(engine).run(FACES)
    assert [one.yaw for one in engine.submitted[0].expressions] == [0.0, 1.0, 2.0]


def test_a_slow_engine_is_asked_for_the_face_of_now_and_never_for_those_between() -> None:
    engine = FlatBatch(FACES, delay_s=0.05, depth=1)
    made = Round(engine)
    made.run(3 * FACES)
    gaps = [after - before for before, after in pairwise(made.moments)]
    assert min(gaps) >= 5, "at 200 moments a second ten pass in a batch's time"


def test_another_clock_changes_the_rate_and_no_moment_comes_twice() -> None:
    engine = FlatBatch(FACES)
    made = Round(engine)
    made.run(2 * FACES)
    made.player.clock.turn_to(50.0)
    made.run(4 * FACES)
    times = [at_s for _, _, at_s in made.got[::FACES]]
    assert all(after > before for before, after in pairwise(times))
    assert times[-1] - times[-2] >= 0.019


def test_an_engine_of_many_that_fails_ends_it() -> None:
    engine = FlatBatch(FACES)
    engine.fails_with = InferenceError("no more")
    with pytest.raises(InferenceError, match="no more"):
        Round(engine).run(1)


def test_whoever_takes_pictures_and_fails_leaves_no_frame_behind() -> None:
    engine = FlatBatch(FACES, delay_s=0.005)
    made = Round(engine)

    def hand_on(face: int, _arrived: Arrived) -> None:
        raise RuntimeError("full")

    with pytest.raises(RuntimeError, match="full"):
        made.player.run(lambda: True, hand_on)
    assert engine.recycled == [0]
