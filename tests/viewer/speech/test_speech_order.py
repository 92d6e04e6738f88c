"""viewer.speech.speech_order: what is asked for becomes a face that says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.viewer.speech.fake_voice import FakeVoice, FakeVoices
from viewer.speech.overriding import Override
from viewer.speech.speech_order import Speaker, SpeechOrder
from viewer.speech.spoken import SpeechError

pytest.importorskip("jieba")
ORDER = SpeechOrder("A paper cat. 你好")


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


@pytest.fixture
def speaker(voice: FakeVoice) -> Iterator[Speaker]:
    speaker = Speaker(FakeVoices(voice))
    yield speaker
    speaker.close()
    assert voice.is_closed


def test_what_only_looks_otherwise_is_not_spoken_again(speaker: Speaker, voice: FakeVoice) -> None:
    plain = speaker.perform(ORDER)
    disgusted = speaker.perform(replace(ORDER, emotions=(("disgust", 0.9),)))
    assert voice.spoken == 1
    assert disgusted.at(0.3) != plain.at(0.3)
    speaker.perform(replace(ORDER, overrides=(Override("excitement", 0, 12, 1.0),)))
    assert voice.spoken == 2
    assert plain.key == "speech"
    assert plain.title == "Speech: A paper cat. 你好"


def test_rate_is_heard_and_bounded(speaker: Speaker) -> None:
    usual, slow = speaker.perform(ORDER), speaker.perform(replace(ORDER, rate=0.5))
    assert slow.duration_s > 1.8 * usual.duration_s
    assert min(clause.prosody.rate for clause in replace(ORDER, rate=0.01).analysis().clauses) == 0.5


def test_cancelled_and_refused_in_one_line(speaker: Speaker) -> None:
    with pytest.raises(SpeechError, match="cancelled"):
        speaker.perform(ORDER, lambda: True)
    with pytest.raises(SpeechError, match="nothing to say"):
        speaker.perform(SpeechOrder(" \n"))
    assert SpeechOrder("a" * 30_000).is_too_long


def test_the_voice_is_the_one_that_is_asked_for() -> None:
    voices = FakeVoices()
    speaker = Speaker(voices)
    for text, voice in (("One.", "a"), ("Two.", "a"), ("Two.", "b")):
        speaker.perform(SpeechOrder(text, voice))
    assert voices.names == ["a", "a", "b"]
    speaker.warm_up()
    assert voices.is_warm
