"""viewer.timeline.view and viewer.timeline.hand, with a real mouse: choose, drag, copy, band, scrub, zoom, undo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.viewer.timeline_desk import TIMELINE, Desk, desk_of, drag, mouse, wheel
from viewer import theme
from viewer.performance.editing import KeyId
from viewer.performance.timeline import Timeline
from viewer.timeline.layout import NAMES_PX, ROW_PX, RULER_PX
from viewer.timeline.view import HELP, TimelineView
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip
ROWS = {"Head": 0, "yaw": 1, "Jaw": 2, "jawOpen": 3}


@pytest.fixture
def desk(model: ViewerModel) -> Iterator[Desk]:
    desk = desk_of(model)
    yield desk
    desk.history.close()


@pytest.fixture
def view(desk: Desk, qtbot: QtBot) -> TimelineView:
    view = TimelineView(desk.model, desk.timeline, desk.sheet, desk.tools)
    qtbot.addWidget(view)
    view.resize(NAMES_PX + 1028, 200)  # 100 px to a second
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    view.setFocus()
    return view


def place(view: TimelineView, row: str, time_s: float) -> QPointF:
    layout = view.sheet_layout
    return QPointF(layout.x(time_s), layout.top(ROWS[row]) + ROW_PX / 2)


def curve_place(view: TimelineView, track: str, time_s: float, value: float) -> QPointF:
    layout = view.sheet_layout
    return QPointF(layout.x(time_s), layout.y(track, value))


def at(by_px: float, by_py: float = 0.0) -> QPointF:
    return QPointF(by_px, by_py)


def chosen(desk: Desk) -> set[tuple[str, float]]:
    return {(name, round(time_s, 6)) for name, time_s in desk.timeline.selection}


def test_a_click_chooses_a_key_and_control_more_of_them(desk: Desk, view: TimelineView) -> None:
    drag(view.viewport(), place(view, "jawOpen", 2.0) + at(2))
    assert chosen(desk) == {("jawOpen", 2.0)}
    drag(view.viewport(), place(view, "yaw", 3.0), modifiers=CONTROL)
    assert chosen(desk) == {("jawOpen", 2.0), ("yaw", 3.0)}
    drag(view.viewport(), place(view, "jawOpen", 2.0), modifiers=CONTROL)
    assert chosen(desk) == {("yaw", 3.0)}
    drag(view.viewport(), place(view, "jawOpen", 6.0))
    assert chosen(desk) == set()
    assert desk.steps() == []


def test_a_click_on_a_summary_chooses_the_keys_of_its_group(desk: Desk, view: TimelineView) -> None:
    drag(view.viewport(), place(view, "Head", 1.0))
    assert chosen(desk) == {("yaw", 1.0)}


def test_a_drag_moves_keys_onto_frames_as_one_step(desk: Desk, view: TimelineView) -> None:
    start = place(view, "jawOpen", 2.0)
    drag(view.viewport(), start, start + at(40), start + at(90), start + at(51))
    assert desk.times() == [1.0, round(75 / 30, 6), 4.0]
    assert chosen(desk) == {("jawOpen", round(75 / 30, 6))}
    assert desk.steps() == ["Move 1 key"]
    desk.history.stack.undo()
    assert desk.timeline.timeline == TIMELINE
    desk.history.stack.redo()
    assert desk.times() == [1.0, round(75 / 30, 6), 4.0]


def test_two_drags_are_two_steps(desk: Desk, view: TimelineView) -> None:
    for time_s in (2.0, 2.5):
        start = place(view, "jawOpen", time_s)
        drag(view.viewport(), start, start + at(50))
    assert desk.steps() == ["Move 1 key", "Move 1 key"]
    desk.history.stack.undo()
    assert desk.times() == [1.0, 2.5, 4.0]


def test_what_a_drag_passes_over_is_there_again_behind_it(desk: Desk, view: TimelineView) -> None:
    start = place(view, "jawOpen", 1.0)
    drag(view.viewport(), start, start + at(100), start + at(200))
    assert desk.times() == [2.0, 3.0, 4.0]


def test_the_face_follows_a_drag_while_the_hand_is_down(desk: Desk, view: TimelineView) -> None:
    desk.sheet.move_playhead(3.0)
    assert desk.model.expression["jawOpen"] == pytest.approx(0.8)
    start = place(view, "jawOpen", 2.0)
    mouse(view.viewport(), QEvent.Type.MouseButtonPress, start)
    mouse(view.viewport(), QEvent.Type.MouseMove, start + at(150))
    assert desk.model.expression["jawOpen"] == pytest.approx(0.2 + 0.6 * 2 / 2.5)
    view.keyPressEvent(_escape())
    assert desk.timeline.timeline == TIMELINE
    assert desk.steps() == []
    mouse(view.viewport(), QEvent.Type.MouseButtonRelease, start)
    assert desk.timeline.timeline == TIMELINE


def test_alt_leaves_the_frames(desk: Desk, view: TimelineView) -> None:
    start = place(view, "jawOpen", 2.0)
    drag(view.viewport(), start, start + at(51), modifiers=ALT)
    assert desk.times()[1] == pytest.approx(2.51)


def test_control_drags_copies(desk: Desk, view: TimelineView) -> None:
    start = place(view, "jawOpen", 2.0)
    drag(view.viewport(), start, start + at(50), start + at(100), modifiers=CONTROL)
    assert desk.times() == [1.0, 2.0, 3.0, 4.0]
    assert chosen(desk) == {("jawOpen", 3.0)}
    assert desk.steps() == ["Duplicate 1 key"]


def test_a_box_chooses_what_is_in_it(desk: Desk, view: TimelineView) -> None:
    drag(view.viewport(), place(view, "yaw", 0.5), place(view, "yaw", 1.5), place(view, "jawOpen", 2.5))
    assert chosen(desk) == {("yaw", 1.0), ("jawOpen", 1.0), ("jawOpen", 2.0)}
    drag(view.viewport(), place(view, "jawOpen", 3.5), place(view, "jawOpen", 4.5), modifiers=CONTROL)
    assert len(chosen(desk)) == 4
    assert view.hand.band is None


def test_curves_are_dragged_in_value_too(desk: Desk, view: TimelineView) -> None:
    desk.sheet.choose(["jawOpen"])
    desk.sheet.show_curves(True)
    start, high = curve_place(view, "jawOpen", 2.0, 0.8), curve_place(view, "jawOpen", 2.0, 0.9)
    drag(view.viewport(), start, high)
    assert desk.timeline.timeline.track("jawOpen").at(2.0) == pytest.approx(0.9)
    start = curve_place(view, "jawOpen", 2.0, 0.9)
    drag(view.viewport(), start, start + at(100, -300), modifiers=SHIFT)
    assert desk.times() == [1.0, 2.0, 4.0], "Shift keeps to the longer way: up, as far as it goes"
    assert desk.timeline.timeline.track("jawOpen").at(2.0) == 1.0


def test_a_double_click_sets_a_key(desk: Desk, view: TimelineView) -> None:
    before = desk.timeline.timeline.track("jawOpen").at(1.5)
    mouse(view.viewport(), QEvent.Type.MouseButtonDblClick, place(view, "jawOpen", 1.5) + at(0.4))
    assert desk.times() == [1.0, 1.5, 2.0, 4.0]
    assert desk.timeline.timeline.track("jawOpen").at(1.5) == pytest.approx(before)
    desk.sheet.choose(["yaw"])
    desk.sheet.show_curves(True)
    mouse(view.viewport(), QEvent.Type.MouseButtonDblClick, curve_place(view, "yaw", 5.0, 10.0))
    assert desk.timeline.timeline.track("yaw").at(5.0) == pytest.approx(10.0, abs=0.2)


def test_scrubbing_moves_the_face_and_stops_what_plays(desk: Desk, view: TimelineView) -> None:
    desk.transport.play()
    layout = view.sheet_layout
    drag(view.viewport(), QPointF(layout.x(1.0), 8), QPointF(layout.x(1.49), 8))
    assert desk.sheet.playhead_s == 1.5
    assert not desk.model.playback.playing
    assert desk.model.expression["jawOpen"] == pytest.approx(0.5)
    drag(view.viewport(), QPointF(layout.x(1.51), 8), modifiers=ALT)
    assert desk.sheet.playhead_s == pytest.approx(1.51)
    assert desk.steps() == []


def test_shift_drags_the_part_that_loops(desk: Desk, view: TimelineView) -> None:
    layout = view.sheet_layout
    drag(view.viewport(), QPointF(layout.x(4.01), 8), QPointF(layout.x(2.01), 8), modifiers=SHIFT)
    assert desk.transport.loop_range == (2.0, 4.0)


def test_the_wheel_zooms_about_the_pointer_and_pans_with_shift(desk: Desk, view: TimelineView) -> None:
    spot = place(view, "jawOpen", 2.0)
    wheel(view.viewport(), spot, 120)
    assert desk.sheet.scale.px_per_s > 115
    assert view.sheet_layout.x(2.0) == pytest.approx(spot.x(), abs=0.5)
    before = desk.sheet.scale
    wheel(view.viewport(), spot, -120, SHIFT)
    assert desk.sheet.scale.start_s > before.start_s
    desk.sheet.fit()
    assert desk.sheet.scale.px_per_s == pytest.approx(100)


def test_the_middle_button_pans(desk: Desk, view: TimelineView) -> None:
    for _ in range(4):
        wheel(view.viewport(), place(view, "jawOpen", 5.0), 120)
    before, spot = desk.sheet.scale, place(view, "jawOpen", 5.0)
    drag(view.viewport(), spot, spot + at(-20), spot + at(-50), button=Qt.MouseButton.MiddleButton)
    assert desk.sheet.scale.start_s == pytest.approx(before.start_s + 50 / before.px_per_s)


def test_names_choose_tracks_and_arrows_fold_groups(desk: Desk, view: TimelineView) -> None:
    def name(row: int, x: int = 60) -> QPointF:
        return QPointF(x, RULER_PX + (row + 0.5) * ROW_PX)

    drag(view.viewport(), name(1))
    assert desk.sheet.chosen == ("yaw",)
    drag(view.viewport(), name(3), modifiers=CONTROL)
    assert set(desk.sheet.chosen) == {"yaw", "jawOpen"}
    drag(view.viewport(), name(1))
    drag(view.viewport(), name(3), modifiers=SHIFT)
    assert desk.sheet.chosen == ("yaw", "jawOpen")
    drag(view.viewport(), name(2))
    assert desk.sheet.chosen == ("jawOpen",), "a group is its tracks"
    drag(view.viewport(), name(0, 8))
    assert [row.title for row in desk.sheet.rows] == ["Head", "Jaw", "Open jaw"]
    mouse(view.viewport(), QEvent.Type.MouseButtonDblClick, name(2))
    assert len(chosen(desk)) == 3


def test_the_rows_scroll_when_there_are_more_than_fit(desk: Desk, view: TimelineView) -> None:
    desk.sheet.show_all(True)
    bar = view.verticalScrollBar()
    assert bar.maximum() > 0
    wheel(view.viewport(), QPointF(40, 60), -120)
    assert bar.value() == 3 * ROW_PX
    assert view.sheet_layout.row_at(RULER_PX + 1) is desk.sheet.rows[3]


def test_the_playhead_repaints_only_its_strips(desk: Desk, view: TimelineView, qtbot: QtBot) -> None:
    qtbot.wait(50)
    picture = view._picture
    assert picture is not None
    desk.sheet.move_playhead(2.0)
    qtbot.wait(50)
    assert view._picture is picture, "what does not change is not painted again"
    image = view.grab().toImage()
    assert _has(image, round(view.sheet_layout.x(2.0)), theme.WARNING)
    assert not _has(image, round(view.sheet_layout.x(0.0)), theme.WARNING)


def test_chosen_keys_look_chosen(desk: Desk, view: TimelineView) -> None:
    spot = place(view, "jawOpen", 2.0).toPoint()
    assert view.grab().toImage().pixelColor(spot) == QColor(theme.TEXT)
    desk.timeline.select([KeyId("jawOpen", 2.0)])
    assert view.grab().toImage().pixelColor(spot) == QColor(theme.ACCENT)


def test_tips_say_what_is_under_the_pointer(view: TimelineView) -> None:
    assert view.tip(place(view, "jawOpen", 2.0)) == "Open jaw 0.80, step: 2.000 s, frame 60"
    assert view.tip(place(view, "yaw", 3.0)) == "Turn 4.0°, linear: 3.000 s, frame 90"
    assert view.tip(place(view, "yaw", 6.0)) == HELP
    assert view.tip(QPointF(50, RULER_PX + 1.5 * ROW_PX)).startswith("yaw: ")


def test_nothing_yet(desk: Desk, view: TimelineView) -> None:
    before = view.grab().toImage()
    desk.timeline.edit(Timeline(), "New take")
    after = view.grab().toImage()
    assert before != after
    drag(view.viewport(), QPointF(400, 100), QPointF(500, 150))
    mouse(view.viewport(), QEvent.Type.MouseButtonDblClick, QPointF(400, 100))
    assert desk.timeline.timeline == Timeline()


def _has(image: QImage, x: int, colour: str) -> bool:
    return image.pixelColor(x, image.height() - 30) == QColor(colour)


def _escape():  # type: ignore[no-untyped-def]
    from PySide6.QtGui import QKeyEvent

    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
