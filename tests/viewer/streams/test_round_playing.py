"""viewer.streams.round_playing: rounds of an engine that costs nothing, on a clock that is moved by hand."""

from __future__ import annotations

from typing import Any

import pytest

from gpu_core.settings import View
from tests.viewer.streams.flat_batch import FlatBatch
from viewer.streams.round_playing import Turns, face_at, play_full, play_serial


class Kept:
    def __init__(self) -> None:
        self.pictures: list[tuple[int, int]] = []  # face, colour

    def offer(self, face: int, pixels: Any) -> None:
        self.pictures.append((face, int(pixels[0, 0, 0])))

    def close(self) -> None:
        pass


class Time:
    """Moves by `step_s` with every look."""

    def __init__(self, step_s: float) -> None:
        self.now_s, self.step_s = 100.0, step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def test_serial_is_one_face_after_the_other_with_nothing_beside_it() -> None:
    engine, kept = FlatBatch(), Kept()
    played = play_serial(engine, 3, 0.0, kept)
    assert [face for face, _ in kept.pictures] == [0, 1, 2]
    assert all(len(request.expressions) == 1 for request in engine.submitted)
    assert len({request.expressions for request in engine.submitted}) == 3, "no two faces look alike"
    assert engine.recycled == [0, 1, 2]
    assert played.faces > 0.0


def test_full_reads_every_face_of_every_batch_and_leaves_nothing_in_flight() -> None:
    face_at(0.0)  # what it imports takes its time
    engine, kept = FlatBatch(faces=3, delay_s=0.002), Kept()
    played = play_full(engine, 0.1, kept)
    batches = len(engine.submitted)
    assert batches >= 2
    assert kept.pictures == [(face, 10 * face + batch) for batch in range(batches) for face in range(3)]
    assert engine.recycled == list(range(batches))
    assert not engine.in_flight
    assert all(len(set(request.expressions)) == 3 for request in engine.submitted)
    assert all(request.views == {View.GENERATED} for request in engine.submitted)
    assert played.faces > 0
    assert played.latency_ms


def test_workers_of_one_round_show_other_moments() -> None:
    first, second = FlatBatch(), FlatBatch()
    play_full(first, 0.0, Kept(), first=0)
    play_full(second, 0.0, Kept(), first=1)
    assert first.submitted[0].expressions != second.submitted[0].expressions


def test_what_counts_is_the_span_without_its_beginning() -> None:
    time = Time(0.0)
    turns = Turns(4.0, clock=time, cores=lambda: 2.0 * time.now_s)
    for at_s, faces in ((100.9, 2), (102.0, 2), (103.0, 2), (104.0, 2), (109.0, 2)):
        time.now_s = at_s
        turns.note(faces, 0)
    played = turns.played()
    # From 101 to 104: a part of the batch between 100.9 and 102, and two whole ones. What comes after is not counted.
    assert played.wall_s == pytest.approx(3.0)
    assert played.faces == pytest.approx(2.0 / 1.1 + 4.0)
    assert played.core_s == pytest.approx(6.0)
    assert played.faces_per_s == pytest.approx(played.faces / 3.0)
    assert len(played.latency_ms) == 5


def test_a_machine_slower_than_the_round_counts_until_something_is_there() -> None:
    time = Time(0.0)
    turns = Turns(0.0, clock=time, cores=lambda: 0.0)
    time.now_s = 103.0
    turns.note(6, 0)
    assert turns.played().faces_per_s == pytest.approx(2.0)


def test_where_nothing_was_read_nothing_is_told() -> None:
    assert Turns(0.0, clock=Time(0.0), cores=lambda: 0.0).played().faces_per_s == 0.0


def test_every_round_has_a_moment_and_ends_when_its_time_is_up() -> None:
    assert list(Turns(0.0, clock=Time(0.1))) == [0]
    assert list(Turns(0.35, clock=Time(0.1))) == [0, 1, 2, 3]


def test_the_performance_begins_anew() -> None:
    from viewer.performance.builtin import BUILTIN

    assert face_at(BUILTIN["talk"].duration_s + 1.0) == face_at(1.0)
