"""viewer.timeline.tools and viewer.timeline.sheet: every tool is one step, and says what it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gpu_core.expression import NEUTRAL
from tests.viewer.timeline_desk import TIMELINE, Desk, desk_of
from viewer.performance.easing import Ease
from viewer.performance.editing import KeyId, all_keys, existing
from viewer.performance.timeline import Timeline
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def desk(model: ViewerModel) -> Iterator[Desk]:
    desk = desk_of(model)
    yield desk
    desk.history.close()


def choose(desk: Desk, *keys: tuple[str, float]) -> None:
    desk.timeline.select([KeyId(*key) for key in keys])


def test_k_keys_what_was_changed(desk: Desk) -> None:
    desk.sheet.move_playhead(6.0)
    desk.model.edit_weights({"mouthPucker": 0.5})
    desk.tools.key_changed()
    assert desk.times("mouthPucker") == [6.0]
    assert desk.times("jawOpen") == [1.0, 2.0, 4.0], "what was not changed gets no key"
    assert desk.steps()[-1] == "Key Pucker"
    desk.history.stack.undo()
    assert desk.timeline.timeline == TIMELINE


def test_k_with_nothing_changed_keys_the_tracks_there_are(desk: Desk) -> None:
    desk.sheet.move_playhead(6.0)
    desk.tools.key_changed()
    assert desk.times("jawOpen") == [1.0, 2.0, 4.0, 6.0]
    assert desk.times("yaw") == [1.0, 3.0, 6.0]


def test_k_says_when_there_is_nothing_to_key(desk: Desk) -> None:
    desk.timeline.edit(Timeline(), "New take")
    desk.model.edit(NEUTRAL)
    desk.tools.key_changed()
    assert "move a slider" in desk.model.message.text
    desk.tools.key_chosen()
    assert "click its name" in desk.model.message.text
    assert desk.steps() == ["New take"]


def test_keys_for_chosen_tracks(desk: Desk) -> None:
    desk.sheet.choose(["tongueOut"])
    desk.tools.key_chosen()
    assert desk.times("tongueOut") == [0.0]


def test_copied_keys_are_pasted_at_the_playhead(desk: Desk) -> None:
    choose(desk, ("jawOpen", 1.0), ("yaw", 3.0))
    desk.tools.copy()
    desk.sheet.move_playhead(5.0)
    desk.tools.paste()
    assert (desk.times(), desk.times("yaw")) == ([1.0, 2.0, 4.0, 5.0], [1.0, 3.0, 7.0])
    assert desk.steps() == ["Paste 2 keys"]
    desk.tools.cut()
    assert (desk.times(), desk.times("yaw")) == ([1.0, 2.0, 4.0], [1.0, 3.0])
    desk.tools.paste()
    assert desk.steps() == ["Paste 2 keys", "Cut 2 keys", "Paste 2 keys"]


def test_deleted(desk: Desk) -> None:
    choose(desk, ("jawOpen", 1.0))
    desk.tools.delete()
    desk.tools.delete()
    assert desk.times() == [2.0, 4.0]
    assert desk.steps() == ["Delete 1 key"]


def test_ease(desk: Desk) -> None:
    desk.tools.select_all()
    desk.tools.set_ease(Ease.STEP)
    assert {key.ease for track in desk.timeline.timeline.tracks for key in track.keys} == {Ease.STEP}
    assert len(desk.timeline.selection) == 5
    assert desk.steps() == ["Hold 5 keys"]


def test_nudges_that_follow_each_other_are_one_step(desk: Desk) -> None:
    choose(desk, ("jawOpen", 2.0))
    for frames in (1, 1, 10):
        desk.tools.nudge(frames)
    assert desk.times()[1] == pytest.approx(2.4)
    assert desk.steps() == ["Nudge 1 key"]
    desk.tools.nudge_value(-10)
    assert desk.timeline.timeline.track("jawOpen").at(2.4) == pytest.approx(0.7)


def test_without_keys_the_arrows_move_the_playhead(desk: Desk) -> None:
    desk.sheet.move_playhead(2.01, snaps=False)
    desk.tools.nudge(1)
    assert desk.sheet.playhead_s == pytest.approx(61 / 30)
    assert desk.steps() == []


def test_times_of_chosen_keys(desk: Desk) -> None:
    choose(desk, ("jawOpen", 1.0), ("jawOpen", 2.0))
    desk.sheet.move_playhead(3.0)
    desk.tools.stretch_to_playhead()
    assert desk.times() == [1.0, 3.0, 4.0]
    desk.tools.reverse()
    assert [key.value for key in desk.timeline.timeline.track("jawOpen").keys] == [0.8, 0.2, 0.4]
    desk.tools.stretch(0.53)
    desk.tools.snap()
    assert desk.times() == [1.0, round(62 / 30, 6), 4.0]


def test_from_key_to_key(desk: Desk) -> None:
    seen = []
    for forwards in (True, True, True, False):
        desk.tools.jump(forwards=forwards)
        seen.append(desk.sheet.playhead_s)
    assert seen == [1.0, 2.0, 3.0, 2.0]
    desk.sheet.fold("Head")
    desk.tools.jump(forwards=True)
    assert desk.sheet.playhead_s == 3.0, "a folded group's keys are seen in its summary"


def test_keys_at_the_playhead_can_be_chosen_without_a_mouse(desk: Desk) -> None:
    desk.tools.jump(forwards=True)
    desk.tools.select_here()
    assert desk.timeline.selection == {KeyId("jawOpen", 1.0), KeyId("yaw", 1.0)}
    desk.sheet.choose(["yaw"])
    desk.tools.select_here()
    assert desk.timeline.selection == {KeyId("yaw", 1.0)}


def test_the_part_that_loops(desk: Desk) -> None:
    desk.sheet.move_playhead(2.0)
    desk.tools.loop_from()
    assert desk.transport.loop_range == (2.0, 10.0)
    desk.sheet.move_playhead(4.0)
    desk.tools.loop_until()
    assert desk.transport.loop_range == (2.0, 4.0)
    desk.sheet.set_loop_range((3.0, 3.01))
    assert desk.transport.loop_range is None


def test_curves_are_of_chosen_tracks_else_of_chosen_keys_else_of_the_first(desk: Desk) -> None:
    assert desk.sheet.curves == ("yaw", "jawOpen")
    choose(desk, ("jawOpen", 1.0))
    assert desk.sheet.curves == ("jawOpen",)
    desk.sheet.choose(["yaw", "tongueOut"])
    assert desk.sheet.curves == ("yaw",)


def test_a_timeline_that_grows_stays_in_sight_until_somebody_zooms(desk: Desk) -> None:
    desk.sheet.resize(500.0)
    desk.timeline.edit(Timeline(duration_s=60.0), "Longer")
    assert desk.sheet.scale.x(60.0) <= 500
    desk.sheet.set_scale(desk.sheet.scale.zoomed(4.0, 0.0, 60.0))
    before = desk.sheet.scale
    desk.timeline.edit(Timeline(duration_s=90.0), "Longer still")
    assert desk.sheet.scale == before


def test_what_another_performance_does_leaves_the_playhead(desk: Desk) -> None:
    from dataclasses import replace

    desk.sheet.move_playhead(3.0)
    desk.model.set_playback(replace(desk.model.playback, name="talk", position_s=7.0))
    assert desk.sheet.playhead_s == 3.0


def test_existing_keeps_what_there_is() -> None:
    keys = {*all_keys(TIMELINE), KeyId("jawOpen", 1.5), KeyId("tongueOut", 1.0)}
    assert existing(TIMELINE, keys) == frozenset(all_keys(TIMELINE))
