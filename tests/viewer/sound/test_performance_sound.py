"""viewer.sound.performance_sound and the clock that follows it: the picture against the sound."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL, Expression
from tests.viewer.sound_devices import Clock, Shop
from viewer.performance.builtin import BUILTIN
from viewer.playback import PlaybackClock
from viewer.sound.performance_sound import PerformanceSound, sound_of
from viewer.sound.sound import SoundPlayer
from viewer.speech.spoken import Spoken
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
RATE = 24_000
SECONDS = 30.0
# The sound and the face both say when they are: a hundredth, and the share, of the seconds since the beginning.
SPOKEN = Spoken((np.arange(round(SECONDS * RATE)) / RATE / 100).astype(np.float32), RATE, (), "nobody")
STEP_S, APART_S = 0.016, 0.040


@dataclass(frozen=True)
class Speaking:
    key: str = "speaking"
    title: str = "Speaking"
    duration_s: float = SECONDS
    loops: bool = False
    spoken: Spoken = SPOKEN

    def at(self, t: float) -> Expression:
        return NEUTRAL.with_weights({"jawOpen": t / SECONDS})


class Stage:
    """A clock of pictures and a device, in a time of their own."""

    def __init__(self, model: ViewerModel, *, is_empty: bool = False, speed: float = 1.005) -> None:
        self.model, self.now = model, Clock()
        self.shop = Shop(self.now, speed=speed, jitter_s=0.015, is_empty=is_empty)
        self.said: list[str] = []
        self.player = SoundPlayer(self.shop, self.said.append, now_s=self.now)
        self.clock = PlaybackClock(model, {"speaking": Speaking(), "talk": BUILTIN["talk"]}, now_s=self.now)
        self.clock.sounding = PerformanceSound(self.player)
        self.clock._timer.setInterval(1_000_000)  # tests tick

    def play(self, **changes: object) -> None:
        self.model.set_playback(
            replace(self.model.playback, name="speaking", playing=True, **changes)  # type: ignore[arg-type]
        )
        end = time.monotonic() + 10
        while self.player._device is None and not self.shop.is_empty and time.monotonic() < end:
            time.sleep(0.002)

    def run(self, seconds: float) -> float:
        """Go on; the largest distance between picture and sound, while any is heard."""
        worst = 0.0
        for _ in range(round(seconds / STEP_S)):
            self.now.now_s += STEP_S
            if self.shop.made:
                self.shop.last.go_on()
            self.clock.tick()
            heard_s = 100 * self.shop.last.heard_sample() if self.shop.made else 0.0
            if heard_s > 0.0 and self.model.playback.playing:
                worst = max(worst, abs(self.shown_s - heard_s))
        return worst

    @property
    def shown_s(self) -> float:
        return self.model.expression["jawOpen"] * SECONDS


@pytest.fixture
def stage(model: ViewerModel, qtbot: QtBot) -> object:
    stages: list[Stage] = []

    def make(**how: object) -> Stage:
        stages.append(Stage(model, **how))  # type: ignore[arg-type]
        return stages[-1]

    yield make
    for each in stages:
        model.set_playback(replace(model.playback, playing=False))
        each.player.close()


def test_the_picture_stays_with_a_device_of_another_rate(stage: type[Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.playback.PATIENCE_S", 0.0)  # nothing is drawn here: ask for every tick
    shown = stage()
    shown.play(loop=False)
    assert shown.run(20.0) < APART_S
    assert shown.shown_s == pytest.approx(20.0 * 1.005, abs=0.1)


def test_seek_pause_loop_and_stop_are_heard(stage: type[Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.playback.PATIENCE_S", 0.0)
    shown = stage()
    shown.play(loop=False)
    shown.run(1.0)
    shown.model.set_playback(replace(shown.model.playback, position_s=10.0))  # seek
    shown.run(0.2)
    assert shown.run(1.0) < APART_S
    assert shown.shown_s > 10.5
    shown.model.set_playback(replace(shown.model.playback, playing=False))  # pause
    at_s = shown.shown_s
    shown.now.now_s += 0.1
    shown.shop.last.go_on()
    assert not shown.shop.last.heard[-1].any()
    shown.play(loop=True, loop_range=(at_s, at_s + 0.5))
    shown.run(3.0)
    assert at_s - 0.01 <= shown.shown_s < at_s + 0.52
    assert 100 * shown.shop.last.heard_sample() < at_s + 0.56


def test_scrubbing_is_silent(stage: type[Stage]) -> None:
    shown = stage()
    shown.model.set_playback(replace(shown.model.playback, name="speaking", position_s=5.0))
    shown.model.set_playback(replace(shown.model.playback, position_s=6.0))
    assert shown.shown_s == pytest.approx(6.0)
    assert not shown.shop.made


def test_at_its_end_it_stops(stage: type[Stage]) -> None:
    shown = stage()
    shown.play(loop=False, position_s=29.5)
    shown.run(1.0)
    assert not shown.model.playback.playing
    assert shown.player.position_s is None


def test_without_a_device_the_monotonic_clock_takes_over(stage: type[Stage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.playback.PATIENCE_S", 0.0)
    shown = stage(is_empty=True)
    shown.play(loop=False)
    end = time.monotonic() + 10
    while shown.player.position_s is not None and time.monotonic() < end:
        time.sleep(0.002)
    shown.run(2.0)
    assert shown.shown_s == pytest.approx(2.0, abs=0.05)
    assert len(shown.said) == 1


def test_a_device_that_goes_in_the_middle_leaves_the_picture_going(
    stage: type[Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.playback.PATIENCE_S", 0.0)
    shown = stage()
    shown.play(loop=False)
    shown.run(2.0)
    shown.shop.last.is_gone = True
    shown.run(3.0)
    assert shown.shown_s == pytest.approx(5.0, abs=0.1)
    assert len(shown.said) == 1


def test_what_is_silent_silences_what_sounded(stage: type[Stage]) -> None:
    shown = stage()
    shown.play(loop=False)
    shown.run(0.5)
    shown.model.set_playback(replace(shown.model.playback, name="talk", position_s=0.0))
    assert shown.player.position_s is None
    assert sound_of(BUILTIN["talk"]) is None
    assert sound_of(Speaking()) is SPOKEN
