"""viewer.timeline.bar: what is typed is understood, the buttons do what they say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.viewer.timeline_desk import Desk, desk_of
from viewer.panels.timeline import TimelinePanel
from viewer.timeline.bar import TimelineBar, told_time, typed_time
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def desk(model: ViewerModel) -> Iterator[Desk]:
    desk = desk_of(model)
    yield desk
    desk.history.close()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> TimelinePanel:
    panel = TimelinePanel(desk.model, desk.timeline, desk.sheet, desk.tools, desk.transport, desk.keys)
    qtbot.addWidget(panel)
    panel.resize(1264, 240)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def bar(panel: TimelinePanel) -> TimelineBar:
    return panel.bar


def enter(qtbot: QtBot, field, text: str) -> None:  # type: ignore[no-untyped-def]
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "time_s"),
    [("3.2", 3.2), ("3,2 s", 3.2), ("1:03.5", 63.5), (" 96f ", 3.2), ("96 frames", 3.2), ("0:03.200", 3.2), ("", None),
     ("nan", None), ("-1", None), ("1e9", None), ("٣", 3.0), ("1:2:3", None), ("f", None), (".", None)],
)  # fmt: skip
def test_typed_times(text: str, time_s: float | None) -> None:
    assert typed_time(text, 30.0) == (pytest.approx(time_s) if time_s is not None else None)


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_time_or_nothing(text: str) -> None:
    time_s = typed_time(text, 24.0)
    assert time_s is None or 0.0 <= time_s < float("inf")


@given(st.floats(0.0, 6 * 3600.0))
def test_what_is_told_can_be_typed(time_s: float) -> None:
    assert typed_time(told_time(time_s), 30.0) == pytest.approx(time_s, abs=0.0006)


def test_the_playhead_by_the_keyboard(desk: Desk, bar: TimelineBar, qtbot: QtBot) -> None:
    enter(qtbot, bar.position, "96f")
    assert desk.sheet.playhead_s == pytest.approx(3.2)
    assert bar.position.text() == "0:03.200"
    enter(qtbot, bar.position, "soon")
    assert desk.sheet.playhead_s == pytest.approx(3.2)


def test_the_length_and_the_rate_are_steps_of_the_history(desk: Desk, bar: TimelineBar, qtbot: QtBot) -> None:
    enter(qtbot, bar.length, "3.5")
    assert desk.timeline.timeline.duration_s == 3.5
    assert desk.times() == [1.0, 2.0], "what lies beyond the end is gone"
    bar.rate.setEditText("60")
    bar.rate.lineEdit().returnPressed.emit()
    bar.rate.activated.emit(0)
    assert desk.timeline.timeline.fps == 60
    bar.rate.setEditText("12")
    bar.rate.activated.emit(0)
    assert desk.timeline.timeline.fps == 60
    assert "24" in desk.model.message.text
    assert bar.rate.currentText() == "60 fps"
    desk.history.stack.undo()
    desk.history.stack.undo()
    assert (desk.timeline.timeline.duration_s, desk.timeline.timeline.fps) == (10.0, 30.0)
    assert bar.length.text() == "0:10.000"


def test_play_loop_record_auto(desk: Desk, bar: TimelineBar, qtbot: QtBot) -> None:
    def click(button) -> None:  # type: ignore[no-untyped-def]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    click(bar.play)
    assert desk.model.playback.playing
    click(bar.play)
    assert not desk.model.playback.playing
    click(bar.loop)
    assert not desk.model.playback.loop
    click(bar.auto)
    assert desk.keys.is_auto
    click(bar.record)
    assert desk.keys.is_recording
    assert desk.model.playback.playing
    desk.keys.set_recording(False)
    assert not bar.record.isChecked()
    desk.transport.pause()


def test_what_is_shown(desk: Desk, bar: TimelineBar, qtbot: QtBot) -> None:
    qtbot.mouseClick(bar.all, Qt.MouseButton.LeftButton)
    assert len(desk.sheet.rows) > 57
    qtbot.mouseClick(bar.curves, Qt.MouseButton.LeftButton)
    assert desk.sheet.shows_curves
    desk.sheet.show_curves(False)
    assert not bar.curves.isChecked()
    qtbot.keyClicks(bar.search, "jaw")
    assert {row.title for row in desk.sheet.rows if row.is_group} == {"Jaw"}


def test_with_little_room_the_search_goes(panel: TimelinePanel, bar: TimelineBar, qtbot: QtBot) -> None:
    assert panel.minimumSizeHint().width() <= 650, "between the panels of the engineer"
    panel.resize(650, 240)
    qtbot.waitUntil(lambda: not bar.search.isVisible())
    panel.resize(1264, 240)
    qtbot.waitUntil(bar.search.isVisible)
