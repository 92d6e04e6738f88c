"""viewer.viewer_model: one way in, what is asked for, what was shown. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL
from gpu_core.path_state import PathState
from gpu_core.settings import Frame, FrameRequest, StageTime, Traffic, View
from viewer.engine_info import EngineInfo
from viewer.view_values import Canvas, ViewMode
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
MakeFrame = Callable[..., Frame]


def test_an_edit_asks_for_a_new_frame(model: ViewerModel) -> None:
    asked: list[FrameRequest] = []
    model.request_changed.connect(asked.append)
    model.edit_weights({"jawOpen": 0.5})
    assert model.expression["jawOpen"] == 0.5
    assert asked[-1].expressions == (model.expression,)
    assert asked[-1].views == {View.GENERATED}
    assert asked[-1].requested_ns > 0


def test_requests_say_whether_a_hand_made_them(model: ViewerModel) -> None:
    model.edit_weights({"jawOpen": 0.2})
    assert model.request.by_hand
    model.edit(NEUTRAL.with_weights({"jawOpen": 0.3}), by_hand=False)
    assert not model.request.by_hand
    model.set_mode(ViewMode.RENDER)
    assert model.request.by_hand


def test_an_edit_that_changes_nothing_asks_for_nothing(model: ViewerModel) -> None:
    asked: list[FrameRequest] = []
    model.request_changed.connect(asked.append)
    model.edit(NEUTRAL)
    assert asked == []


def test_values_beyond_the_limits_are_brought_back(model: ViewerModel) -> None:
    model.edit_weights({"jawOpen": 7.0})
    model.edit_head(yaw=-500.0)
    assert model.expression["jawOpen"] == 1.0
    assert model.expression.yaw == -HEAD_LIMITS_DEG["yaw"]


def test_panels_hear_what_a_hand_touched(model: ViewerModel) -> None:
    heard: list[frozenset[str]] = []
    model.expression_changed.connect(lambda _expression, touched: heard.append(touched))
    model.edit_weights({"jawOpen": 0.5, "jawLeft": 0.1})
    model.edit(model.expression.with_head(yaw=3.0), by_hand=False)
    assert heard == [{"jawOpen", "jawLeft"}, frozenset()]


def test_a_hand_stops_the_performance_and_the_performance_itself_does_not(model: ViewerModel) -> None:
    model.set_playback(replace(model.playback, name="talk", playing=True))
    model.edit(model.expression.with_weights({"jawOpen": 0.2}), by_hand=False)
    assert model.playback.playing
    model.edit_weights({"jawOpen": 0.4})
    assert not model.playback.playing


def test_a_mode_asks_for_its_pictures(model: ViewerModel) -> None:
    model.set_mode(ViewMode.ALL)
    assert model.request.views == set(View)
    model.set_mode(ViewMode.RENDER)
    assert model.request.views == {View.RENDER}


def test_every_mode_has_pictures() -> None:
    assert [mode.views[-1] for mode in ViewMode] == [View.GENERATED, View.RENDER, View.TEXTURE, View.GENERATED]


def test_zoom_stays_within_its_limits(model: ViewerModel) -> None:
    model.set_canvas(Canvas(1e9, (0.1, 0.2)))
    assert model.canvas == Canvas(16.0, (0.1, 0.2))


def test_latency_runs_from_the_request_to_the_screen(model: ViewerModel, frame_of: MakeFrame) -> None:
    request = FrameRequest(requested_ns=1_000_000)
    model.note_shown(frame_of(request), painted_ns=40_000_000, shown_ns=51_000_000, dropped=3)
    assert model.shown is not None
    assert model.shown.age_ms == 50.0
    assert model.shown.dropped == 3
    assert model.history.values("latency").tolist() == [50.0]
    assert model.history.values("show").tolist() == [11.0]


def test_a_shown_frame_leaves_a_record_of_what_it_took_and_what_was_lost_on_the_way(
    model: ViewerModel, frame_of: MakeFrame
) -> None:
    first = replace(frame_of(FrameRequest(requested_ns=5), index=1), submitted_ns=6, in_flight=2)
    model.note_shown(first, painted_ns=40_000_000, shown_ns=51_000_000, dropped=3, unshown=1)
    second = replace(frame_of(index=2, steady=False), traffic=Traffic(5, 7))
    model.note_shown(second, painted_ns=60_000_000, shown_ns=61_000_000, dropped=5, unshown=1)
    one, two = model.history.records()
    assert (one.requested_ns, one.submitted_ns, one.shown_ns, one.in_flight, one.path) == (5, 6, 51_000_000, 2, "fake")
    assert [stage.name for stage in one.stages] == ["pose", "infer", "show"]
    assert [(record.dropped, record.unshown) for record in (one, two)] == [(3, 1), (2, 0)], "since the frame before"
    assert (two.steady, two.traffic_bytes) == (False, 7)
    assert model.shown is not None
    assert model.history.record(model.shown.index) == two


def test_what_a_gpu_tells_late_is_put_into_the_record_and_told_on(model: ViewerModel, frame_of: MakeFrame) -> None:
    told: list[int] = []
    model.stages_told.connect(lambda index, _stages: told.append(index))
    model.note_shown(frame_of(index=4), painted_ns=1, shown_ns=2, dropped=0)
    model.note_late_stages([(4, (StageTime("infer", 9, 1.5, "gpu"),))])
    assert model.history.records()[0].stages[-1] == StageTime("infer", 9, 1.5, "gpu")
    assert told == [4]


def test_unsteady_frames_are_shown_but_not_counted(model: ViewerModel, frame_of: MakeFrame) -> None:
    model.note_shown(frame_of(steady=False), painted_ns=1, shown_ns=2, dropped=0)
    assert model.shown is not None
    assert len(model.history) == 0


def test_idle_is_when_the_screen_shows_what_was_asked_for(model: ViewerModel, frame_of: MakeFrame) -> None:
    assert not model.is_idle
    model.edit_weights({"jawOpen": 0.5})
    model.note_shown(frame_of(model.request), painted_ns=1, shown_ns=2, dropped=0)
    assert model.is_idle
    model.edit_weights({"jawOpen": 0.6})
    assert not model.is_idle


def test_panels_are_refreshed_at_a_beat_and_once_more_at_rest(model: ViewerModel, qtbot: QtBot) -> None:
    beats: list[None] = []
    model.refreshed.connect(lambda: beats.append(None))
    for _ in range(20):
        model.note_arrived()
    assert len(beats) == 1
    qtbot.waitUntil(lambda: len(beats) == 2, timeout=3000)
    qtbot.wait(400)
    assert len(beats) == 2, "nothing beats while nothing happens"


def test_another_engine_starts_the_statistics_afresh(model: ViewerModel, frame_of: MakeFrame) -> None:
    said: list[str] = []
    model.message_posted.connect(lambda message: said.append(message.text))
    model.note_shown(frame_of(), painted_ns=1, shown_ns=2, dropped=0)
    model.set_engine(EngineInfo("anna", (), False, PathState("host", "why", "numpy"), {}, ("trained on another face",)))
    assert len(model.history) == 0
    assert said == ["trained on another face"]


def test_reset_is_the_neutral_face(model: ViewerModel) -> None:
    model.edit_weights(dict.fromkeys(ARKIT_SHAPES, 0.5))
    model.edit_gaze(10.0, 5.0)
    model.reset()
    assert model.expression == NEUTRAL


def test_a_rule_holds_for_every_hand_and_not_for_performances_and_the_history(model: ViewerModel) -> None:
    still = NEUTRAL.with_weights({"jawOpen": 0.25})
    model.set_hand_rule(lambda _wanted, _touched: (still, frozenset({"jawOpen"})))
    told: list[object] = []
    model.expression_changed.connect(lambda *change: told.append(change))
    model.edit_head(yaw=3.0)
    assert told == [(still, frozenset({"jawOpen"}))]
    model.reset()
    assert model.expression == still
    model.edit(NEUTRAL, undoable=False)
    assert model.expression == NEUTRAL
    model.edit_weights({"cheekPuff": 1.0})
    model.edit(NEUTRAL, by_hand=False)
    assert model.expression == NEUTRAL


def test_showing_only_some_shapes_asks_for_a_picture_once_and_changes_no_face(model: ViewerModel) -> None:
    model.edit_weights({"jawOpen": 0.5, "cheekPuff": 0.5})
    asked: list[object] = []
    model.request_changed.connect(asked.append)
    model.show_only(frozenset({"jawOpen"}))
    model.show_only(frozenset({"jawOpen"}))
    assert len(asked) == 1
    assert model.request.expressions == (NEUTRAL.with_weights({"jawOpen": 0.5}),)
    assert model.expression["cheekPuff"] == 0.5


def test_a_face_that_the_engine_was_asked_for_is_not_asked_for_again(model: ViewerModel) -> None:
    asked: list[object] = []
    model.request_changed.connect(asked.append)
    face = NEUTRAL.with_weights({"jawOpen": 0.5})
    request = model.requests.make(face, 123)
    model.edit(face, by_hand=False, asked=request)
    assert model.expression == face
    assert model.request is request
    assert request.requested_ns == 123
    assert not asked
    again = model.requests.make(face, 456)
    assert again.stamp > request.stamp
    model.edit(face, by_hand=False, asked=again)
    assert model.request is again
    model.edit(NEUTRAL)
    assert len(asked) == 1
    assert model.request.stamp > again.stamp


def test_a_look_is_asked_for_with_the_views_it_acts_on(model: ViewerModel) -> None:
    from gpu_core.look import FreeCamera, Look
    from viewer.view_values import ViewMode

    asked: list[FrameRequest] = []
    model.request_changed.connect(asked.append)
    look = Look(FreeCamera(yaw=10.0))
    model.set_look(look)
    assert asked == []
    model.set_mode(ViewMode.ALL)
    assert asked[-1].look == look
    model.set_look(None)
    assert asked[-1].look is None
    assert len(asked) == 2
    model.set_look(None)
    assert len(asked) == 2
