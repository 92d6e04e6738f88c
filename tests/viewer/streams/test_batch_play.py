"""viewer.streams.batch_play: one request of many faces, every picture handed on by its face."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from gpu_core.errors import InferenceError
from gpu_core.expression import NEUTRAL, Expression
from tests.viewer.streams.flat_batch import FlatBatch
from viewer.streams.batch_play import BatchPlayer
from viewer.streams.pictures import Arrived
from viewer.streams.play import Clock

FACES = 3


class Round:
    def __init__(self, engine: FlatBatch, fps: float = 200.0) -> None:
        self.moments: list[int] = []
        self.got: list[tuple[int, int, float]] = []  # face, colour, at_s
        self.player = BatchPlayer(engine, self._faces, Clock(fps))

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


def test_an_engine_that_fails_ends_it() -> None:
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
