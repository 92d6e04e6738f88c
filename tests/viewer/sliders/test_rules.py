"""viewer.sliders.rules: every hand obeys, whoever's it is; the history is not bent; solo comes back exactly."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSettings

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL
from gpu_core.path_state import PathState
from viewer.edit_history import EditHistory
from viewer.engine_info import EngineInfo
from viewer.performance.trained_range import TrainedRange
from viewer.sliders.rules import MirrorWay, SliderRules
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def rules(model: ViewerModel) -> SliderRules:
    return SliderRules(model, seed=1)


@pytest.fixture
def history(model: ViewerModel) -> EditHistory:
    return EditHistory(model, TimelineModel(model))


def texts(history: EditHistory) -> list[str]:
    return [history.stack.text(index) for index in range(history.stack.count())]


def engine(weight: float | None = None) -> EngineInfo:
    training = {"reach": TrainedRange((weight,) * 52, ((-10.0, 10.0),) * 3).to_dict()} if weight is not None else {}
    generator = SimpleNamespace(card={"training": training})
    return EngineInfo("f", ("tongueOut",), False, PathState("host", "", "numpy"), {}, (), generator)  # type: ignore[arg-type]


def test_locks_hold_against_sliders_presets_reset_mirror_and_chance(model: ViewerModel, rules: SliderRules) -> None:
    model.edit_weights({"jawOpen": 0.5, "mouthSmileRight": 0.2})
    model.edit_head(yaw=8.0)
    rules.lock(["jawOpen", "mouthSmileRight", "yaw"], locked=True)
    rules.set_strength(1.0)
    model.edit_weights({"jawOpen": 0.9, "mouthSmileLeft": 0.7})
    model.edit(NEUTRAL.with_weights({"jawOpen": 1.0, "cheekPuff": 0.4}).with_head(yaw=-3.0), text="Preset")
    model.edit_head(yaw=1.0, pitch=3.0)
    for way in MirrorWay:
        rules.mirror(way)
    rules.copy_across(["mouthSmileLeft"])
    for _ in range(5):
        rules.randomise()
    rules.reset(["jawOpen", "yaw"])
    model.reset()
    assert model.expression == NEUTRAL.with_weights({"jawOpen": 0.5, "mouthSmileRight": 0.2}).with_head(yaw=8.0)


def test_a_wink_stays_a_wink_under_the_live_mirror(model: ViewerModel, rules: SliderRules) -> None:
    rules.set_mirroring(mirrors=True)
    rules.link(["eyeBlinkLeft", "jawOpen"])
    wink = NEUTRAL.with_weights({"eyeBlinkLeft": 1.0})
    model.edit(wink, touched=frozenset({"eyeBlinkLeft"}), is_whole=True, text="Wink")
    assert model.expression == wink
    model.edit(NEUTRAL, text="without touching")
    model.edit(wink)
    assert model.expression == wink


def test_performances_move_what_is_locked(model: ViewerModel, rules: SliderRules) -> None:
    rules.lock(ARKIT_SHAPES, locked=True)
    model.edit(NEUTRAL.with_weights({"jawOpen": 0.9}), by_hand=False)
    assert model.expression["jawOpen"] == 0.9


def test_the_history_is_not_bent_by_rules(model: ViewerModel, rules: SliderRules, history: EditHistory) -> None:
    model.edit_weights({"mouthSmileLeft": 0.5})
    before = model.expression
    rules.set_mirroring(mirrors=True)
    model.edit_weights({"mouthSmileLeft": 0.8})
    assert model.expression["mouthSmileRight"] == 0.8
    rules.lock(["mouthSmileLeft", "mouthSmileRight"], locked=True)
    history.stack.undo()
    assert model.expression == before
    history.stack.redo()
    assert model.expression["mouthSmileRight"] == 0.8


def test_a_drag_with_links_and_a_mirror_is_one_step(
    model: ViewerModel, rules: SliderRules, history: EditHistory
) -> None:
    rules.set_mirroring(mirrors=True)
    for value in (0.1, 0.6, 0.3):
        model.edit_weights({"mouthSmileLeft": value})
    model.end_gesture()
    assert texts(history) == ["Smile 0.30"]
    rules.link(["mouthSmileLeft", "jawOpen"])
    for value in (0.5, 1.0, 0.4):
        model.edit_weights({"mouthSmileLeft": value})
    model.end_gesture()
    assert texts(history) == ["Smile 0.30", "3 shapes"]
    assert model.expression["jawOpen"] == pytest.approx(0.1)


def test_what_met_its_limit_in_a_drag_comes_back_but_an_undo_begins_afresh(
    model: ViewerModel, rules: SliderRules, history: EditHistory
) -> None:
    model.edit_weights({"jawOpen": 0.2, "mouthFunnel": 0.9})
    model.end_gesture()
    rules.link(["jawOpen", "mouthFunnel"])
    for value in (0.6, 1.0, 0.2):
        model.edit_weights({"jawOpen": value})
    assert model.expression["mouthFunnel"] == 0.9
    model.edit_weights({"jawOpen": 0.6})
    model.edit(model.expression.with_weights({"mouthFunnel": 0.5}), by_hand=False)  # a performance, say
    model.edit_weights({"jawOpen": 0.7})
    assert model.expression["mouthFunnel"] == pytest.approx(0.6)


def test_who_listens_hears_of_all_that_the_hand_moves(model: ViewerModel, rules: SliderRules) -> None:
    told: list[frozenset[str]] = []
    model.expression_changed.connect(lambda _face, touched: told.append(touched))
    rules.set_mirroring(mirrors=True)
    model.edit_weights({"browDownLeft": 0.5})
    assert told == [{"browDownLeft", "browDownRight"}]


def test_solo_shows_only_that_and_everything_is_back_exactly(model: ViewerModel, rules: SliderRules) -> None:
    face = NEUTRAL.with_weights({"jawOpen": 0.1 + 0.2, "cheekPuff": 0.7}).with_head(yaw=5.0)
    model.edit(face)
    rules.show_alone(["jawOpen"])
    assert model.request.expressions == (NEUTRAL.with_weights({"jawOpen": 0.1 + 0.2}).with_head(yaw=5.0),)
    assert model.expression == face, "the face itself is as it was"
    rules.show_alone(["cheekPuff"])
    assert model.request.expressions == (face,)
    rules.show_alone(["jawOpen"], alone=False)
    model.edit_weights({"cheekPuff": 0.2})
    assert model.request.expressions[0]["cheekPuff"] == 0.2
    rules.let_go()
    assert model.request.expressions == (face.with_weights({"cheekPuff": 0.2}),)
    assert not rules.alone


def test_chosen_ones_are_linked_and_leave_their_old_link(model: ViewerModel, rules: SliderRules) -> None:
    rules.choose(["jawOpen", "cheekPuff", "yaw"])
    assert rules.targets("jawOpen") == ("jawOpen", "cheekPuff")
    assert rules.targets("tongueOut") == ("tongueOut",)
    rules.link(rules.chosen)
    assert not rules.chosen
    assert rules.marks("jawOpen").link == rules.marks("cheekPuff").link == 0
    rules.link(["cheekPuff", "mouthClose"], is_proportional=True)
    assert rules.link_of("jawOpen") is None, "nobody is left to move with"
    assert [link.names for link in rules.hand.links] == [("mouthClose", "cheekPuff")]
    rules.unlink(["cheekPuff"])
    assert rules.hand.links == ()
    rules.link(["jawOpen"])
    assert rules.hand.links == ()


def test_chance_keeps_to_the_scope_and_is_one_step(
    model: ViewerModel, rules: SliderRules, history: EditHistory
) -> None:
    model.set_engine(engine(0.4))
    rules.set_strength(1.0)
    rules.randomise()
    assert texts(history) == ["Random face"]
    assert max(model.expression.weights) <= 0.42
    assert model.expression["tongueOut"] == 0.0, "this face has none"
    history.stack.undo()
    assert model.expression == NEUTRAL
    rules.star(["cheekPuff", "jawOpen"], starred=True)
    rules.set_scope(favourites_only=True)
    rules.set_found(frozenset({"jawOpen"}))
    rules.randomise()
    assert texts(history)[-1] == "Random Open jaw"
    assert [name for name in ARKIT_SHAPES if model.expression[name]] == ["jawOpen"]


def test_chance_without_anything_to_move_says_so(model: ViewerModel, rules: SliderRules) -> None:
    model.set_engine(engine())
    model.edit_weights({"jawOpen": 0.6})
    rules.randomise(["tongueOut"])
    assert model.message.level == "warning", "this face has none"
    model.reset()
    model.post("")
    rules.lock(ARKIT_SHAPES, locked=True)
    rules.randomise()
    assert model.message.level == "warning"
    assert model.expression == NEUTRAL


def test_favourites_are_remembered_in_order_and_rubbish_is_not(model: ViewerModel, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "with space.ini"), QSettings.Format.IniFormat)
    rules = SliderRules(model, memory)
    assert rules.favourites == ()
    rules.star(["mouthSmileLeft"], starred=True)
    rules.star(["jawOpen", "cheekPuff"], starred=True)
    rules.star(["cheekPuff"], starred=False)
    memory.sync()
    again = QSettings(str(tmp_path / "with space.ini"), QSettings.Format.IniFormat)
    assert SliderRules(model, again).favourites == ("mouthSmileLeft", "jawOpen")
    (tmp_path / "bad.ini").write_text("[sliders]\nfavourites=nose, jawOpen, jawOpen,\n")
    bad = QSettings(str(tmp_path / "bad.ini"), QSettings.Format.IniFormat)
    assert SliderRules(model, bad).favourites == ("jawOpen",)


def test_marks_know_the_trained_range_if_anybody_does(model: ViewerModel, rules: SliderRules) -> None:
    assert rules.marks("jawOpen").trained is None
    model.set_engine(engine(0.4))
    assert rules.marks("jawOpen").trained == (0.0, 0.4)
    assert rules.marks("roll").trained == (-10.0, 10.0)
    model.set_engine(engine(None))
    assert rules.marks("jawOpen").trained is None


def test_sides_are_copied_swapped_and_named_in_the_history(
    model: ViewerModel, rules: SliderRules, history: EditHistory
) -> None:
    model.edit_weights({"mouthSmileLeft": 0.6})
    model.end_gesture()
    rules.mirror(MirrorWay.LEFT_TO_RIGHT)
    assert model.expression["mouthSmileRight"] == 0.6
    rules.reset(["mouthSmileLeft"])
    rules.mirror(MirrorWay.SWAP)
    rules.copy_across(["mouthSmileLeft"])
    assert model.expression["mouthSmileRight"] == 0.6
    assert texts(history)[1:] == [
        "Copy left to right", "Reset Smile, left", "Swap the sides", "Copy Smile, left across",
    ]  # fmt: skip
