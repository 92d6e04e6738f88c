"""viewer.takes.key_recording: a hand's motion becomes keys, live and at the playhead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from tests.viewer.timeline.test_transport import Desk, desk_of
from viewer.takes.key_recording import RECORDED, KeyRecording
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


class Hand:
    """A clock that moves when told, and a mouse button."""

    now_s = 0.0
    pressed = True

    def time(self) -> float:
        return self.now_s

    def is_pressed(self) -> bool:
        return self.pressed


@pytest.fixture
def desk(model: ViewerModel) -> Iterator[Desk]:
    desk = desk_of(model)
    yield desk
    desk.history.close()


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def keys(desk: Desk, hand: Hand) -> KeyRecording:
    return KeyRecording(
        desk.model, desk.timeline, desk.clock, desk.transport, now_s=hand.time, is_pressed=hand.is_pressed
    )


def steps(desk: Desk) -> list[str]:
    return [desk.history.stack.text(index) for index in range(desk.history.stack.count())]


def drag(desk: Desk, qtbot: QtBot, name: str, *values: float) -> None:
    """Move a slider, a tick or two between its values."""
    for value in values:
        desk.model.edit_weights({name: value})
        qtbot.wait(40)


def test_what_the_hand_moves_is_recorded_on_its_tracks_alone(desk: Desk, keys: KeyRecording, qtbot: QtBot) -> None:
    desk.key(0.0, jawOpen=0.9, browInnerUp=0.0)
    desk.key(8.0, browInnerUp=0.8)
    brow = desk.timeline.timeline.track("browInnerUp")
    keys.set_recording(True)
    assert desk.transport.is_playing
    assert keys.is_live
    drag(desk, qtbot, "jawOpen", 0.1, 0.2, 0.3)
    assert desk.transport.is_playing, "a hand does not stop what it records into"
    assert desk.model.expression["jawOpen"] == 0.3, "the hand's value, not the track's"
    qtbot.waitUntil(lambda: desk.model.expression["browInnerUp"] > 0.0, timeout=3000)  # the others play on
    let_go_s = desk.clock.position_s
    desk.model.end_gesture()
    jaw = desk.timeline.timeline.track("jawOpen")
    assert jaw.at(let_go_s - 0.02) == pytest.approx(0.3, abs=0.12)
    assert jaw.at(let_go_s + 1.0) == 0.9, "and then what was there"
    assert desk.timeline.timeline.track("browInnerUp") is brow
    qtbot.waitUntil(lambda: desk.model.expression["jawOpen"] == 0.9, timeout=3000)
    keys.set_recording(False)
    assert desk.transport.is_playing
    desk.transport.pause()


def test_a_pass_is_one_step(desk: Desk, keys: KeyRecording, hand: Hand, qtbot: QtBot) -> None:
    desk.key(0.0, browInnerUp=0.1)
    before = desk.timeline.timeline
    keys.toggle()
    drag(desk, qtbot, "jawOpen", 0.1, 0.2)
    desk.model.end_gesture()
    drag(desk, qtbot, "cheekPuff", 0.5, 0.6)
    desk.model.end_gesture()
    keys.toggle()
    desk.transport.pause()
    assert set(desk.timeline.timeline.by_name) == {"jawOpen", "cheekPuff", "browInnerUp"}
    assert steps(desk) == ["Add a key", RECORDED]
    desk.history.undo_action.trigger()
    assert desk.timeline.timeline is before
    desk.history.redo_action.trigger()
    keys.toggle()
    drag(desk, qtbot, "jawOpen", 0.7)
    desk.transport.pause()
    assert not keys.is_recording, "a pause ends the pass"
    assert steps(desk) == ["Add a key", RECORDED, RECORDED]


def test_a_wheel_that_tells_nobody_lets_go_after_a_moment(
    desk: Desk, keys: KeyRecording, hand: Hand, qtbot: QtBot
) -> None:
    desk.key(0.0, jawOpen=0.9)
    keys.toggle()
    drag(desk, qtbot, "jawOpen", 0.1)
    hand.now_s = 5.0
    qtbot.wait(600)
    assert desk.model.expression["jawOpen"] == 0.1, "a button is down: the hand holds"
    hand.pressed = False
    qtbot.waitUntil(lambda: desk.model.expression["jawOpen"] == 0.9, timeout=3000)
    desk.transport.pause()


def passed_anew(at: list[float], time_s: float) -> bool:
    """Whether a moment was passed after the loop began anew; ticks may come seldom, or skip a round's end."""
    anew = next((index for index, (one, other) in enumerate(pairwise(at), 1) if other < one), len(at))
    return any(one <= time_s < other for one, other in pairwise(at[anew:]))


