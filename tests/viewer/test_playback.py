"""viewer.playback: it keeps the time, the performances do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL, Expression
from viewer.playback import PlaybackClock
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@dataclass(frozen=True)
class Ramp:
    """The jaw opens with time."""

    key: str = "ramp"
    title: str = "Ramp"
    duration_s: float = 0.4
    loops: bool = True

    def at(self, t: float) -> Expression:
        return NEUTRAL.with_weights({"jawOpen": t / self.duration_s})


@dataclass(frozen=True)
class Still(Ramp):
    """Nothing moves."""

    duration_s: float = 100.0

    def at(self, t: float) -> Expression:
        return NEUTRAL


@pytest.fixture
def clock(model: ViewerModel) -> PlaybackClock:
    clock = PlaybackClock(model, {"ramp": Ramp()})
    model.set_playback(replace(model.playback, name="ramp"))
    return clock


def play(model: ViewerModel, **changes: Any) -> None:
    model.set_playback(replace(model.playback, playing=True, **changes))


def test_choosing_tells_the_length(model: ViewerModel, clock: PlaybackClock) -> None:
    assert model.playback.duration_s == 0.4
    assert not clock.is_ticking


def test_it_runs_at_the_speed_of_life(model: ViewerModel, clock: PlaybackClock, qtbot: QtBot) -> None:
    seen: list[float] = []
    model.expression_changed.connect(lambda expression, _touched: seen.append(expression["jawOpen"]))
    play(model, loop=False)
    qtbot.waitUntil(lambda: not model.playback.playing, timeout=3000)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert not clock.is_ticking


def test_it_begins_anew_at_its_end(model: ViewerModel, clock: PlaybackClock, qtbot: QtBot) -> None:
    seen: list[float] = []
    model.expression_changed.connect(lambda expression, _touched: seen.append(expression["jawOpen"]))
    play(model)
    qtbot.waitUntil(lambda: seen != sorted(seen), timeout=3000)
    assert model.playback.playing
    model.set_playback(replace(model.playback, playing=False))


def test_the_position_goes_on_where_nothing_moves(model: ViewerModel, qtbot: QtBot) -> None:
    """As in a timeline without keys: no frame comes that would have the panels refreshed."""
    clock = PlaybackClock(model, {"still": Still()})
    model.set_playback(replace(model.playback, name="still"))
    seen: list[float] = []
    model.playback_changed.connect(lambda playback: seen.append(playback.position_s))
    play(model)
    qtbot.waitUntil(lambda: len(seen) > 3, timeout=3000)
    assert seen == sorted(seen)
    with qtbot.waitSignal(model.refreshed, timeout=3000):
        model.set_playback(replace(model.playback, playing=False))
    assert not clock.is_ticking


def test_after_its_end_play_begins_at_the_beginning(model: ViewerModel, clock: PlaybackClock, qtbot: QtBot) -> None:
    play(model, loop=False)
    qtbot.waitUntil(lambda: not model.playback.playing, timeout=3000)
    play(model)
    assert model.expression["jawOpen"] < 0.5
    model.set_playback(replace(model.playback, playing=False))


def test_a_hand_on_a_slider_stops_it(model: ViewerModel, clock: PlaybackClock, qtbot: QtBot) -> None:
    play(model)
    qtbot.wait(40)
    model.edit_weights({"jawLeft": 0.3})
    assert not clock.is_ticking
    qtbot.wait(40)
    assert model.expression["jawLeft"] == 0.3


def test_an_unknown_performance_does_not_play(model: ViewerModel, clock: PlaybackClock) -> None:
    play(model, name="opera")
    assert not model.playback.playing
    assert not clock.is_ticking


def test_it_asks_for_no_more_than_the_engine_can_take(model: ViewerModel, clock: PlaybackClock, qtbot: QtBot) -> None:
    asked: list[object] = []
    model.request_changed.connect(asked.append)
    play(model)
    qtbot.wait(200)  # nothing is ever shown here
    assert 2 <= len(asked) <= 4
    assert model.outstanding == len(asked)
    qtbot.waitUntil(lambda: len(asked) > 4, timeout=2000)  # but it does not wait for ever
