"""Cards of streams in a window two of them wide."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from viewer.streaming.card_grid import GAP_PX, CardGrid
from viewer.streaming.stream_card import WIDTH_PX


@pytest.fixture
def asked() -> list[int]:
    return []


@pytest.fixture
def area(qtbot: QtBot, asked: list[int]) -> QScrollArea:
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(CardGrid(asked.append))
    area.resize(2 * WIDTH_PX + GAP_PX + 24, 260)
    area.show()
    return area


@pytest.fixture
def grid(area: QScrollArea) -> CardGrid:
    grid = area.widget()
    assert isinstance(grid, CardGrid)
    return grid
