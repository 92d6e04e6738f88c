"""viewer.voice.speech_text: an analysis as coloured text that can be clicked."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFont
from pytestqt.qtbot import QtBot

from viewer import theme
from viewer.speech.analysis import Analysis, Clause, Evidence, LanguageSpan, Mark, Word
from viewer.voice.speech_text import SpeechText, told_at

pytestmark = pytest.mark.display
TEXT = "So 😀 happy! 你好"
ANALYSIS = Analysis(
    TEXT,
    languages=(LanguageSpan(0, 12, "en"), LanguageSpan(12, 14, "zh")),
    words=(Word(0, 2, "en"), Word(5, 10, "en"), Word(12, 14, "zh", "ni3 hao3")),
    clauses=(Clause(0, 11, (0, 2), 0, "!"), Clause(11, 14, (2, 3), 1)),
    emotions={"joy": (Mark(0, 11, 0.7, (Evidence(5, 10, "lexicon: happy"),)),), "fear": (Mark(0, 11, 0.1),)},
    excitement=(Mark(0, 11, 0.5, (Evidence(10, 11, "exclamation mark"),)),),
    stress=(Mark(5, 10, 1.0),),
)


@pytest.fixture
def view(qtbot: QtBot) -> SpeechText:
    view = SpeechText()
    qtbot.addWidget(view)
    view.resize(260, 120)
    view.chosen.connect(lambda span: view.show_analysis(ANALYSIS, span))
    with qtbot.waitExposed(view):
        view.show()
    view.show_analysis(ANALYSIS, None)
    return view


def at(view: SpeechText, position: int) -> QPoint:
    return next(iter(view._rects(position, position + 1))).center().toPoint()


def click(view: SpeechText, qtbot: QtBot, position: int) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at(view, position))


def test_letters_feelings_and_stress_are_seen(view: SpeechText) -> None:
    assert view.document().toPlainText() == TEXT
    cursor = view.textCursor()
    looks = {}
    for position in (1, 6, 13):
        cursor.setPosition(view._column(position) + 1)
        looks[position] = cursor.charFormat()
    assert looks[1].foreground().color() == QColor(theme.LANGUAGE_COLOURS["en"])
    assert looks[13].foreground().color() == QColor(theme.LANGUAGE_COLOURS["zh"])
    assert looks[6].fontWeight() == QFont.Weight.Bold
    assert looks[6].fontUnderline()
    assert looks[1].background().color().red() > looks[1].background().color().blue() + 40  # joy is yellow
    assert looks[13].background().style() == Qt.BrushStyle.NoBrush


def test_clicks_choose_a_clause_then_a_word_then_all(view: SpeechText, qtbot: QtBot) -> None:
    click(view, qtbot, 6)
    assert view.span == (0, 11)
    click(view, qtbot, 6)
    assert view.span == (5, 10)
    click(view, qtbot, 6)
    assert view.span == (0, 11)
    click(view, qtbot, 13)
    assert view.span == (11, 14)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 110))
    assert view.span is None


def test_keys_go_through_clauses_and_words(view: SpeechText, qtbot: QtBot) -> None:
    seen = []
    for key, modifier in (("Right", 0), ("Right", 0), ("Right", 0), ("Left", 0), ("Right", 1), ("Escape", 0)):
        held = Qt.KeyboardModifier.ControlModifier if modifier else Qt.KeyboardModifier.NoModifier
        qtbot.keyClick(view, getattr(Qt.Key, f"Key_{key}"), held)
        seen.append(view.span)
    assert seen == [(0, 11), (11, 14), (0, 11), (11, 14), (0, 2), None]


def test_a_tooltip_tells_what_and_why() -> None:
    told = told_at(ANALYSIS, 6)
    assert "English" in told
    assert "Joy 0.70: lexicon: happy" in told
    assert "Excitement 0.50: exclamation mark" in told
    assert "Stress 1.00" in told
    assert told_at(ANALYSIS, 12) == "Chinese, read ni3 hao3"


def test_the_edge_of_excitement_and_the_frame_are_painted(view: SpeechText, qtbot: QtBot) -> None:
    def colours(position: int) -> set[str]:
        picture = view.viewport().grab().toImage()
        rect = next(iter(view._rects(position, position + 1)))
        x = round(rect.center().x())
        return {picture.pixelColor(x, round(rect.top()) + dy).name() for dy in range(-4, 3)}

    assert theme.EXCITED in colours(7)
    assert theme.EXCITED not in colours(13)
    view.show_analysis(ANALYSIS, (11, 14))
    assert colours(13) != {QColor(theme.VIEWPORT).name()}


def test_nothing_is_shown_as_a_hint(qtbot: QtBot) -> None:
    view = SpeechText()
    qtbot.addWidget(view)
    view.resize(260, 120)
    image = view.grab().toImage()
    assert len({image.pixelColor(x, y).name() for x in range(10, 250) for y in range(8, 60)}) > 3
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton)
    assert told_at(ANALYSIS, 3)
