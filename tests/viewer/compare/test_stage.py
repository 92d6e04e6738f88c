"""The comparison on both viewports, on a fake engine: what lies where, to the pixel; what is measured of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gpu_core.errors import InferenceError
from gpu_core.settings import View
from tests.fakes import SIZE, draw_face, draw_rival
from viewer.cockpit import Cockpit
from viewer.compare.comparison import Layout, Metric, OtherWay, Side
from viewer.compare.model import CompareModel
from viewer.compare.picture_difference import heat_map
from viewer.view_values import Canvas, ViewMode

pytestmark = pytest.mark.display
BACKGROUND = (0x1B, 0x1C, 0x1F)
FP32 = Side(way=OtherWay("Precision fp32", changes=(("precision", "fp32"),)))
FINE = Side(way=OtherWay("Path host", changes=(("path", "host"),)))

# For what both viewports share: once is enough.
software = pytest.mark.parametrize("cockpit", ["software"], indirect=True)


@pytest.fixture(params=["software", "hardware"])
def cockpit(request: pytest.FixtureRequest, qtbot: QtBot, engines: Any) -> Iterator[Cockpit]:
    """The whole window, with either viewport, a picture's pixel on exactly two by two of the screen's."""
    cockpit = Cockpit(engines, remembers=False, software_gl=request.param == "software")
    qtbot.addWidget(cockpit.window)
    cockpit.open()
    qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=30_000)
    cockpit.model.set_canvas(Canvas(2 * SIZE / cockpit.viewport.fitted().side))
    yield cockpit
    cockpit.window.close()


def pixels_of(cockpit: Cockpit) -> NDArray[np.int_]:
    """What the viewport drew, without the marks that lie over it."""
    viewport = cockpit.viewport
    for mark in (cockpit.desk.compare_stage.marks.line, *cockpit.desk.compare_stage.marks.tags):
        mark.hide()
    whole = viewport.grabFramebuffer() if hasattr(viewport, "grabFramebuffer") else viewport.grab().toImage()
    image = whole.convertToFormat(QImage.Format.Format_RGBA8888)
    array = np.array(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return array[..., :3].astype(int)


def picture_of(cockpit: Cockpit) -> NDArray[np.int_]:
    """The drawn picture at its own size."""
    cell = cockpit.viewport.cells(1)[0]
    assert cell.side == 2 * SIZE
    drawn = pixels_of(cockpit)[cell.top : cell.top + cell.side, cell.left : cell.left + cell.side]
    np.testing.assert_array_equal(drawn[::2, ::2], drawn[1::2, 1::2])
    return drawn[::2, ::2]


def on_background(pixels: NDArray[np.uint8]) -> NDArray[np.int_]:
    """Premultiplied pixels as the viewport shows them."""
    alpha = pixels[..., 3:].astype(int) / 255
    return np.rint(pixels[..., :3] + (1 - alpha) * np.array(BACKGROUND)).astype(int)


def wanted(cockpit: Cockpit, view: View) -> NDArray[np.int_]:
    return on_background(draw_face(cockpit.model.request, view)[::-1])


def of_rival(cockpit: Cockpit) -> NDArray[np.int_]:
    return on_background(draw_rival(cockpit.model.request))


def settled(cockpit: Cockpit) -> Callable[[], bool]:
    """Both sides are there."""

    def ask() -> bool:
        frame = cockpit.viewport.frame
        ways = cockpit.desk.compare.comparison.ways
        return cockpit.model.is_idle and frame is not None and set(ways) <= set(frame.others)

    return ask


def compare(cockpit: Cockpit, qtbot: QtBot, **changes: Any) -> CompareModel:
    cockpit.desk.compare.set(is_on=True, **changes)
    qtbot.waitUntil(settled(cockpit), timeout=5000)
    return cockpit.desk.compare


def measured(cockpit: Cockpit, qtbot: QtBot) -> Any:
    desk = cockpit.desk

    def ask() -> bool:
        figures = desk.compare.figures
        return (
            figures is not None
            and figures.pair.comparison == desk.compare.comparison
            and figures.pair.request == cockpit.model.request
        )

    qtbot.waitUntil(ask, timeout=5000)
    return desk.compare.figures


def same(drawn: NDArray[np.int_], expected: NDArray[np.int_]) -> None:
    np.testing.assert_allclose(drawn, expected, atol=1)


def test_left_of_the_line_is_a_and_right_of_it_b(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, position=0.25)
    drawn = picture_of(cockpit)
    same(drawn[:, : SIZE // 4], wanted(cockpit, View.GENERATED)[:, : SIZE // 4])
    same(drawn[:, SIZE // 4 :], wanted(cockpit, View.RENDER)[:, SIZE // 4 :])


def test_a_lying_line_has_a_above_it(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, a=Side(View.TEXTURE), position=0.5, is_upright=False)
    drawn = picture_of(cockpit)
    same(drawn[: SIZE // 2], wanted(cockpit, View.TEXTURE)[: SIZE // 2])
    same(drawn[SIZE // 2 :], wanted(cockpit, View.RENDER)[SIZE // 2 :])


@pytest.mark.parametrize("position", [0.0, 1.0])
def test_at_the_edge_one_side_fills_the_picture(cockpit: Cockpit, qtbot: QtBot, position: float) -> None:
    compare(cockpit, qtbot, position=position)
    same(picture_of(cockpit), wanted(cockpit, View.GENERATED if position else View.RENDER))


def test_another_way_is_on_its_side_and_swaps(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compared = compare(cockpit, qtbot, b=FP32)
    assert engines.last.rivals[-1].changes == {"precision": "fp32"}
    half = SIZE // 2
    drawn = picture_of(cockpit)
    same(drawn[:, :half], wanted(cockpit, View.GENERATED)[:, :half])
    same(drawn[:, half:], of_rival(cockpit)[:, half:])
    compared.swap()
    same(picture_of(cockpit)[:, :half], of_rival(cockpit)[:, :half])
    assert len(engines.last.rivals) == 1, "it goes on"


@software
def test_two_other_ways_run_beside_the_engine(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compare(cockpit, qtbot, a=FINE, b=FP32)
    assert [rival.closed for rival in engines.last.rivals] == [False, False]
    same(picture_of(cockpit), of_rival(cockpit))


def test_side_by_side_are_two_pictures(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, layout=Layout.PAIR)
    drawn = pixels_of(cockpit)
    first, second = (drawn[cell.top + cell.side // 2, cell.left + cell.side // 2] for cell in cockpit.viewport.cells(2))
    assert first[0] > first[2] + 20, "the generated picture is red"
    assert abs(second[0] - second[2]) < 5, "the render image is grey"


def test_a_peek_shows_one_side_alone(cockpit: Cockpit, qtbot: QtBot) -> None:
    compared = compare(cockpit, qtbot)
    for side, view in (("a", View.GENERATED), ("b", View.RENDER)):
        compared.set_peek(side)
        same(picture_of(cockpit), wanted(cockpit, view))
    compared.set_peek("")
    assert not np.array_equal(picture_of(cockpit), wanted(cockpit, View.RENDER))


def test_the_difference_is_amplified_exactly(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, layout=Layout.DIFFERENCE, amplification=2)
    steps = np.abs(
        draw_face(cockpit.model.request, View.GENERATED)[::-1, :, :3].astype(int)
        - draw_face(cockpit.model.request, View.RENDER)[::-1, :, :3]
    ).max(axis=2)
    for amplification in (2, 8):
        cockpit.desk.compare.amplify(amplification)
        measured(cockpit, qtbot)
        expected = heat_map(steps.astype(np.uint8), 255 / amplification)[..., :3].astype(int)
        same(picture_of(cockpit), expected)
        assert expected.max() > 100


@software
def test_flip_has_a_map_of_its_own(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, layout=Layout.DIFFERENCE)
    first = measured(cockpit, qtbot)
    cockpit.desk.compare.set_metric(Metric.FLIP)
    second = measured(cockpit, qtbot)
    assert not np.array_equal(first.heat, second.heat)
    assert first.flip == second.flip > 0.01


@software
def test_identical_sides_are_told_to_be_identical(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, b=Side(View.GENERATED))
    found = measured(cockpit, qtbot)
    assert found.are_identical
    assert (found.psnr_db, found.flip) == (float("inf"), 0.0)


def test_what_a_hand_moves_is_shown_at_once_and_the_other_side_catches_up(
    cockpit: Cockpit, qtbot: QtBot, engines: Any
) -> None:
    compare(cockpit, qtbot, b=FP32)
    (rival,) = engines.last.rivals
    rival._by_order = True
    cockpit.model.edit_weights({"jawOpen": 0.8})
    qtbot.waitUntil(lambda: cockpit.model.is_idle and len(rival.submitted) > 1, timeout=5000)
    half, marks = SIZE // 2, cockpit.desk.compare_stage.marks
    cockpit.desk.compare_stage.place_marks()
    assert marks.tags[1].text().endswith("catching up")
    drawn, live = picture_of(cockpit), wanted(cockpit, View.GENERATED)
    same(drawn[:, :half], live[:, :half])
    faint = np.rint(live * 0.3 + np.array(BACKGROUND) * 0.7)
    face = draw_face(cockpit.model.request, View.GENERATED)[::-1, half:, 3] == 255
    np.testing.assert_allclose(drawn[:, half:][face], faint[:, half:][face], atol=2)
    rival.finish()
    qtbot.waitUntil(settled(cockpit), timeout=5000)
    same(picture_of(cockpit)[:, half:], of_rival(cockpit)[:, half:])
    cockpit.desk.compare_stage.place_marks()
    assert marks.tags[1].text().endswith("33 ms")


def test_a_performance_shows_both_sides_of_one_moment(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, b=FP32)
    seen = []
    cockpit.model.frame_shown.connect(lambda _shown: seen.append(cockpit.viewport.frame))
    cockpit.model.set_playback(replace(cockpit.model.playback, name="talk", playing=True))
    qtbot.waitUntil(lambda: len(seen) > 6, timeout=5000)
    cockpit.model.set_playback(replace(cockpit.model.playback, playing=False))
    for frame in seen:
        np.testing.assert_array_equal(frame.others[FP32.way].faces[0], draw_rival(frame.request))


@software
def test_every_frame_is_given_back(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compare(cockpit, qtbot, b=FP32)
    cockpit.model.set_playback(replace(cockpit.model.playback, name="talk", playing=True))
    qtbot.wait(300)
    cockpit.model.set_playback(replace(cockpit.model.playback, playing=False))
    cockpit.desk.compare.toggle()
    cockpit.model.edit_weights({"jawOpen": 0.2})
    qtbot.waitUntil(lambda: len(engines.last.recycled) == len(engines.last.submitted) - 1, timeout=5000)


def test_turned_off_nothing_runs_beside_and_the_view_is_back(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compared = compare(cockpit, qtbot, a=Side(View.TEXTURE), b=FP32)
    compared.toggle()
    qtbot.waitUntil(lambda: engines.last.rivals[-1].closed and cockpit.model.is_idle, timeout=5000)
    assert cockpit.model.request.views == {View.GENERATED}
    same(picture_of(cockpit), wanted(cockpit, View.GENERATED))
    assert not cockpit.engine_thread.rivals.watched
    assert all(not tag.isVisible() for tag in cockpit.desk.compare_stage.marks.tags)


@software
def test_another_view_ends_the_comparison(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot)
    cockpit.model.set_mode(ViewMode.RENDER)
    assert not cockpit.desk.compare.comparison.is_on
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    same(picture_of(cockpit), wanted(cockpit, View.RENDER))


@software
def test_what_cannot_be_had_is_one_line_and_changes_nothing(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compare(cockpit, qtbot)
    engines.last.refuses_rivals = "there is no such arithmetic here"
    cockpit.desk.compare.set(b=FP32)
    qtbot.waitUntil(lambda: cockpit.desk.compare.comparison.b == Side(View.RENDER), timeout=5000)
    assert "there is no such arithmetic here" in cockpit.model.message.text
    # The same as at first is asked for again, and a picture of what was asked for in between may still come.
    qtbot.waitUntil(lambda: not cockpit.model.outstanding, timeout=5000)
    half = SIZE // 2
    same(picture_of(cockpit)[:, half:], wanted(cockpit, View.RENDER)[:, half:])


@software
def test_a_rival_that_fails_is_told_and_the_face_goes_on(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compare(cockpit, qtbot, b=FP32)
    engines.last.rivals[-1].fail_with = InferenceError("it ran out of numbers")
    cockpit.model.edit_weights({"jawOpen": 0.4})
    qtbot.waitUntil(lambda: "it ran out of numbers" in cockpit.model.message.text, timeout=5000)
    assert engines.last.rivals[-1].closed
    assert cockpit.desk.compare.comparison.b == Side(View.RENDER)
    cockpit.model.edit_weights({"jawOpen": 0.1})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)


@software
def test_another_engine_gets_new_rivals(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compare(cockpit, qtbot, b=FP32)
    cockpit.configure({"depth": 1})
    qtbot.waitUntil(lambda: len(engines.last.rivals) == 2 and engines.last.rivals[0].closed, timeout=5000)
    qtbot.waitUntil(settled(cockpit), timeout=5000)
    assert not engines.last.rivals[1].closed


@software
def test_the_line_is_dragged_on_the_picture(cockpit: Cockpit, qtbot: QtBot) -> None:
    compared = compare(cockpit, qtbot)
    cell, canvas = cockpit.viewport.cells(1)[0], cockpit.model.canvas
    y, line = cell.top + cell.side // 3, cell.left + cell.side // 2
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(cockpit.viewport, left, pos=QPoint(line + 3, y))
    for x in range(line, line + 35, 8):
        qtbot.mouseMove(cockpit.viewport, QPoint(x + 3, y))
    qtbot.mouseRelease(cockpit.viewport, left, pos=QPoint(line + 35, y))
    assert compared.comparison.position == pytest.approx(0.5 + 32 / cell.side)
    assert cockpit.model.canvas == canvas, "the picture stays"
    qtbot.mousePress(cockpit.viewport, left, pos=QPoint(line - 30, y))
    qtbot.mouseMove(cockpit.viewport, QPoint(line - 20, y))
    qtbot.mouseRelease(cockpit.viewport, left, pos=QPoint(line - 20, y))
    assert cockpit.model.canvas != canvas, "beside the line a drag moves the picture as ever"


@software
def test_the_line_stays_on_the_picture_when_it_is_moved(cockpit: Cockpit, qtbot: QtBot) -> None:
    compare(cockpit, qtbot, position=0.25)
    cockpit.model.set_canvas(replace(cockpit.model.canvas, pan=(0.1, 0.0)))
    line = cockpit.desk.compare_stage.marks.line.geometry()
    cell = cockpit.viewport.cells(1)[0]
    assert abs(line.center().x() - (cell.left + SIZE // 2)) <= 1


@software
def test_the_window_is_idle_while_it_compares(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    compare(cockpit, qtbot, b=FP32)
    measured(cockpit, qtbot)
    qtbot.wait(500)
    painted, submitted = cockpit.viewport.painted, len(engines.last.submitted)
    qtbot.wait(400)
    assert cockpit.viewport.painted == painted
    assert len(engines.last.submitted) == submitted
