"""viewer.edit_history: every hand's change can be taken back; what is one movement is one step."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gpu_core.expression import NEUTRAL
from tests.viewer.conftest import Clock
from viewer.edit_history import EditHistory
from viewer.performance.editing import KeyId, with_keys
from viewer.performance.keyframes import Key
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def timeline(model: ViewerModel) -> TimelineModel:
    return TimelineModel(model)


@pytest.fixture
def history(model: ViewerModel, timeline: TimelineModel, clock: Clock) -> EditHistory:
    return EditHistory(model, timeline, clock)


def texts(history: EditHistory) -> list[str]:
    return [history.stack.text(index) for index in range(history.stack.count())]


def test_a_drag_is_one_step_and_undo_goes_back_to_where_it_began(model: ViewerModel, history: EditHistory) -> None:
    for value in (0.1, 0.4, 0.8):
        model.edit_weights({"jawOpen": value})
    assert texts(history) == ["Open jaw 0.80"]
    history.undo_action.trigger()
    assert model.expression == NEUTRAL
    history.redo_action.trigger()
    assert model.expression["jawOpen"] == 0.8


def test_a_drag_with_a_name_may_rest_and_bring_in_other_shapes(
    model: ViewerModel, history: EditHistory, clock: Clock
) -> None:
    model.edit(NEUTRAL.with_weights({"jawOpen": 0.5}), text="Drag chin")
    clock.now_s = 60.0
    model.edit(NEUTRAL.with_weights({"jawLeft": 0.5, "mouthLeft": 0.1}), text="Drag chin")
    assert texts(history) == ["Drag chin"]
    model.end_gesture()
    model.edit(NEUTRAL.with_weights({"jawLeft": 0.7}), text="Drag chin")
    assert texts(history) == ["Drag chin", "Drag chin"]
    history.undo_action.trigger()
    history.undo_action.trigger()
    assert model.expression == NEUTRAL


def test_a_drag_that_comes_back_leaves_no_step(model: ViewerModel, history: EditHistory) -> None:
    model.edit(NEUTRAL.with_weights({"jawOpen": 0.5}), text="Drag chin")
    model.edit(NEUTRAL, text="Drag chin")
    assert texts(history) == []


def test_another_gesture_is_another_step(model: ViewerModel, history: EditHistory) -> None:
    model.edit_weights({"jawOpen": 0.1})
    model.end_gesture()
    model.edit_weights({"jawOpen": 0.4})
    assert texts(history) == ["Open jaw 0.10", "Open jaw 0.40"]


def test_another_slider_is_another_step_even_without_an_end(model: ViewerModel, history: EditHistory) -> None:
    model.edit_weights({"jawOpen": 0.1})
    model.edit_weights({"mouthSmileLeft": 0.4})
    assert texts(history) == ["Open jaw 0.10", "Smile, left 0.40"]


def test_a_pause_ends_a_step_of_the_wheel(model: ViewerModel, history: EditHistory, clock: Clock) -> None:
    model.edit_weights({"jawOpen": 0.1})
    clock.now_s = 1.0
    model.edit_weights({"jawOpen": 0.2})
    clock.now_s = 3.0
    model.edit_weights({"jawOpen": 0.3})
    assert len(texts(history)) == 2


def test_a_drag_back_to_where_it_began_leaves_no_step(model: ViewerModel, history: EditHistory) -> None:
    model.edit_weights({"jawOpen": 0.5})
    model.edit_weights({"jawOpen": 0.0})
    assert texts(history) == []


def test_a_performance_leaves_no_steps(model: ViewerModel, history: EditHistory) -> None:
    model.edit(NEUTRAL.with_weights({"jawOpen": 0.5}), by_hand=False)
    assert texts(history) == []


def test_pairs_gaze_head_and_many_are_named(model: ViewerModel, history: EditHistory) -> None:
    model.edit_weights({"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5})
    model.edit_gaze(10.0, 5.0)
    model.edit_head(yaw=-12.0)
    model.edit_weights({"jawOpen": 0.2, "cheekPuff": 0.3})
    model.reset()
    assert texts(history) == ["Smile 0.50", "Gaze", "Turn -12.0°", "2 shapes", "Neutral face"]


def test_a_new_step_forgets_what_was_taken_back(model: ViewerModel, history: EditHistory) -> None:
    model.edit_weights({"jawOpen": 0.5})
    history.undo_action.trigger()
    model.edit_weights({"cheekPuff": 0.5})
    assert not history.stack.canRedo()
    assert texts(history) == ["Puff cheeks 0.50"]


def test_what_follows_an_undo_does_not_merge_with_what_is_left(model: ViewerModel, history: EditHistory) -> None:
    model.edit_weights({"jawOpen": 0.5})
    model.edit_weights({"cheekPuff": 0.5})
    history.undo_action.trigger()
    model.edit_weights({"jawOpen": 0.6})
    assert texts(history) == ["Open jaw 0.50", "Open jaw 0.60"]


def test_the_timeline_and_the_face_share_one_history(
    model: ViewerModel, timeline: TimelineModel, history: EditHistory
) -> None:
    model.edit_weights({"jawOpen": 0.5})
    timeline.edit(with_keys(timeline.timeline, [("jawOpen", Key(1.0, 0.5))]), "Add a key")
    assert texts(history) == ["Open jaw 0.50", "Add a key"]
    history.undo_action.trigger()
    assert not timeline.timeline.tracks
    assert model.expression["jawOpen"] == 0.5
    history.undo_action.trigger()
    assert model.expression == NEUTRAL
    history.redo_action.trigger()
    history.redo_action.trigger()
    assert timeline.timeline.track("jawOpen").times == [1.0]


def test_keys_chosen_and_gone_are_not_chosen_any_more(timeline: TimelineModel) -> None:
    key = KeyId("jawOpen", 1.0)
    timeline.edit(with_keys(timeline.timeline, [("jawOpen", Key(1.0, 0.5))]), "Add a key", selection=[key])
    assert timeline.selection == {key}
    timeline.edit(type(timeline.timeline)(), "Clear")
    assert timeline.selection == frozenset()


LEAVE_HISTORIES = """
import gc
from PySide6.QtGui import QGuiApplication
from viewer.edit_history import EditHistory
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

def leave_a_history():
    model = ViewerModel()
    history = EditHistory(model, TimelineModel(model))
    for value in (0.1, 0.2, 0.3):
        model.end_gesture()
        model.edit_weights({"jawOpen": value})

app = QGuiApplication(["mien", "-platform", "offscreen"])
for _ in range(40):
    leave_a_history()
gc.collect()
"""


def test_a_window_that_is_garbage_is_collected_with_its_history() -> None:
    """It used to end the process: see `EditHistory.__del__`."""
    subprocess.run([sys.executable, "-c", LEAVE_HISTORIES], check=True, timeout=60)
