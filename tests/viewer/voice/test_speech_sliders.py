"""viewer.voice.speech_sliders: for all of a text, or for what is chosen in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.viewer.fake_line import FakeLine
from viewer.performance.builtin import BUILTIN
from viewer.playable import Playable
from viewer.speech.analysing import analyse
from viewer.speech.overriding import Override
from viewer.viewer_model import ViewerModel
from viewer.voice.speech_model import SpeechModel
from viewer.voice.speech_sliders import RATE, SpeechSliders
from viewer.voice.speech_work import SpeechWork

pytest.importorskip("jieba")
pytestmark = pytest.mark.display


@pytest.fixture
def sliders(model: ViewerModel, qtbot: QtBot) -> Iterator[SpeechSliders]:
    speech = SpeechModel(model, Playable(BUILTIN), SpeechWork(open_line=FakeLine))  # type: ignore[arg-type]
    speech.set_text("Hello!")
    speech.analysis = analyse("Hello!")
    sliders = SpeechSliders(speech)
    qtbot.addWidget(sliders)
    speech.changed.connect(sliders.show_values)
    yield sliders
    speech.close()


def test_over_all_only_feelings_and_rate_can_be_told(sliders: SpeechSliders) -> None:
    speech = sliders._speech
    assert not sliders.sliders["stress"].isEnabled()
    assert "Choose" in sliders.sliders["stress"].toolTip()
    sliders.sliders["joy"].moved.emit("joy", 0.4)
    sliders.sliders[RATE].moved.emit(RATE, 50.0)
    assert speech.order.emotions == (("joy", 0.4),)
    assert speech.order.rate == 1.5
    assert sliders.sliders["joy"].number == 0.4
    assert sliders.sliders[RATE].number == 50


def test_of_a_choice_they_show_what_was_found(sliders: SpeechSliders, qtbot: QtBot) -> None:
    speech = sliders._speech
    speech.choose((0, 6))
    assert sliders.sliders["excitement"].number > 0.2
    sliders.sliders["excitement"].setFocus()
    with qtbot.waitSignal(sliders.let_go):
        qtbot.keyClick(sliders.sliders["excitement"], Qt.Key.Key_Delete)
    assert speech.order.overrides == (Override("excitement", 0, 6, 0.0),)
    assert sliders.sliders["excitement"].number == 0.0
