"""viewer.viewport on a fake engine: what is on the screen, letterboxed, and every frame given back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gpu_core.settings import View
from viewer.cockpit import Cockpit
from viewer.look.backdrop import Backdrop, Background
from viewer.picture_painter import AREA, NEAREST, SHARP, filtering
from viewer.view_values import Canvas, ViewMode

pytestmark = pytest.mark.display
BACKGROUND = (0x1B, 0x1C, 0x1F)


def pixels_of(cockpit: Cockpit) -> NDArray[np.uint8]:
    image = cockpit.viewport.grabFramebuffer().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)[..., :3]


def shows(cockpit: Cockpit) -> Callable[[], bool]:
    return lambda: cockpit.model.is_idle


def test_the_face_is_in_the_middle_and_the_background_around_it(cockpit: Cockpit) -> None:
    pixels = pixels_of(cockpit)
    height, width, _ = pixels.shape
    assert tuple(pixels[3, 3]) == BACKGROUND
    assert pixels[height // 2, width // 2, 0] > 120
    mirrored = pixels[:, ::-1].astype(int)
    assert np.abs(mirrored - pixels).mean() < 3.0, "nothing shifts it to one side"


def test_the_picture_is_not_upside_down(cockpit: Cockpit) -> None:
    pixels = pixels_of(cockpit).astype(int)
    height, width, _ = pixels.shape
    assert pixels[height // 4, width // 2].sum() > pixels[height * 4 // 5, width // 2].sum(), "lit from above"


def test_an_edit_reaches_the_screen(cockpit: Cockpit, qtbot: QtBot) -> None:
    before = pixels_of(cockpit)
    cockpit.model.edit_weights({"jawOpen": 1.0})
    qtbot.waitUntil(shows(cockpit), timeout=5000)
    assert np.abs(pixels_of(cockpit).astype(int) - before).max() > 50


def test_latency_is_measured_to_the_swap(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.model.edit_weights({"jawOpen": 0.7})
    qtbot.waitUntil(shows(cockpit), timeout=5000)
    assert cockpit.model.shown is not None
    assert 0.0 < cockpit.model.shown.age_ms < 5000.0
    assert "show" in {stage.name for stage in cockpit.model.shown.stages}


def test_every_frame_but_the_one_on_the_screen_is_given_back(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    for step in range(1, 9):
        cockpit.model.edit_weights({"jawOpen": step / 10})
        qtbot.waitUntil(shows(cockpit), timeout=5000)
    qtbot.waitUntil(lambda: len(engines.last.recycled) == len(engines.last.submitted) - 1, timeout=5000)


def test_side_by_side_has_three_pictures_and_captions(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.model.set_mode(ViewMode.ALL)
    qtbot.waitUntil(shows(cockpit), timeout=5000)
    pixels = pixels_of(cockpit).astype(int)
    middle = pixels[pixels.shape[0] // 2 - 8]
    thirds = [middle[round(middle.shape[0] * part)] for part in (1 / 6, 1 / 2, 5 / 6)]
    assert thirds[0][2] > thirds[0][0], "the texture is blue in this engine"
    assert thirds[2][0] > thirds[2][2], "the generated picture is red"
    captions = [label.text() for label in cockpit.viewport._captions.values() if label.isVisible()]
    assert captions == ["Texture", "Render", "Generated"]


def test_captions_go_when_there_is_one_picture(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.model.set_mode(ViewMode.ALL)
    cockpit.model.set_mode(ViewMode.TEXTURE)
    qtbot.waitUntil(shows(cockpit), timeout=5000)
    assert not any(label.isVisible() for label in cockpit.viewport._captions.values())
    assert cockpit.viewport.frame is not None
    assert set(cockpit.viewport.frame.pictures) == {View.TEXTURE}


def test_the_wheel_zooms_and_a_double_click_fits(cockpit: Cockpit, qtbot: QtBot) -> None:
    viewport = cockpit.viewport
    middle = QPointF(viewport.rect().center())
    wheel = QWheelEvent(
        middle, viewport.mapToGlobal(middle), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, wheel)
    assert 1.3 < cockpit.model.canvas.zoom < 1.6
    assert max(map(abs, cockpit.model.canvas.pan)) < 0.01
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton)
    assert cockpit.model.canvas == Canvas()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_point_under_the_mouse_stays_on_every_screen(
    cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch, ratio: float
) -> None:
    viewport = cockpit.viewport
    monkeypatch.setattr(viewport, "devicePixelRatio", lambda: ratio)
    where = QPointF(viewport.rect().center()) + QPointF(90, -140)

    def share() -> tuple[float, float]:
        cell = viewport.cells(1)[0]
        return (where.x() * ratio - cell.left) / cell.side, (where.y() * ratio - cell.top) / cell.side

    before = share()
    wheel = QWheelEvent(
        where, viewport.mapToGlobal(where), QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    viewport.wheelEvent(wheel)
    assert cockpit.model.canvas.zoom > 1.5
    assert share() == pytest.approx(before, abs=0.003)


def test_dragging_moves_the_picture(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.viewport.mouse.tools.clear()
    qtbot.mousePress(cockpit.viewport, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(cockpit.viewport, QPoint(250, 200))
    qtbot.mouseRelease(cockpit.viewport, Qt.MouseButton.LeftButton, pos=QPoint(250, 200))
    assert cockpit.model.canvas.pan[0] > 0.02
    assert cockpit.model.canvas.pan[1] == 0.0


def test_one_pixel_to_one_pixel_is_exact(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.window.show_pixels()
    cell = cockpit.viewport.cells(1)[0]
    assert cell.side == 128
    assert filtering(128 / cell.side) == NEAREST


def test_filters_suit_the_size() -> None:
    assert [filtering(512 / side) for side in (512, 1024, 700, 300)] == [NEAREST, NEAREST, SHARP, AREA]


def test_a_fault_in_painting_is_told_once(
    cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the driver is gone")

    monkeypatch.setattr(cockpit.viewport, "_draw", broken)
    with caplog.at_level(logging.CRITICAL, "viewer.picture_stage"):
        for _ in range(20):
            cockpit.viewport.repaint()
            qtbot.wait(1)
    assert cockpit.viewport.failures.pausing
    assert "the driver is gone" in cockpit.model.message.text


def test_resizing_to_nothing_and_back_does_no_harm(cockpit: Cockpit, qtbot: QtBot) -> None:
    for size in ((200, 200), (1200, 700), (640, 480)):
        cockpit.window.resize(*size)
        qtbot.wait(20)
    assert cockpit.viewport.failures.count == 0
    assert pixels_of(cockpit).max() > 100


def test_a_background_lies_behind_every_picture_and_moves_with_it(cockpit: Cockpit, qtbot: QtBot) -> None:
    top_green = np.zeros((8, 8, 4), np.uint8)
    top_green[..., 3], top_green[:4, :, 1] = 255, 220
    plain = pixels_of(cockpit)
    cockpit.viewport.set_backdrop(Backdrop(Background("picture"), top_green))
    cell = cockpit.viewport.cells(1)[0]
    pixels = pixels_of(cockpit)
    right = cell.left + cell.side - 3
    assert tuple(pixels[cell.top + 2, right]) == (0, 220, 0)
    assert tuple(pixels[cell.top + cell.side - 3, right]) == (0, 0, 0)
    assert tuple(pixels[3, 3]) == BACKGROUND
    centre = cell.top + cell.side // 2, cell.left + cell.side // 2
    np.testing.assert_array_equal(pixels[centre], plain[centre])
    cockpit.model.set_canvas(Canvas(0.5))
    assert tuple(pixels_of(cockpit)[cell.top + 2, right]) == BACKGROUND
    cockpit.viewport.set_backdrop(None)
    cockpit.model.set_canvas(Canvas())
    np.testing.assert_array_equal(pixels_of(cockpit), plain)
