"""viewer.shelf.grid: tiles of presets for mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from viewer.performance.preset_file import Preset
from viewer.performance.presets import shipped_presets
from viewer.shelf.grid import LEAST_PX, MOST_PX, PresetGrid
from viewer.shelf.list import PresetList

pytestmark = pytest.mark.display
GRIN = Preset("grin", "Grin", "yours", NEUTRAL.with_weights({"mouthSmileLeft": 0.5}))
PRESETS = (GRIN, *shipped_presets())
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def grid(qtbot: QtBot) -> PresetGrid:
    presets = PresetList(lambda _: None)
    grid = PresetGrid(presets)
    qtbot.addWidget(grid)
    presets.show(PRESETS, frozenset({"grin"}))
    grid.resize(280, 400)
    with qtbot.waitExposed(grid):
        grid.show()
    grid.setFocus()
    return grid


def click(grid: PresetGrid, qtbot: QtBot, name: str, modifier: Qt.KeyboardModifier | None = None) -> None:
    index = grid.presets.index_of(name)
    grid.scrollTo(index)
    place = grid.visualRect(index).center()
    qtbot.mouseClick(grid.viewport(), LEFT, modifier or Qt.KeyboardModifier.NoModifier, place)


@pytest.mark.parametrize(("width", "across"), [(200, 2), (280, 3), (304, 3), (420, 5), (60, 1)])
def test_as_many_a_row_as_fit_and_nothing_is_cut(grid: PresetGrid, width: int, across: int) -> None:
    grid.resize(width, 400)
    rects = [grid.visualRect(grid.presets.index(row)) for row in range(across + 1)]
    assert len({rect.top() for rect in rects[:across]}) == 1
    assert rects[across].top() > rects[0].top()
    assert width < LEAST_PX or rects[across - 1].right() < grid.viewport().width()
    assert rects[0].width() <= MOST_PX


def test_a_click_uses_and_a_second_with_ctrl_only_chooses(grid: PresetGrid, qtbot: QtBot) -> None:
    used: list[Preset] = []
    chosen: list[tuple[Preset, ...]] = []
    grid.used.connect(used.append)
    grid.chosen.connect(chosen.append)
    click(grid, qtbot, "joy")
    click(grid, qtbot, "grin", CTRL)
    assert [preset.name for preset in used] == ["joy"]
    assert [preset.name for preset in chosen[-1]] == ["joy", "grin"]  # as they were chosen, not as they are listed


def test_the_keyboard_does_all_of_it(grid: PresetGrid, qtbot: QtBot) -> None:
    used: list[Preset] = []
    grid.used.connect(used.append)
    grid.choose(("grin",))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert used == [PRESETS[4]]
    with qtbot.waitSignal(grid.deleted):
        qtbot.keyClick(grid, Qt.Key.Key_Delete)


def test_f2_renames_ones_own_in_place(grid: PresetGrid, qtbot: QtBot) -> None:
    grid.choose(("joy",))
    assert not grid.rename_current()
    assert grid.findChild(QLineEdit) is None
    grid.choose(("grin",))
    with qtbot.waitSignal(grid.renaming):
        qtbot.keyClick(grid, Qt.Key.Key_F2)
    assert grid.rename_current()
    field = grid.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    assert field.text() == "Grin"
    assert field.width() > 150
    assert field.geometry().right() <= grid.viewport().width()
    field.setText("Wide grin")
    with qtbot.waitSignal(grid.presets.renamed) as asked:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked.args == ["grin", "Wide grin"]


def test_what_is_visible_follows_the_scroll_bar(grid: PresetGrid, qtbot: QtBot) -> None:
    first = grid.visible_presets()
    assert first[:3] == PRESETS[:3]
    assert len(first) < 20
    with qtbot.waitSignal(grid.looked_at):
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.visible_presets()[-1] == PRESETS[-1]
    assert GRIN not in grid.visible_presets()
    grid.hide()
    assert grid.visible_presets() == ()


def test_pictures_marks_and_long_titles_are_painted(qtbot: QtBot) -> None:
    red = QPixmap(192, 192)
    red.fill(Qt.GlobalColor.red)
    pictures = {GRIN.expression: red}
    presets = PresetList(pictures.get)
    grid = PresetGrid(presets)
    qtbot.addWidget(grid)
    grid.resize(200, 160)
    presets.show([GRIN], frozenset())
    rect = grid.visualRect(presets.index(0))
    with_picture = grid.grab().toImage()
    assert with_picture.pixelColor(rect.center()).red() == 255
    presets.mark({"grin": "A"})
    assert grid.grab().toImage() != with_picture
    pictures.clear()
    assert grid.grab().toImage().pixelColor(rect.center()).red() < 100
