"""viewer.rivals: which frames wait for the other side, which are followed by it, and what becomes of them."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gpu_core.errors import InferenceError, PathUnavailable
from gpu_core.expression import NEUTRAL
from gpu_core.settings import EngineSettings, Frame, FrameRequest
from tests.fakes import FakeRival
from viewer.compare.comparison import OtherWay
from viewer.rivals import Rivals

FP32, FINE = OtherWay("fp32", changes=(("precision", "fp32"),)), OtherWay("fine", Path("fine.onnx"))


class Bench:
    """An engine that opens rivals which work by order, and remembers what was given back."""

    def __init__(self) -> None:
        self.face: Any = object()
        self.generator: Any = object()
        self.settings = EngineSettings()
        self.thread = threading.get_ident()
        self.rivals: list[FakeRival] = []
        self.recycled: list[Frame] = []
        self.refuses = ""

    def open_rival(self, source: Path | None, changes: Any) -> FakeRival:
        if self.refuses == dict(changes).get("precision", source and source.stem):
            raise PathUnavailable("not here")
        engine: Any = self
        self.rivals.append(FakeRival(engine, "rival", changes, by_order=True))
        return self.rivals[-1]

    def recycle(self, frame: Frame) -> None:
        self.recycled.append(frame)


@pytest.fixture
def engine() -> Any:
    return Bench()


@pytest.fixture
def rivals() -> Rivals:
    return Rivals(lambda: None)


def frame(jaw: float) -> Frame:
    request = FrameRequest((NEUTRAL.with_weights({"jawOpen": jaw}),))
    return Frame(round(jaw * 10), request, {}, None, 0, (), 0, "fake", True)


def test_without_rivals_nothing_waits(rivals: Rivals, engine: Any) -> None:
    assert not rivals.take(frame(0.1), may_hold=True)
    assert rivals.advance(engine, is_idle=True) == ([], [])


def test_a_frame_waits_for_both_and_the_next_is_not_begun(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32, FINE))
    first, second = frame(0.1), frame(0.2)
    assert rivals.take(first, may_hold=True)
    assert rivals.take(second, may_hold=True)
    assert rivals.advance(engine, is_idle=False) == ([], [])
    assert rivals.are_awaited
    engine.rivals[0].finish()
    assert rivals.advance(engine, is_idle=False) == ([], [])
    engine.rivals[1].finish()
    (paired,), late = rivals.advance(engine, is_idle=False)
    assert (paired.index, set(paired.others), late) == (first.index, {FP32, FINE}, [])
    assert rivals.are_awaited, "the second one"
    for rival in engine.rivals:
        assert rival.submitted == [first.request, second.request]
        rival.finish()
    assert rivals.advance(engine, is_idle=False)[0][0].index == second.index
    assert not rivals.are_awaited


def test_what_a_hand_asks_for_is_followed_when_there_is_nothing_else_to_do(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32,))
    (rival,) = engine.rivals
    for jaw in (0.1, 0.2, 0.3):
        assert not rivals.take(frame(jaw), may_hold=False)
        rivals.advance(engine, is_idle=False)
    assert rival.submitted == []
    rivals.advance(engine, is_idle=True)
    assert rival.submitted == [frame(0.3).request], "the newest alone"
    rival.finish()
    frames, ((request, others),) = rivals.advance(engine, is_idle=True)
    assert (frames, request, set(others)) == ([], frame(0.3).request, {FP32})
    rivals.advance(engine, is_idle=True)
    assert len(rival.submitted) == 1


def test_one_that_cannot_be_had_changes_nothing(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32,))
    engine.refuses = "fine"
    other = OtherWay("int8", changes=(("precision", "int8"),))
    with pytest.raises(PathUnavailable):
        rivals.use(engine, (other, FINE))
    assert rivals.ways == (FP32,)
    assert [rival.closed for rival in engine.rivals] == [False, True], "what was opened for it is closed again"


def test_what_goes_on_is_not_opened_again_and_the_rest_is_closed(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32, FINE))
    rivals.use(engine, (FINE,))
    assert [rival.closed for rival in engine.rivals] == [True, False]
    rivals.use(engine, ())
    assert [rival.closed for rival in engine.rivals] == [True, True]


def test_a_picture_asked_for_before_the_ways_changed_is_thrown_away(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32, FINE))
    rivals.take(frame(0.1), may_hold=False)
    rivals.advance(engine, is_idle=True)
    rivals.use(engine, (FP32,))
    rivals.take(frame(0.2), may_hold=False)
    assert rivals.advance(engine, is_idle=True) == ([], [])
    engine.rivals[0].finish()
    assert rivals.advance(engine, is_idle=True) == ([], [])
    engine.rivals[0].finish()
    assert rivals.advance(engine, is_idle=True)[1][0][0] == frame(0.2).request


@pytest.mark.parametrize("change", ["face", "generator", "settings"])
def test_beside_another_engine_they_are_closed_and_frames_come_out(rivals: Rivals, engine: Any, change: str) -> None:
    rivals.use(engine, (FP32,))
    rivals.take(frame(0.1), may_hold=True)
    setattr(engine, change, EngineSettings(depth=1) if change == "settings" else object())
    (alone,), _ = rivals.advance(engine, is_idle=True)
    assert not alone.others
    assert engine.rivals[0].closed


def test_one_that_fails_takes_all_with_it_and_frames_come_out(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32, FINE))
    rivals.take(frame(0.1), may_hold=True)
    rivals.advance(engine, is_idle=True)
    engine.rivals[0].fail_with = InferenceError("out of numbers")
    engine.rivals[0].finish()
    with pytest.raises(InferenceError):
        rivals.advance(engine, is_idle=True)
    assert all(rival.closed for rival in engine.rivals)
    assert len(rivals.advance(engine, is_idle=True)[0]) == 1


def test_while_one_has_no_network_yet_nothing_waits_for_it(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32,))
    (rival,) = engine.rivals
    rival.state = SimpleNamespace(serving=False)
    assert rivals.are_waiting
    assert not rivals.take(frame(0.1), may_hold=True)
    assert rivals.advance(engine, is_idle=True) == ([], [])
    rival.state = SimpleNamespace(serving=True)
    rivals.advance(engine, is_idle=True)
    assert rival.submitted == [frame(0.1).request]


def test_closed_it_gives_frames_back(rivals: Rivals, engine: Any) -> None:
    rivals.use(engine, (FP32,))
    held = frame(0.1)
    rivals.take(held, may_hold=True)
    rivals.close(engine)
    rivals.close(engine)
    assert engine.recycled == [held]
    assert engine.rivals[0].closed
