"""viewer.live.capture_sources: the list of who sends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer import theme
from viewer.capture.senders import SourceFigures, SourceKey
from viewer.live.capture_sources import CaptureSources, tooltip

pytestmark = pytest.mark.display

ANNA, NOBODY = SourceKey(("10.0.0.1", 4000), "Anna"), SourceKey(("10.0.0.2", 1), "")
TOLD = SourceFigures(ANNA, 59.6, 59.6, 0.01, True, 3, 0, "")
REFUSED = SourceFigures(NOBODY, 10.0, 0.0, 12.4, False, None, 7, "another mode of the app")


@pytest.fixture
def sources(qtbot: QtBot) -> CaptureSources:
    sources = CaptureSources()
    qtbot.addWidget(sources)
    sources.resize(280, 120)
    sources.show()
    sources.show_sources([TOLD, REFUSED], ANNA)
    return sources


def row(sources: CaptureSources, number: int) -> list[str]:
    return [item.text() if (item := sources.item(number, column)) else "" for column in range(4)]


def test_rows_tell_who_how_often_how_long_ago_and_what_was_lost(sources: CaptureSources) -> None:
    assert row(sources, 0) == ["● Anna", "60", "now", "3"]
    assert row(sources, 1) == ["10.0.0.2", "10", "12 s", "–"]
    colours = [sources.item(number, 0).foreground().color().name() for number in range(2)]
    assert colours == [theme.ACCENT, theme.FAINT]
    sources.show_sources([], None)
    assert sources.rowCount() == 0


def test_tooltips_tell_everything() -> None:
    assert tooltip(TOLD) == "Anna\nfrom 10.0.0.1, port 4000\nsees a face\n60 faces a second"
    assert tooltip(REFUSED).splitlines()[-1] == "7 packets refused: another mode of the app"


def test_a_click_chooses_who_has_a_name(sources: CaptureSources, qtbot: QtBot) -> None:
    chosen: list[SourceKey] = []
    sources.chosen.connect(chosen.append)
    for number in (1, 0):
        where = sources.visualItemRect(sources.item(number, 0)).center()
        qtbot.mouseClick(sources.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen == [ANNA]
