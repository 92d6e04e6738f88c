"""viewer.panels.speech: typed, spoken, changed, stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.viewer.fake_line import FakeLine
from viewer.hand_layer import HandLayer
from viewer.idle_overlay import IdleOverlay
from viewer.panels.speech import SpeechPanel
from viewer.performance.builtin import BUILTIN
from viewer.playable import Playable
from viewer.playback import PlaybackClock
from viewer.viewer_model import ViewerModel
from viewer.voice.speech_model import SpeechModel
from viewer.voice.speech_work import SpeechWork

pytest.importorskip("jieba")
pytestmark = pytest.mark.display


@pytest.fixture
def panel(model: ViewerModel, qtbot: QtBot) -> Iterator[SpeechPanel]:
    FakeLine.made.clear()
    playable = Playable(BUILTIN)
    clock = PlaybackClock(model, playable)
    speech = SpeechModel(model, playable, SpeechWork(open_line=FakeLine))  # type: ignore[arg-type]
    panel = SpeechPanel(speech, IdleOverlay(model), HandLayer(model, clock))
    qtbot.addWidget(panel)
    panel.resize(280, 640)
    with qtbot.waitExposed(panel):
        panel.show()
    yield panel
    model.set_playback(replace(model.playback, playing=False))
    speech.close()


def said(panel: SpeechPanel, qtbot: QtBot, text: str = "Hello there!") -> None:
    panel.input.setFocus()
    qtbot.keyClicks(panel.input, text)
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel._speech.is_playing, timeout=10_000)


def test_enter_speaks_and_escape_falls_silent(panel: SpeechPanel, qtbot: QtBot) -> None:
    assert panel.button.text() == "Speak"
    said(panel, qtbot)
    assert panel.input.toPlainText() == "Hello there!"
    assert panel.button.text() == "Stop"
    assert panel.text.document().toPlainText() == "Hello there!"
    qtbot.keyClick(panel.input, Qt.Key.Key_Escape)
    assert not panel._speech.is_playing
    assert panel.button.text() == "Speak"
    qtbot.keyClick(panel.input, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel._speech.is_playing, timeout=10_000)


def test_shift_enter_begins_a_line(panel: SpeechPanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "One.")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(panel.input, "Two.")
    assert panel._speech.order.text == "One.\nTwo."
    assert not panel._speech.is_busy


def test_the_button_speaks_and_stops(panel: SpeechPanel, qtbot: QtBot) -> None:
    qtbot.keyClicks(panel.input, "Hello.")
    panel.button.click()
    qtbot.waitUntil(lambda: panel._speech.is_playing, timeout=10_000)
    panel.button.click()
    assert not panel._speech.is_playing


def test_a_clause_is_chosen_and_changed(panel: SpeechPanel, qtbot: QtBot) -> None:
    said(panel, qtbot)
    panel.text.chosen.emit((0, 12))
    assert "Hello there!" in panel.about.text()
    assert panel.sliders.sliders["stress"].isEnabled()
    panel.sliders.sliders["sadness"].moved.emit("sadness", 0.9)
    panel.sliders.sliders["sadness"].let_go.emit()
    assert panel._speech.is_busy
    qtbot.waitUntil(lambda: not panel._speech.is_busy, timeout=10_000)
    assert FakeLine.made[0].asked[-1][1].overrides[0].lane == "sadness"
    panel.text.chosen.emit(None)
    assert panel.about.text() == "The whole text"
    panel.forget.click()
    assert not panel.forget.isEnabled()


def test_what_is_wrong_is_a_note_until_it_is_right(panel: SpeechPanel, qtbot: QtBot) -> None:
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    assert panel.note.isVisible()
    assert "type a text" in panel.note.text.text()
    said(panel, qtbot)
    assert not panel.note.isVisible()


def test_it_fits_a_narrow_dock(panel: SpeechPanel) -> None:
    assert panel.minimumSizeHint().width() <= 280
    assert panel.minimumSizeHint().height() <= 560


def test_looking_at_it_warms_up(panel: SpeechPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(FakeLine.made) and FakeLine.made[0].asked[0][0] == "warm", timeout=10_000)
