"""viewer.figures.figures_grid: figures in their cells, tooltips that define them, clicks on what has a curve."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.figures.figures_grid import Figure, FiguresGrid, tip
from viewer.figures.panel_cost import PanelCost

pytestmark = pytest.mark.display

FIGURES = (Figure("fps", "28.2", "Frames shown a second."), Figure("GPU", "64 %", "Busy.", colour="#2fb890"))


@pytest.fixture
def grid(qtbot: QtBot) -> FiguresGrid:
    grid = FiguresGrid(PanelCost())
    qtbot.addWidget(grid)
    grid.resize(280, 40)
    grid.show_figures(FIGURES)
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def test_figures_stand_in_cells_that_do_not_overlap(grid: FiguresGrid) -> None:
    first, second = grid.cell(0), grid.cell(1)
    assert not first.intersects(second)
    assert second.right() <= grid.width()
    assert grid.cell(2).top() > first.bottom()
    assert grid.text("fps") == "28.2"
    assert grid.text("nothing") == ""
    grid.grab()


def test_the_same_figures_are_not_painted_again(grid: FiguresGrid, qtbot: QtBot) -> None:
    height = grid.height()
    grid.show_figures([*FIGURES, Figure("age", "12 ms")])
    assert grid.height() > height


def test_only_what_has_a_curve_can_be_clicked(grid: FiguresGrid, qtbot: QtBot) -> None:
    clicked: list[str] = []
    grid.clicked.connect(clicked.append)
    for index in (0, 1):
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell(index).center())
    assert clicked == ["GPU"]


def test_a_tooltip_defines_its_figure() -> None:
    assert tip(FIGURES[0]) == "<p><b>fps</b> 28.2</p><p>Frames shown a second.</p>"
    assert "show or hide its curve" in tip(FIGURES[1])
