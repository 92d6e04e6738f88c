"""viewer.hand_layer: the hand on top of what plays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from gpu_core.expression import NEUTRAL, Expression
from viewer.hand_layer import _PLACE_OF, HandLayer
from viewer.performance.layers import ALL_NAMES, Mode
from viewer.playback import PlaybackClock
from viewer.view_values import FaceEdit
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@dataclass(frozen=True)
class Ramp:
    key: str = "ramp"
    title: str = "Ramp"
    duration_s: float = 10.0
    loops: bool = True

    def at(self, t: float) -> Expression:
        return NEUTRAL.with_weights({"jawOpen": t / 20, "browInnerUp": 0.5, "jawLeft": 0.2}).with_head(yaw=t)


class Now:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Stage:
    model: ViewerModel
    clock: PlaybackClock
    hand: HandLayer
    now: Now

    def at(self, seconds: float) -> Expression:
        """Go on to there."""
        self.now.now_s = seconds
        self.clock.tick()
        return self.model.expression


@pytest.fixture
def stage(model: ViewerModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("viewer.playback.PATIENCE_S", -1.0)
    now = Now()
    clock = PlaybackClock(model, {"ramp": Ramp(), "other": Ramp("other")}, now_s=now)
    clock._timer.setInterval(1_000_000)
    stage = Stage(model, clock, HandLayer(model, clock), now)
    model.set_playback(replace(model.playback, name="ramp", playing=True))
    yield stage
    model.set_playback(replace(model.playback, playing=False))


def test_every_channel_has_a_region() -> None:
    assert set(_PLACE_OF) == ALL_NAMES


def test_off_a_hand_stops_what_plays(stage: Stage) -> None:
    stage.model.edit_weights({"jawOpen": 0.9})
    assert not stage.model.playback.playing


def test_on_it_adds_and_what_plays_goes_on(stage: Stage) -> None:
    told: list[FaceEdit] = []
    stage.model.face_edited.connect(told.append)
    stage.hand.set_on(True)
    assert stage.at(2.0)["jawOpen"] == pytest.approx(0.1)
    stage.model.edit_weights({"jawOpen": 0.4})
    assert stage.model.playback.playing
    assert stage.at(4.0)["jawOpen"] == pytest.approx(0.2 + 0.3)
    assert stage.model.expression["jawLeft"] == pytest.approx(0.2)
    stage.model.edit_weights({"browInnerUp": 0.1})
    assert stage.at(5.0)["browInnerUp"] == pytest.approx(0.1)
    stage.model.edit_head(yaw=-20.0)
    assert stage.at(6.0).yaw == pytest.approx(6.0 - 25.0)
    assert stage.hand.held == ("Brows", "Jaw", "Head")
    assert not told  # it is no step of the history
    stage.hand.let_go()
    assert stage.at(7.0) == Ramp().at(7.0)


def test_overriding_takes_the_whole_region(stage: Stage) -> None:
    stage.hand.set_on(True)
    stage.hand.set_mode("Jaw", Mode.OVERRIDE)
    stage.at(2.0)
    stage.model.edit_weights({"jawForward": 0.4})
    face = stage.at(8.0)
    assert face["jawForward"] == pytest.approx(0.4)
    assert face["jawOpen"] == pytest.approx(0.1)
    assert face.yaw == pytest.approx(8.0)
    stage.hand.set_mode("Jaw", Mode.ADD)
    assert stage.at(9.0)["jawOpen"] == pytest.approx(0.45)


def test_sums_stay_within_the_limits(stage: Stage) -> None:
    stage.hand.set_on(True)
    stage.at(0.1)
    stage.model.edit_weights({"jawOpen": 0.9})
    assert stage.at(9.0)["jawOpen"] == 1.0


def test_it_is_let_go_when_something_else_plays_or_it_is_switched_off(stage: Stage) -> None:
    stage.hand.set_on(True)
    stage.at(1.0)
    stage.model.edit_weights({"jawOpen": 0.9})
    stage.model.set_playback(replace(stage.model.playback, name="other", position_s=0.0))
    assert not stage.hand.held
    stage.model.edit_weights({"jawOpen": 0.8})
    assert stage.hand.held == ("Jaw",)
    stage.hand.set_on(False)
    assert not stage.hand.held


def test_keys_that_are_recorded_go_before(model: ViewerModel, stage: Stage) -> None:
    class Keys:
        is_live = True

        def take(self, _edit: FaceEdit) -> bool:
            return True

    model.key_maker = Keys()
    hand = HandLayer(model, stage.clock)
    hand.set_on(True)
    model.edit_weights({"jawOpen": 0.9})
    assert hand.is_live
    assert not hand.held
