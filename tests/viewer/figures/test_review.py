"""viewer.figures.review: frames that come go on being noted, those on show stand still."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from tests.frame_records import record
from viewer.figures.review import TARGET_FPS, TARGET_KEY, TARGETS_FPS, FrameReview
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def review(model: ViewerModel) -> FrameReview:
    for index in range(10):
        model.history.add(record(index))
    return FrameReview(model)


def test_a_pause_freezes_the_frames_and_not_the_face(review: FrameReview, model: ViewerModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(review.changed):
        review.toggle()
    model.history.add(record(10))
    assert [one.index for one in review.records] == list(range(10))
    review.toggle()
    assert review.records[-1].index == 10
    assert not review.is_paused


def test_picking_a_frame_that_comes_pauses(review: FrameReview, model: ViewerModel) -> None:
    review.pick(model.history.records()[4])
    assert review.is_paused
    assert review.picked == record(4)
    review.step(2)
    assert review.picked == record(6)
    review.step(99)
    assert review.picked == record(9)
    review.resume()
    assert review.picked is None


def test_to_step_without_a_frame_begins_at_the_newest(review: FrameReview) -> None:
    review.step(-1)
    assert (review.picked, review.is_paused) == (record(9), True)


def test_what_is_frozen_outlives_what_was_forgotten(review: FrameReview, model: ViewerModel) -> None:
    review.step(-1)
    model.history.clear()
    review.step(-3)
    assert review.picked == record(6)
    review.resume()
    review.step(-1)
    assert review.picked is None


def test_a_frame_that_is_gone_is_not_picked(review: FrameReview) -> None:
    review.pick(record(77))
    assert review.picked is None
    assert not review.is_paused


def test_the_target_is_remembered_and_nonsense_is_not_believed(model: ViewerModel, tmp_path: Path) -> None:
    path = str(tmp_path / "mien.ini")
    for fps in TARGETS_FPS:
        FrameReview(model, QSettings(path, QSettings.Format.IniFormat)).set_target(fps)
        assert FrameReview(model, QSettings(path, QSettings.Format.IniFormat)).target_fps == fps
    for nonsense in ("nan", "-5", "", "many", ["30", "60"]):
        memory = QSettings(path, QSettings.Format.IniFormat)
        memory.setValue(TARGET_KEY, nonsense)
        assert FrameReview(model, memory).target_fps == TARGET_FPS