def test_a_loop_that_begins_anew_keeps_what_was_held(desk: Desk, keys: KeyRecording, qtbot: QtBot) -> None:
    desk.key(0.0, jawOpen=0.9)
    desk.transport.set_loop_range((1.0, 1.2))
    at: list[float] = []
    desk.clock.ticked.connect(at.append)
    keys.toggle()
    desk.model.edit_weights({"jawOpen": 0.2})
    qtbot.waitUntil(lambda: passed_anew(at, 1.1), timeout=20_000)
    assert desk.model.expression["jawOpen"] == 0.2
    desk.transport.pause()
    assert desk.timeline.timeline.track("jawOpen").at(1.1) == pytest.approx(0.2)
    assert desk.timeline.timeline.track("jawOpen").at(0.5) == 0.9


def test_without_it_a_hand_stops_the_timeline(desk: Desk, keys: KeyRecording) -> None:
    desk.key(0.0, jawOpen=0.9)
    desk.transport.play()
    desk.model.edit_weights({"jawOpen": 0.1})
    assert not desk.transport.is_playing
    assert desk.timeline.timeline.track("jawOpen").at(0.0) == 0.9


def test_auto_key_sets_keys_where_the_playhead_stands(desk: Desk, keys: KeyRecording) -> None:
    desk.key(0.0, jawOpen=0.0, browInnerUp=0.4)
    desk.key(4.0, jawOpen=1.0)
    desk.transport.seek(2.0)
    keys.set_auto(True)
    for value in (0.6, 0.7, 0.8):
        desk.model.edit_weights({"jawOpen": value})
    desk.model.end_gesture()
    timeline = desk.timeline.timeline
    assert timeline.track("jawOpen").times == [0.0, 2.0, 4.0]
    assert timeline.at(2.0)["jawOpen"] == 0.8
    assert timeline.track("browInnerUp").times == [0.0]
    assert steps(desk) == ["Add a key", "Add a key", "Key Open jaw"], "one step for face and key"
    desk.history.undo_action.trigger()
    assert desk.model.expression["jawOpen"] == 0.5
    assert desk.timeline.timeline.track("jawOpen").times == [0.0, 4.0]
    desk.history.redo_action.trigger()
    assert desk.model.expression["jawOpen"] == 0.8


def test_auto_key_between_frames_keys_the_frame_and_goes_there(desk: Desk, keys: KeyRecording) -> None:
    desk.key(0.0, jawOpen=0.0)
    desk.transport.seek(1.01)
    keys.set_auto(True)
    desk.model.edit_weights({"jawOpen": 0.8})
    assert desk.timeline.timeline.track("jawOpen").times == [0.0, 1.0]
    assert desk.transport.position_s == 1.0
    assert desk.model.expression["jawOpen"] == 0.8


def test_auto_key_on_a_new_timeline_takes_gaze_and_head(desk: Desk, keys: KeyRecording) -> None:
    keys.set_auto(True)
    assert desk.transport.is_chosen
    desk.model.edit_gaze(12.0, -5.0)
    desk.model.edit_head(yaw=7.0)
    assert set(desk.timeline.timeline.by_name) == {"gaze_yaw", "gaze_pitch", "yaw"}
    assert desk.timeline.timeline.at(0.0) == NEUTRAL.with_gaze(12.0, -5.0).with_head(yaw=7.0)


def test_eyes_with_keys_of_their_own_keep_them(desk: Desk, keys: KeyRecording) -> None:
    desk.key(0.0, eyeLookOutLeft=0.1)
    keys.set_auto(True)
    desk.model.edit_gaze(12.0, 0.0)
    assert "gaze_yaw" not in desk.timeline.timeline.by_name
    assert {"eyeLookOutLeft", "eyeLookInRight"} <= set(desk.timeline.timeline.by_name)


def test_switched_off_it_is_a_face_again(desk: Desk, keys: KeyRecording) -> None:
    keys.set_auto(True)
    keys.set_auto(False)
    desk.model.edit_weights({"jawOpen": 0.8})
    assert not desk.timeline.timeline.tracks
    assert steps(desk) == ["Open jaw 0.80"]
