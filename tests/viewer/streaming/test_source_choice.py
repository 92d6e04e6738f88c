"""viewer.streaming.source_choice: performances, what was opened, files, or performances in turn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.streaming.source_choice import SourceChoice

pytestmark = pytest.mark.display


@pytest.fixture
def source(qtbot: QtBot) -> SourceChoice:
    source = SourceChoice({"talk": "Talk", "range": "Range of motion"})
    qtbot.addWidget(source)
    return source


def test_performances_can_take_turns(source: SourceChoice) -> None:
    assert source.sources() == ("talk",)
    source.setCurrentIndex(source.findText("All of these, in turn"))
    assert source.sources() == ("talk", "range")


def test_what_was_opened_is_offered_once(source: SourceChoice) -> None:
    source.add("speech", "Speech: Good morning")
    source.add("speech", "Speech: Good night")
    assert [source.itemText(index) for index in range(source.count())][3:] == ["Speech: Good night"]
    assert source.sources() == ("talk",)


def test_a_file_is_chosen_at_once(source: SourceChoice, tmp_path: Path) -> None:
    source.offer(tmp_path / "a.csv")
    source.offer(tmp_path / "b.csv")
    source.offer(tmp_path / "a.csv")
    assert source.currentText() == "a.csv"
    assert source.sources() == (str(tmp_path / "a.csv"),)
    assert source.count() == 5
    assert source.itemData(source.currentIndex(), Qt.ItemDataRole.ToolTipRole) == str(tmp_path / "a.csv")
