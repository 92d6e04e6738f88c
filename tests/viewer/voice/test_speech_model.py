"""viewer.voice.speech_model: a text becomes a performance that plays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.fake_line import FakeLine
from viewer.hand_layer import HandLayer
from viewer.performance.builtin import BUILTIN
from viewer.playable import Playable
from viewer.playback import PlaybackClock
from viewer.speech.analysis import value_at
from viewer.viewer_model import ViewerModel
from viewer.voice.speech_model import KEY, SpeechModel
from viewer.voice.speech_work import SpeechWork

pytest.importorskip("jieba")
pytestmark = pytest.mark.display
TEXT = "A paper cat. 你好！"


@pytest.fixture
def playable() -> Iterator[Playable]:
    playable = Playable(BUILTIN)
    yield playable
    playable.close()


@pytest.fixture
def speech(model: ViewerModel, playable: Playable) -> Iterator[SpeechModel]:
    FakeLine.made.clear()
    clock = PlaybackClock(model, playable)
    model.set_playback(replace(model.playback, name="talk"))
    speech = SpeechModel(model, playable, SpeechWork(open_line=FakeLine))  # type: ignore[arg-type]
    yield speech
    model.set_playback(replace(model.playback, playing=False))
    assert not clock.is_ticking
    speech.close()


def said(speech: SpeechModel, qtbot: QtBot, text: str = TEXT) -> None:
    speech.set_text(text)
    speech.speak()
    assert speech.is_busy
    qtbot.waitUntil(lambda: not speech.is_busy, timeout=10_000)


def test_it_becomes_a_performance_and_plays_once(
    model: ViewerModel, playable: Playable, speech: SpeechModel, qtbot: QtBot
) -> None:
    told: list[tuple[str, str]] = []
    speech.spoken.connect(lambda key, title: told.append((key, title)))
    said(speech, qtbot)
    assert told == [(KEY, f"Speech: {TEXT}")]
    assert speech.is_playing
    assert not model.playback.loop
    assert model.playback.duration_s == pytest.approx(playable[KEY].duration_s)
    assert speech.analysis is not None
    qtbot.waitUntil(lambda: model.expression["jawOpen"] > 0.05, timeout=5000)
    model.set_playback(replace(model.playback, name="talk", position_s=0.0))
    assert model.playback.loop  # as it was before it spoke


def test_a_loop_that_somebody_asks_for_stays(model: ViewerModel, speech: SpeechModel, qtbot: QtBot) -> None:
    said(speech, qtbot)
    model.set_playback(replace(model.playback, loop=True))
    said(speech, qtbot, "Another one.")
    assert model.playback.loop
    assert model.playback.position_s == 0.0


def test_who_did_not_loop_does_not_loop_afterwards(model: ViewerModel, speech: SpeechModel, qtbot: QtBot) -> None:
    model.set_playback(replace(model.playback, loop=False))
    said(speech, qtbot)
    model.set_playback(replace(model.playback, name="talk", position_s=0.0))
    assert not model.playback.loop


def test_what_is_typed_is_taken_apart_in_a_while(speech: SpeechModel, qtbot: QtBot) -> None:
    speech.set_text(TEXT)
    qtbot.waitUntil(lambda: speech.analysis is not None, timeout=10_000)
    assert not FakeLine.made[0].voice.spoken
    speech.set_text("  ")
    assert speech.analysis is None


def test_a_choice_is_changed_and_said_anew_from_there(model: ViewerModel, speech: SpeechModel, qtbot: QtBot) -> None:
    said(speech, qtbot)
    assert speech.analysis is not None
    assert speech.performance is not None
    clause = speech.analysis.clauses[1]
    speech.choose((clause.start, clause.end))
    speech.set_value("disgust", 0.8)
    assert speech.value_of("disgust") == 0.8  # before it is analysed
    speech.speak_changed()
    qtbot.waitUntil(lambda: not speech.is_busy, timeout=10_000)
    assert value_at(speech.analysis.emotions["disgust"], clause.start) == 0.8
    assert value_at(speech.analysis.emotions["disgust"], 0) == 0.0
    start_s = speech.performance.spoken.word_times()[clause.words[0]][0]
    assert 0.0 < start_s - model.playback.position_s < 0.16
    assert FakeLine.made[0].voice.spoken == 1  # it sounds the same
    speech.forget_decisions()
    assert speech.order.overrides == ()


def test_excitement_of_a_word_is_its_clause_s(speech: SpeechModel, qtbot: QtBot) -> None:
    said(speech, qtbot)
    speech.choose((2, 7))
    speech.set_value("excitement", 1.0)
    speech.set_value("stress", 0.9)
    assert [(each.lane, each.start, each.end) for each in speech.order.overrides] == [
        ("excitement", 0, 12), ("stress", 2, 7),
    ]  # fmt: skip


def test_over_all_of_it_feelings_are_told(speech: SpeechModel) -> None:
    speech.set_value("joy", 0.5)
    speech.set_value("fear", 0.25)
    speech.set_value("joy", 0.0)
    assert speech.order.emotions == (("fear", 0.25),)
    assert speech.value_of("fear") == 0.25
    speech.set_rate(9)
    assert speech.order.rate == 2.0


def test_what_cannot_be_said_is_one_line_and_the_face_goes_on(
    model: ViewerModel, speech: SpeechModel, qtbot: QtBot
) -> None:
    speech.speak()
    assert "type a text" in speech.error
    speech.set_text("a" * 30_000)
    assert not speech.error
    speech.speak()
    assert "30,000" in speech.error
    speech.set_text("<emphasis>hello")
    speech.speak()
    qtbot.waitUntil(lambda: not speech.is_busy, timeout=10_000)
    assert speech.error
    assert "\n" not in speech.error
    assert model.playback.name == "talk"


def test_stop_gives_up_what_is_prepared(speech: SpeechModel, qtbot: QtBot) -> None:
    said(speech, qtbot)
    speech.stop()
    assert not speech.is_playing
    FakeLine.made[0].gate.clear()
    speech.set_text("Another one.")
    speech.speak()
    speech.stop()
    assert not speech.is_busy
    FakeLine.made[0].gate.set()
    qtbot.wait(50)
    assert not speech.is_playing


def test_what_is_held_stays_held_while_it_is_said_anew(model: ViewerModel, speech: SpeechModel, qtbot: QtBot) -> None:
    hand = HandLayer(model, model.findChild(PlaybackClock))
    hand.set_on(True)
    said(speech, qtbot)
    model.edit_weights({"jawForward": 0.4})
    assert hand.held == ("Jaw",)
    speech.set_rate(1.5)
    speech.speak_changed()
    qtbot.waitUntil(lambda: not speech.is_busy, timeout=10_000)
    assert hand.held == ("Jaw",)


def test_it_is_warmed_up_once(speech: SpeechModel, qtbot: QtBot) -> None:
    speech.warm_up()
    speech.warm_up()
    qtbot.waitUntil(lambda: bool(FakeLine.made and FakeLine.made[0].asked), timeout=10_000)
    qtbot.wait(20)
    assert [what for what, _ in FakeLine.made[0].asked] == ["warm"]
