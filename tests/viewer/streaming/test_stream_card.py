"""viewer.streaming.stream_card: cards as they are seen and clicked."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.viewer.fake_streams import live
from viewer import theme
from viewer.streaming.card_grid import CardGrid
from viewer.streams.values import StreamStatus

pytestmark = pytest.mark.display


def jpeg(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (96, 96), colour).save(file, "JPEG")
    return file.getvalue()


def test_a_click_begins_that_stream_anew(grid: CardGrid, asked: list[int], qtbot: QtBot) -> None:
    grid.show_statuses([live(1), live(2)], can_restart=True)
    qtbot.mouseClick(grid.cards[1].button, Qt.MouseButton.LeftButton)
    assert asked == [2]
    grid.show_statuses([live(1), live(2, state="refused")], can_restart=True)
    assert not grid.cards[1].button.isEnabled()
    grid.show_statuses([live(1), live(2)], can_restart=False)
    assert not grid.cards[0].button.isEnabled()


def test_a_reason_is_seen_whole(grid: CardGrid, qtbot: QtBot) -> None:
    grid.show_statuses([live(1)], can_restart=True)
    low = grid.cards[0].height()
    reason = "the worker was killed by SIGKILL while it was showing faces as it was asked to; it begins again in 0.8 s"
    grid.show_statuses([live(1, state="restarting", note=reason)], can_restart=True)
    card = grid.cards[0]
    assert card.height() == card.wanted_height(card.width()) >= low + 2 * card.fontMetrics().height() - 4
    assert reason in card.toolTip()
    grid.show_statuses([live(1)], can_restart=True)
    assert grid.cards[0].height() == low


def test_the_face_is_shown_and_the_last_one_stays(grid: CardGrid, qtbot: QtBot) -> None:
    grid.show_statuses([live(1, thumbnail=jpeg("#e00000"))], can_restart=True)
    card, middle = grid.cards[0], QPoint(40, 40)
    assert card.grab().toImage().pixelColor(middle).red() > 200
    grid.show_statuses([live(1, fps=12.0)], can_restart=True)
    assert card.grab().toImage().pixelColor(middle).red() > 200
    grid.show_statuses([live(1, state="restarting", thumbnail=jpeg("#e00000"))], can_restart=True)
    assert card.grab().toImage().pixelColor(middle).red() < 140  # faded: it is an old one


def test_what_is_no_picture_leaves_the_place_empty(grid: CardGrid) -> None:
    grid.show_statuses([StreamStatus(1, "starting", thumbnail=b"no picture")], can_restart=True)
    colour = grid.cards[0].grab().toImage().pixelColor(10, 10)
    assert colour.name() == theme.VIEWPORT


def test_nothing_is_painted_for_nothing_new(grid: CardGrid) -> None:
    card_of = live(1)
    grid.show_statuses([card_of], can_restart=True)
    assert not grid.cards[0].show_status(card_of, can_restart=True)
    painted: list[bool] = []
    grid.cards[0].update = lambda: painted.append(True)  # type: ignore[method-assign,assignment]
    grid.show_statuses([card_of], can_restart=True)
    assert not painted
    grid.show_statuses([live(1, fps=3.0)], can_restart=True)
    assert painted


def test_a_screen_reader_is_told_the_state(grid: CardGrid) -> None:
    grid.show_statuses([live(3)], can_restart=True)
    assert grid.cards[0].accessibleName() == "Stream 3: live"
    assert "3 deadlines missed" in grid.cards[0].accessibleDescription()
    grid.show_statuses([], can_restart=True)
    assert not grid.cards
