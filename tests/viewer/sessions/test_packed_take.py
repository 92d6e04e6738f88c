"""viewer.sessions.packed_take: takes and timelines as arrays are the same bit by bit."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.performance.easing import Ease
from viewer.performance.keyframes import Key, Track
from viewer.performance.timeline import Timeline
from viewer.sessions.course import take_of
from viewer.sessions.packed_take import FaceTable, PackedTimeline, packed_take
from viewer.sessions.timed_expression import TimedExpression


@pytest.fixture
def faces() -> list[Expression]:
    rng = np.random.default_rng(3)
    return [Expression(tuple(rng.random(len(ARKIT_SHAPES)).tolist()), *rng.normal(0, 9, 3).tolist()) for _ in range(9)]


def test_faces_come_back_bit_by_bit(faces: list[Expression]) -> None:
    table = FaceTable(faces)
    assert list(table) == faces
    assert table[-1] == faces[-1]


def test_a_take_shows_the_same_at_every_moment(faces: list[Expression]) -> None:
    rows = [TimedExpression(index / 60, face) for index, face in enumerate(faces)]
    rows.insert(4, TimedExpression(4 / 60 + 1e-3, None))
    take = take_of(rows, Path("x.csv"))
    packed = pickle.loads(pickle.dumps(packed_take(take)))
    assert not packed.rows
    assert (packed.title, packed.seconds, packed.fps) == (take.title, take.seconds, take.fps)
    for time in np.linspace(-0.1, 0.3, 77).tolist():
        assert packed.at(time) == take.at(time)


def test_a_timeline_comes_back_equal() -> None:
    keys = tuple(Key(0.1 * number, number / 7, ease) for number, ease in enumerate(Ease))
    timeline = Timeline.of(
        [Track("jawOpen", keys), Track("yaw", (Key(1.0, -5.0),))], duration_s=4.0, fps=60.0, title="x"
    )
    packed = pickle.loads(pickle.dumps(PackedTimeline.of(timeline)))
    assert packed.frame.with_tracks(packed.unpacked()) == timeline
