"""viewer.live.live_lane: from the thread that listens to the engine, with what the hand holds on top."""

from __future__ import annotations

import time

import pytest

from gpu_core.expression import NEUTRAL, Expression
from gpu_core.settings import FrameRequest, View
from viewer.capture import live_face
from viewer.capture.heard import Heard
from viewer.capture.live_face import LiveSettings
from viewer.capture.receiver import Arrival
from viewer.capture.senders import SourceKey
from viewer.live.live_lane import LiveLane
from viewer.request_maker import RequestMaker

SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.8}).with_head(yaw=10.0)
ANNA = SourceKey(("10.0.0.1", 1), "Anna")


@pytest.fixture
def asked() -> list[FrameRequest]:
    return []


@pytest.fixture
def lane(asked: list[FrameRequest], monkeypatch: pytest.MonkeyPatch) -> LiveLane:
    monkeypatch.setattr(live_face, "EASE_IN_S", 1e-6)
    lane = LiveLane(RequestMaker((View.GENERATED,)), asked.append)
    lane.configure(LiveSettings(smoothing=0.0))
    return lane


def hear(lane: LiveLane, face: Expression | None) -> Arrival:
    arrival = Arrival(ANNA, Heard("Anna", face), time.perf_counter())
    lane.hear(arrival)
    return arrival


def test_only_when_it_is_armed_the_engine_is_asked(lane: LiveLane, asked: list[FrameRequest]) -> None:
    hear(lane, SMILE)
    assert not asked
    assert lane.face(time.perf_counter()) == SMILE
    lane.is_armed = True
    arrival = hear(lane, SMILE)
    (request,) = asked
    assert request.expressions == (SMILE,)
    assert request.requested_ns == int(arrival.arrived_s * 1e9)
    hear(lane, None)
    assert len(asked) == 1


def test_what_is_held_is_on_top(lane: LiveLane, asked: list[FrameRequest]) -> None:
    lane.is_armed = True
    hand = NEUTRAL.with_weights({"browInnerUp": 0.9}).with_head(yaw=-5.0)
    lane.hold({"browInnerUp": hand, "yaw": hand})
    hear(lane, SMILE)
    hear(lane, SMILE)
    assert asked[-1].expressions[0] == SMILE.with_weights({"browInnerUp": 0.9}).with_head(yaw=-5.0)
    lane.hold({})
    hear(lane, SMILE)
    assert asked[-1].expressions[0] == SMILE


def test_neutral_is_known_once_something_is_heard(lane: LiveLane) -> None:
    assert lane.calibrated() is None
    hear(lane, SMILE)
    settings = lane.calibrated()
    assert settings is not None
    assert settings.neutral == SMILE
    assert lane.level(time.perf_counter()) == 1.0
    lane.forget()
    assert lane.calibrated() is None
    assert lane.level(time.perf_counter()) == 0.0


def test_without_anybody_to_ask_the_window_has_to(asked: list[FrameRequest]) -> None:
    lane = LiveLane(RequestMaker((View.GENERATED,)), asked.append)
    lane.close()
    lane.is_armed = True
    assert lane.hear(Arrival(ANNA, Heard("Anna", SMILE), 1.0)) is None
