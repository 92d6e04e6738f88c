"""viewer.streaming.card_grid: as many columns as fit, as many cards as streams."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from tests.viewer.fake_streams import live
from viewer.streaming.card_grid import CardGrid
from viewer.streaming.stream_card import WIDTH_PX

pytestmark = pytest.mark.display


def test_cards_fill_as_many_columns_as_fit(area: QScrollArea, grid: CardGrid, qtbot: QtBot) -> None:
    grid.show_statuses([live(number) for number in range(1, 9)], can_restart=True)
    qtbot.wait(20)
    assert len({card.y() for card in grid.cards}) == 4
    assert all(card.width() >= WIDTH_PX for card in grid.cards)
    assert area.verticalScrollBar().maximum() > 0
    area.resize(WIDTH_PX + 24, 260)
    qtbot.wait(20)
    assert len({card.y() for card in grid.cards}) == 8
    assert not area.horizontalScrollBar().maximum()


def test_cards_come_and_go_with_the_streams(grid: CardGrid) -> None:
    grid.show_statuses([live(1), live(2), live(3)], can_restart=True)
    first = grid.cards[0]
    grid.show_statuses([live(1)], can_restart=True)
    assert grid.cards == [first]
    grid.show_statuses([], can_restart=True)
    assert not grid.cards


def test_a_row_is_as_high_as_its_highest_card(grid: CardGrid) -> None:
    grid.show_statuses([live(1), live(2, state="restarting", note="a long reason " * 8)], can_restart=True)
    assert grid.cards[0].height() == grid.cards[1].height() > grid.cards[0].wanted_height(grid.cards[0].width())
