"""viewer.timeline.transport, and that the clock shows a timeline that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from pytestqt.qtbot import QtBot

from viewer.edit_history import EditHistory
from viewer.performance.builtin import BUILTIN
from viewer.performance.editing import with_keys
from viewer.performance.keyframes import Key, TimelineError
from viewer.performance.timeline import Timeline
from viewer.playable import TIMELINE, Playable
from viewer.playback import PlaybackClock
from viewer.timeline.model import TimelineModel
from viewer.timeline.transport import TimelineTransport
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@dataclass
class Desk:
    """What plays a timeline."""

    model: ViewerModel
    timeline: TimelineModel
    clock: PlaybackClock
    transport: TimelineTransport
    history: EditHistory

    def key(self, time_s: float, **values: float) -> None:
        """Set keys."""
        keys = [(name, Key(time_s, value)) for name, value in values.items()]
        self.timeline.edit(with_keys(self.timeline.timeline, keys), "Add a key")
        self.timeline.end_gesture()


def desk_of(model: ViewerModel) -> Desk:
    """All of it around a model; talk is chosen, as in a window that was just opened."""
    timeline = TimelineModel(model)
    playable = Playable(BUILTIN)
    playable.timeline = lambda: timeline.timeline
    clock = PlaybackClock(model, playable)
    desk = Desk(model, timeline, clock, TimelineTransport(model, timeline, clock), EditHistory(model, timeline))
    model.set_playback(replace(model.playback, name="talk"))
    return desk


@pytest.fixture
def desk(model: ViewerModel) -> Iterator[Desk]:
    desk = desk_of(model)
    yield desk
    desk.history.close()


def test_the_first_key_chooses_the_timeline_and_shows_it(desk: Desk) -> None:
    desk.key(0.0, jawOpen=0.6)
    assert desk.transport.is_chosen
    assert desk.model.playback.duration_s == 10.0
    assert desk.model.expression["jawOpen"] == 0.6


def test_an_edit_shows_at_once_and_what_the_hand_moved_stays(desk: Desk) -> None:
    desk.key(0.0, jawOpen=0.6)
    desk.model.edit_weights({"cheekPuff": 0.5})
    desk.key(0.0, jawOpen=0.2, browInnerUp=0.3)
    face = desk.model.expression
    assert (face["jawOpen"], face["browInnerUp"], face["cheekPuff"]) == (0.2, 0.3, 0.5)
    desk.history.undo_action.trigger()
    assert (desk.model.expression["jawOpen"], desk.model.expression["cheekPuff"]) == (0.6, 0.5)
    desk.transport.seek(1.0)
    assert desk.model.expression["cheekPuff"] == 0.0, "the playhead moved: its face is shown"


def test_edits_while_it_plays_are_played(desk: Desk, qtbot: QtBot) -> None:
    desk.key(0.0, jawOpen=0.6)
    desk.transport.play()
    desk.key(0.0, jawOpen=0.1)
    assert desk.transport.is_playing
    qtbot.waitUntil(lambda: desk.model.expression["jawOpen"] == 0.1, timeout=3000)
    desk.transport.pause()
    assert not desk.clock.is_ticking


def test_scrubbing_snaps_to_frames_and_stays_within(desk: Desk) -> None:
    desk.key(0.0, jawOpen=0.0)
    desk.key(2.0, jawOpen=1.0)
    desk.transport.seek(1.004, snap=True)
    assert desk.transport.position_s == 1.0
    assert desk.model.expression["jawOpen"] == 0.5
    desk.transport.step(3)
    assert desk.transport.position_s == pytest.approx(1.1)
    desk.transport.seek(99.0)
    assert desk.transport.position_s == 10.0


def test_the_playhead_is_remembered_while_something_else_plays(desk: Desk) -> None:
    desk.key(0.0, jawOpen=0.6)
    desk.transport.set_loop_range((3.0, 1.0))
    desk.transport.seek(2.5)
    desk.model.set_playback(replace(desk.model.playback, name="talk", position_s=0.0))
    assert desk.transport.position_s == 2.5
    assert desk.model.playback.loop_range is None
    desk.transport.choose()
    assert desk.model.playback.position_s == desk.clock.position_s == 2.5
    assert desk.model.playback.loop_range == (1.0, 3.0)
    for name in ("talk", TIMELINE):  # as a menu does
        desk.model.set_playback(replace(desk.model.playback, name=name, position_s=0.0))
    assert desk.transport.loop_range == (1.0, 3.0)
    desk.transport.set_loop_range(None)
    assert desk.transport.loop_range is None


def test_a_part_is_looped(desk: Desk, qtbot: QtBot) -> None:
    desk.key(0.0, jawOpen=0.0)
    desk.key(10.0, jawOpen=1.0)
    desk.transport.set_loop_range((2.0, 2.2))
    at: list[float] = []
    desk.clock.ticked.connect(at.append)
    desk.transport.play()
    qtbot.waitUntil(lambda: at != sorted(at), timeout=5000)
    desk.transport.pause()
    assert min(at) >= 2.0
    assert max(at) < 2.2


def test_a_shorter_timeline_pulls_the_playhead_in(desk: Desk) -> None:
    desk.key(0.0, jawOpen=0.6)
    desk.transport.seek(8.0)
    desk.timeline.edit(replace(desk.timeline.timeline, duration_s=4.0), "Length")
    assert (desk.transport.position_s, desk.model.playback.duration_s) == (4.0, 4.0)


def test_a_pause_says_where_it_is(desk: Desk, qtbot: QtBot) -> None:
    desk.key(0.0, jawOpen=0.6)
    desk.transport.play()
    qtbot.wait(80)
    desk.model.set_playback(replace(desk.model.playback, playing=False))
    assert desk.model.playback.position_s == desk.clock.position_s > 0.03


def test_rates(desk: Desk, qtbot: QtBot) -> None:
    desk.key(1.01, jawOpen=0.6)
    desk.timeline.set_fps(24.0)
    assert desk.timeline.timeline.track("jawOpen").times == [1.01]
    desk.timeline.set_fps(60.0, snap=True)
    assert desk.timeline.timeline.track("jawOpen").times == [pytest.approx(61 / 60)]
    with pytest.raises(TimelineError, match="24 to 120"):
        desk.timeline.set_fps(12.0)
    desk.history.undo_action.trigger()
    assert desk.timeline.timeline.fps == 24.0


def test_it_is_among_what_can_be_played() -> None:
    playable = Playable(BUILTIN)
    assert TIMELINE not in playable
    make: Callable[[], Timeline] = Timeline
    playable.timeline = make
    assert list(playable)[-1] == TIMELINE
    assert len(playable) == len(list(playable))
