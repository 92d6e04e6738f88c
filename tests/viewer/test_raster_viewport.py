"""The viewport without OpenGL, on a fake engine: the same pictures, layout and mouse as on a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gpu_core.settings import View
from viewer.cockpit import Cockpit
from viewer.look.backdrop import Backdrop, Background
from viewer.raster_viewport import RasterViewport, as_image, resized
from viewer.view_values import Canvas, ViewMode

pytestmark = pytest.mark.display
BACKGROUND = (0x1B, 0x1C, 0x1F)


@pytest.fixture
def cockpit(qtbot: QtBot, engines: Any) -> Iterator[Cockpit]:
    """The whole window as it is on software OpenGL."""
    cockpit = Cockpit(engines, remembers=False, software_gl=True)
    qtbot.addWidget(cockpit.window)
    cockpit.open()
    qtbot.waitUntil(lambda: cockpit.model.shown is not None, timeout=30_000)
    yield cockpit
    cockpit.window.close()


def pixels_of(cockpit: Cockpit) -> NDArray[np.uint8]:
    image = cockpit.viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)[..., :3]


def edit(cockpit: Cockpit, qtbot: QtBot, weight: float) -> None:
    cockpit.model.edit_weights({"jawOpen": weight})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)


def test_the_face_is_in_the_middle_upright_and_the_background_around_it(cockpit: Cockpit) -> None:
    assert isinstance(cockpit.viewport, RasterViewport)
    pixels = pixels_of(cockpit).astype(int)
    height, width, _ = pixels.shape
    assert tuple(pixels[3, 3]) == BACKGROUND
    assert np.abs(pixels[:, ::-1] - pixels).mean() < 3.0, "nothing shifts it to one side"
    assert pixels[height // 4, width // 2].sum() > pixels[height * 4 // 5, width // 2].sum(), "lit from above"


def test_an_edit_reaches_the_screen_and_its_latency_is_noted(cockpit: Cockpit, qtbot: QtBot) -> None:
    before = pixels_of(cockpit).astype(int)
    edit(cockpit, qtbot, 1.0)
    assert np.abs(pixels_of(cockpit) - before).max() > 50
    assert cockpit.model.shown is not None
    assert 0.0 < cockpit.model.shown.age_ms < 5000.0
    assert "show" in {stage.name for stage in cockpit.model.shown.stages}


def test_every_frame_but_the_one_on_the_screen_is_given_back(cockpit: Cockpit, qtbot: QtBot, engines: Any) -> None:
    for step in range(1, 9):
        edit(cockpit, qtbot, step / 10)
    qtbot.waitUntil(lambda: len(engines.last.recycled) == len(engines.last.submitted) - 1, timeout=5000)


def test_side_by_side_has_three_pictures(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.model.set_mode(ViewMode.ALL)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    assert cockpit.viewport.frame is not None
    assert set(cockpit.viewport.frame.pixels) == set(View)
    pixels = pixels_of(cockpit).astype(int)
    middle = pixels[pixels.shape[0] // 2 - 8]
    first, _, last = (middle[round(middle.shape[0] * part)] for part in (1 / 6, 1 / 2, 5 / 6))
    assert first[2] > first[0], "the texture is blue in this engine"
    assert last[0] > last[2], "the generated picture is red"


@pytest.mark.parametrize("zoom", [0.3, 1.0, 1.7, 12.0])
def test_every_zoom_paints(cockpit: Cockpit, qtbot: QtBot, zoom: float) -> None:
    cockpit.model.set_canvas(Canvas(zoom))
    qtbot.wait(30)
    pixels = pixels_of(cockpit)
    height, width, _ = pixels.shape
    assert pixels[height // 2, width // 2].max() > 60
    assert cockpit.viewport.failures.count == 0


def test_painting_again_costs_no_resizing(cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(cockpit, qtbot, 0.4)
    calls = []
    monkeypatch.setattr("viewer.raster_viewport.resized", lambda *arguments: calls.append(arguments))
    cockpit.viewport.repaint()
    assert not calls


def test_a_frame_that_a_newer_one_replaces_unpainted_is_counted(cockpit: Cockpit, qtbot: QtBot) -> None:
    edit(cockpit, qtbot, 0.4)
    shown, unshown = cockpit.viewport.frame, cockpit.viewport._unshown
    assert shown is not None
    cockpit.viewport.give_back = lambda _frame, _fence: None
    for index in (7001, 7002):
        cockpit.viewport.show_frame(replace(shown, index=index), 0)
    qtbot.waitUntil(lambda: cockpit.model.history.record(7002) is not None, timeout=5000)
    assert cockpit.viewport._unshown == unshown + 1
    newest = cockpit.model.history.record(7002)
    assert newest is not None
    assert newest.unshown == 1
    assert cockpit.model.history.record(7001) is None


def disc(side: int) -> NDArray[np.uint8]:
    """A white disc on nothing, antialiased by hand, premultiplied."""
    y, x = np.mgrid[0:side, 0:side] - (side - 1) / 2
    alpha = np.clip(side * 0.4 - np.hypot(x, y) + 0.5, 0, 1)
    return np.repeat((255 * alpha + 0.5).astype(np.uint8)[..., None], 4, axis=2)


@pytest.mark.parametrize("side", [20, 64, 100, 128, 333])
def test_resizing_keeps_the_mean_and_a_premultiplied_colour(side: int) -> None:
    before, after = disc(64), resized(disc(64), side)
    assert after.shape == (side, side, 4)
    assert (after[..., :3].max(axis=2) <= after[..., 3]).all()
    assert abs(float(after.mean()) - before.mean()) < 2.0


def test_whole_multiples_stay_sharp() -> None:
    np.testing.assert_array_equal(resized(disc(64), 128)[::2, ::2], disc(64))


def test_an_image_has_the_colours_it_was_made_of() -> None:
    pixels = np.zeros((2, 3, 4), np.uint8)
    pixels[1, 2] = (200, 100, 50, 255)
    colour = as_image(pixels).pixelColor(2, 1)
    assert (colour.red(), colour.green(), colour.blue(), colour.alpha()) == (200, 100, 50, 255)


def test_a_background_lies_behind_every_picture_and_moves_with_it(cockpit: Cockpit, qtbot: QtBot) -> None:
    cockpit.desk.look.set_background(Background("colour", (10, 220, 30)))
    cell = cockpit.viewport.cells(1)[0]
    pixels = pixels_of(cockpit)
    assert tuple(pixels[cell.top + 2, cell.left + 2]) == (10, 220, 30)
    assert tuple(pixels[3, 3]) == BACKGROUND
    middle = tuple(pixels[cell.top + cell.side // 3, cell.left + cell.side // 2])
    assert middle != (10, 220, 30), "the face is before it"
    cockpit.model.set_canvas(Canvas(0.5))
    assert tuple(pixels_of(cockpit)[cell.top + 2, cell.left + 2]) == BACKGROUND
    cockpit.model.set_canvas(Canvas(16.0, (7.9, 7.9)))
    cockpit.desk.look.set_background(Background("transparent"))
    pixels = pixels_of(cockpit)
    assert tuple(pixels[3, 3]) == BACKGROUND
    below, right = (round((part - 12) * 0.9) for part in pixels.shape[:2])
    assert set(np.unique(pixels[below, right:])) <= set(range(96, 119)), "squares, large ones: the picture's corner"
    cockpit.model.set_canvas(Canvas())
    cockpit.model.set_mode(ViewMode.ALL)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    pixels = pixels_of(cockpit)
    for cell in cockpit.viewport.cells(3):
        assert tuple(pixels[cell.top + 1, cell.left + 1]) == (118, 118, 118)


def test_a_background_is_made_once_a_size(cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    square = Backdrop.square
    monkeypatch.setattr(Backdrop, "square", lambda self, side: made.append(side) or square(self, side))
    cockpit.desk.look.set_background(Background("transparent"))
    for step in range(1, 5):
        edit(cockpit, qtbot, step / 10)
    pixels_of(cockpit)
    assert made == [cockpit.viewport.cells(1)[0].side]
