"""viewer.artist_desk: what is spoken in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.viewer.fake_line import FakeLine
from viewer.cockpit import Cockpit
from viewer.panels.speech import SpeechPanel
from viewer.voice.speech_model import KEY

pytest.importorskip("jieba")
pytestmark = pytest.mark.display


def test_enter_makes_the_face_speak_and_the_performance_is_offered(
    cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = cockpit.desk
    monkeypatch.setattr(desk.speech.work, "_open_line", FakeLine)
    assert not desk.idle.is_on
    FakeLine.made.clear()
    panel = cockpit.window.docks["Speech"].widget()
    assert isinstance(panel, SpeechPanel)
    assert not FakeLine.made  # nothing is read before somebody looks
    cockpit.window.docks["Speech"].show()
    panel.input.setPlainText("A paper cat. 你好！")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.speech.is_playing, timeout=20_000)
    choice = cockpit.performances.choice
    assert choice.currentText() == "Speech: A paper cat. 你好！"
    qtbot.waitUntil(lambda: cockpit.model.expression["jawOpen"] > 0.05, timeout=10_000)
    assert desk.sounding.spoken is cockpit.playable[KEY].spoken  # type: ignore[attr-defined]
    panel.button.click()
    assert desk.sounding.spoken is None
    panel.input.setPlainText("Another one.")
    qtbot.keyClick(panel.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: choice.currentText() == "Speech: Another one.", timeout=20_000)
    assert choice.findText("Speech: A paper cat. 你好！") < 0


def test_life_in_the_window_asks_for_pictures_and_leaves_the_face_alone(cockpit: Cockpit, qtbot: QtBot) -> None:
    face, before = cockpit.model.expression, cockpit.model.request.stamp
    cockpit.desk.idle.set_on(True)
    qtbot.waitUntil(lambda: cockpit.model.request.stamp > before + 5, timeout=10_000)
    assert cockpit.model.expression == face
    cockpit.desk.idle.set_on(False)
    stamp = cockpit.model.request.stamp
    qtbot.wait(200)
    assert cockpit.model.request.stamp == stamp
