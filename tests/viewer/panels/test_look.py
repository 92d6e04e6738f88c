"""viewer.panels.look: says what it acts on, follows the mouse, fits in the artist's column."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.look.light_presets import PRESETS
from viewer.look.model import LookModel
from viewer.panels.look import LookPanel
from viewer.view_values import ViewMode
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def look(model: ViewerModel) -> Iterator[LookModel]:
    look = LookModel(model)
    yield look
    look.close()


@pytest.fixture
def panel(model: ViewerModel, look: LookModel, qtbot: QtBot) -> LookPanel:
    panel = LookPanel(model, look)
    panel.resize(280, 600)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_it_says_that_the_generated_view_has_no_camera(panel: LookPanel, model: ViewerModel, qtbot: QtBot) -> None:
    assert panel.note.isVisible()
    qtbot.mouseClick(panel.show_render, Qt.MouseButton.LeftButton)
    assert model.mode is ViewMode.RENDER
    assert not panel.note.isVisible()
    model.set_mode(ViewMode.ALL)
    assert panel.note.isVisible()
    assert not panel.show_render.isVisible()


def test_it_follows_what_the_mouse_does(panel: LookPanel, look: LookModel, qtbot: QtBot) -> None:
    for _ in range(20):
        look.orbit(1.0, 0.5)
    look.set_lighting(PRESETS["Soft"])
    qtbot.waitUntil(lambda: panel.camera.sliders["yaw"].number == 20.0, timeout=2000)
    assert panel.light.presets.currentText() == "Soft"


def test_nothing_is_wider_than_the_column(panel: LookPanel, look: LookModel) -> None:
    assert panel.widget().minimumSizeHint().width() <= 268
    assert panel.horizontalScrollBar().maximum() == 0
