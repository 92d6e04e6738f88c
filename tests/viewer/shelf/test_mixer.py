"""viewer.shelf.mixer: presets come onto the face in one step of the history, and give way to whatever comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from gpu_core.settings import Frame
from tests.viewer.conftest import Clock
from viewer.edit_history import EditHistory
from viewer.performance.presets import shipped_presets
from viewer.shelf.mixer import PresetMixer
from viewer.sliders.rules import SliderRules
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
PRESETS = {preset.name: preset for preset in shipped_presets()}
JOY, SURPRISE = PRESETS["joy"], PRESETS["surprise"]


@pytest.fixture
def history(model: ViewerModel, clock: Clock) -> EditHistory:
    return EditHistory(model, TimelineModel(model), clock)


@pytest.fixture
def mixer(model: ViewerModel, history: EditHistory) -> PresetMixer:
    return PresetMixer(model, ease_s=0.0)


@pytest.fixture
def easing(model: ViewerModel, history: EditHistory, clock: Clock) -> PresetMixer:
    return PresetMixer(model, now_s=clock)


def texts(history: EditHistory) -> list[str]:
    return [history.stack.text(index) for index in range(history.stack.count())]


def test_a_preset_is_one_step_with_its_title(model: ViewerModel, mixer: PresetMixer, history: EditHistory) -> None:
    model.edit_weights({"jawLeft": 0.3})
    mixer.use(JOY)
    assert model.expression == JOY.expression
    mixer.use(SURPRISE)
    assert texts(history)[1:] == ["Joy", "Surprise"]
    history.undo_action.trigger()
    assert model.expression == JOY.expression
    history.undo_action.trigger()
    assert model.expression == NEUTRAL.with_weights({"jawLeft": 0.3})


def test_choosing_alone_changes_nothing(model: ViewerModel, mixer: PresetMixer) -> None:
    mixer.choose((JOY, SURPRISE))
    assert model.expression == NEUTRAL
    assert mixer.mix is not None
    assert mixer.mix.other == SURPRISE
    mixer.choose((JOY, SURPRISE, PRESETS["fear"]))
    assert mixer.mix is None
    mixer.set_share(0.5)
    assert model.expression == NEUTRAL


def test_a_drag_between_two_is_one_step(model: ViewerModel, mixer: PresetMixer, history: EditHistory) -> None:
    mixer.use(JOY)
    mixer.choose((JOY, SURPRISE))
    mixer.begin()
    for percent in (1, 20, 60, 40):
        mixer.set_share(percent / 100)
    mixer.end()
    mixer.begin()
    mixer.set_strength(0.5)
    mixer.end()
    assert texts(history) == ["Joy", "Joy to Surprise 40%", "Joy to Surprise 40%, 50% strong"]
    half = 0.6 * JOY.expression["mouthSmileLeft"] + 0.4 * SURPRISE.expression["mouthSmileLeft"]
    assert model.expression["mouthSmileLeft"] == pytest.approx(half / 2)


def test_a_part_leaves_the_rest(model: ViewerModel, mixer: PresetMixer) -> None:
    model.edit_weights({"cheekPuff": 0.3})
    mixer.set_part("Brows")
    mixer.use(SURPRISE)
    assert model.expression["cheekPuff"] == 0.3
    assert model.expression["jawOpen"] == 0
    assert model.expression["browInnerUp"] == SURPRISE.expression["browInnerUp"] > 0


def test_a_preset_eases_in_within_one_step(
    model: ViewerModel, easing: PresetMixer, history: EditHistory, clock: Clock
) -> None:
    easing.use(JOY)
    seen = []
    while model.expression != JOY.expression:
        seen.append(model.expression["mouthSmileLeft"])
        clock.now_s += 0.03
        easing.ease()
    assert len(seen) == 5
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[-1] < JOY.expression["mouthSmileLeft"]
    assert texts(history) == ["Joy"]
    history.undo_action.trigger()
    assert model.expression == NEUTRAL


def test_no_more_is_asked_for_than_is_shown(
    model: ViewerModel, easing: PresetMixer, clock: Clock, frame_of: Callable[..., Frame]
) -> None:
    model.note_shown(frame_of(model.request), painted_ns=0, shown_ns=1, dropped=0)
    easing.use(JOY)
    first = model.expression
    clock.now_s += 0.05
    easing.ease()
    assert model.expression == first
    model.note_shown(frame_of(model.request), painted_ns=0, shown_ns=1, dropped=0)
    easing.ease()
    assert model.expression != first


def test_the_next_edit_has_the_last_word(model: ViewerModel, easing: PresetMixer, clock: Clock) -> None:
    easing.use(JOY)
    model.edit_weights({"cheekPuff": 1.0})
    face = model.expression
    for later_s in (0.05, 1.0):
        clock.now_s += later_s
        easing.ease()
    easing.finish()
    assert model.expression == face


def test_a_preset_stops_what_plays_also_while_pictures_are_late(
    model: ViewerModel, easing: PresetMixer, frame_of: Callable[..., Frame]
) -> None:
    model.note_shown(frame_of(model.request), painted_ns=0, shown_ns=1, dropped=0)
    model.edit_weights({"jawOpen": 0.2})
    model.set_playback(replace(model.playback, playing=True))
    assert model.outstanding
    easing.use(JOY)
    assert not model.playback.playing
    assert model.expression == JOY.expression


def test_the_next_preset_begins_where_the_one_before_would_have_been(
    model: ViewerModel, easing: PresetMixer, history: EditHistory
) -> None:
    easing.use(JOY)
    easing.use(SURPRISE)
    easing.finish()
    assert texts(history) == ["Joy", "Surprise"]
    history.undo_action.trigger()
    assert model.expression == JOY.expression


def test_a_preset_comes_in_by_itself(model: ViewerModel, qtbot: QtBot) -> None:
    mixer = PresetMixer(model)
    mixer.use(JOY)
    qtbot.waitUntil(lambda: model.expression == JOY.expression)


def test_the_live_mirror_leaves_a_preset_as_it_is_and_locks_hold(model: ViewerModel, mixer: PresetMixer) -> None:
    rules = SliderRules(model)
    rules.set_mirroring(mirrors=True)
    smirk = PRESETS["smirk"].expression
    mixer.use(PRESETS["smirk"])
    assert model.expression == smirk
    rules.lock(["jawOpen"], locked=True)
    mixer.use(SURPRISE)
    assert model.expression["jawOpen"] == smirk["jawOpen"] != SURPRISE.expression["jawOpen"]
