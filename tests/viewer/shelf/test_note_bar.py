"""viewer.shelf.note_bar: notes that can be answered, and go by themselves if they need not be."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.shelf import note_bar
from viewer.shelf.note_bar import BREAK, NoteBar

pytestmark = pytest.mark.display


@pytest.fixture
def bar(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> NoteBar:
    monkeypatch.setattr(note_bar, "STAYS_MS", 20)
    bar = NoteBar()
    qtbot.addWidget(bar)
    return bar


def test_the_button_does_what_is_offered_once(bar: NoteBar, qtbot: QtBot) -> None:
    done: list[str] = []
    bar.show_note("It was deleted", offer="Undo", then=lambda: done.append("undone"))
    assert bar.button.text() == "Undo"
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert done == ["undone"]
    assert bar.isHidden()
    bar.button.click()
    assert done == ["undone"]


def test_news_goes_by_itself_questions_and_errors_stay(bar: NoteBar, qtbot: QtBot) -> None:
    bar.show_note("Three were imported")
    assert bar.button.isHidden()
    qtbot.waitUntil(bar.isHidden)
    bar.show_note("It cannot be written", "error")
    qtbot.wait(60)
    assert not bar.isHidden()
    assert bar.text.property("state") == "error"
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert bar.isHidden()


def test_long_paths_can_be_broken_and_nothing_is_markup(bar: NoteBar) -> None:
    bar.show_note("/a/<b>long</b>/path", "error", details="<one>\ntwo")
    assert bar.text.text() == f"/{BREAK}a/{BREAK}<b>long</{BREAK}b>/{BREAK}path"
    assert bar.text.textFormat() is Qt.TextFormat.PlainText
    assert bar.text.toolTip() == "&lt;one&gt;<br>two"
