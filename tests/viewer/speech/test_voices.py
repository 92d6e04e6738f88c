"""viewer.speech.voices and the voices themselves: one contract for all; who suits a text; a voice that dies."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from tests.viewer.speech.texts import plain
from viewer.speech.analysis import Prosody
from viewer.speech.espeak_voice import EspeakVoice
from viewer.speech.spoken import Samples, SpeechError, Spoken, Voice
from viewer.speech.voices import installed_voices, open_voice, voice_names

ENGLISH = "Pretty baby, my father thinks. Hello there!"
MIXED = "你好，今天很 happy。"


@pytest.fixture(params=voice_names())
def voice(request: pytest.FixtureRequest) -> Iterator[Voice]:
    if request.param not in installed_voices():
        pytest.skip(f"the voice {request.param} is not installed")
    opened = open_voice(request.param)
    yield opened
    opened.close()


def ipas(spoken: Spoken) -> str:
    return "".join(phone.ipa for phone in spoken.phones)


def test_phones_cover_the_sound_and_belong_to_their_words(voice: Voice) -> None:
    analysis = plain(ENGLISH)
    spoken = voice.speak(analysis)
    assert spoken.phones[0].start_s == 0.0
    assert spoken.phones[-1].end_s == pytest.approx(spoken.duration_s)
    assert all(one.end_s == pytest.approx(other.start_s) for one, other in pairwise(spoken.phones))
    assert set(spoken.word_times()) == set(range(len(analysis.words)))
    starts = [start for _, (start, _) in sorted(spoken.word_times().items())]
    assert starts == sorted(starts)
    assert ipas(spoken).startswith("pɹɪ")
    pretty = [phone.ipa for phone in spoken.phones if phone.word == 0]
    assert pretty[0] == "p"
    assert any(phone.stress == 2 for phone in spoken.phones if phone.word == 0)


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def closure(samples: Samples, rate: int) -> float:
    """The level of the quietest 10 ms: a plosive is a closure and a burst."""
    span = rate // 100
    return min(rms(samples[at : at + span]) for at in range(0, max(len(samples) - span, 1), span // 2))


def test_where_lips_are_shut_for_p_the_sound_is_quieter_than_the_vowels(voice: Voice) -> None:
    spoken = voice.speak(plain("A puppy. A paper. A happy appetite."))
    level = {True: [], False: []}  # type: dict[bool, list[float]]
    for phone in spoken.phones:
        cut = spoken.samples[round(phone.start_s * spoken.rate) : round(phone.end_s * spoken.rate)]
        if len(cut) and (phone.ipa == "p" or phone.ipa in ("ʌ", "eɪ", "æ", "ɪ", "i")):
            level[phone.ipa == "p"].append(closure(cut, spoken.rate) if phone.ipa == "p" else rms(cut))
    assert len(level[True]) >= 5
    assert np.median(level[True]) < 0.2 * np.median(level[False])


def test_the_same_text_sounds_the_same(voice: Voice) -> None:
    one, other = voice.speak(plain(ENGLISH)), voice.speak(plain(ENGLISH))
    assert one.duration_s == pytest.approx(other.duration_s, abs=0.005)  # eSpeak's noise differs
    assert ipas(one) == ipas(other)
    assert [p.start_s for p in one.phones] == pytest.approx([p.start_s for p in other.phones], abs=0.005)


def test_faster_is_shorter_louder_is_louder(voice: Voice) -> None:
    usual = voice.speak(plain(ENGLISH))
    fast = voice.speak(plain(ENGLISH, Prosody(rate=1.5)))
    quiet = voice.speak(plain(ENGLISH, Prosody(energy=0.3)))
    assert fast.duration_s < 0.85 * usual.duration_s
    assert np.abs(quiet.samples).max() < 0.6 * np.abs(usual.samples).max()


def test_higher_is_higher(voice: Voice) -> None:
    def pitch_hz(spoken: Spoken) -> float:
        """The strongest period of the loudest tenth of a second, between 80 and 400 Hz."""
        span = spoken.rate // 10
        starts = range(0, len(spoken.samples) - span, span // 2)
        loudest = max(starts, key=lambda at: float(np.sum(spoken.samples[at : at + span] ** 2)))
        cut = spoken.samples[loudest : loudest + span]
        likeness = np.correlate(cut, cut, "full")[span - 1 :]
        low, high = spoken.rate // 400, spoken.rate // 80
        return spoken.rate / (low + int(np.argmax(likeness[low:high])))

    usual, high = (pitch_hz(voice.speak(plain("Ah.", Prosody(pitch=pitch)))) for pitch in (1.0, 1.5))
    assert high > 1.1 * usual


def test_a_cancelled_text_is_not_spoken(voice: Voice) -> None:
    with pytest.raises(SpeechError, match="cancelled"):
        voice.speak(plain(ENGLISH), is_cancelled=lambda: True)


def test_a_text_comes_in_pieces(voice: Voice) -> None:
    analysis = plain(ENGLISH)
    found = list(voice.speak_clauses(analysis))
    whole = voice.speak(analysis)
    assert len(found) >= len(analysis.clauses) == 2
    assert sum(piece.duration_s for piece in found) == pytest.approx(whole.duration_s, abs=0.005)
    assert {phone.word for phone in found[0].phones} == {-1, 0, 1, 2, 3, 4}
    assert all(piece.phones[-1].end_s == pytest.approx(piece.duration_s) for piece in found)


def test_nothing_to_say_is_silence(voice: Voice) -> None:
    assert not voice.speak(plain("")).samples.any()


def test_the_voice_suits_the_text() -> None:
    if set(installed_voices()) < {"hibari", "espeak"}:
        pytest.skip("hibari and espeak are not both installed")
    for text, name in ((ENGLISH, "hibari"), (MIXED, "espeak")):
        voice = open_voice(analysis=plain(text))
        assert voice.name == name
        voice.close()


def test_unknown_voices_and_languages_are_one_line() -> None:
    with pytest.raises(SpeechError, match="no voice 'nobody': there are hibari, espeak"):
        open_voice("nobody")
    if "hibari" in installed_voices():
        with pytest.raises(SpeechError, match="English only"):
            open_voice("hibari").speak(plain(MIXED))


@pytest.fixture
def espeak() -> Iterator[EspeakVoice]:
    if "espeak" not in installed_voices():
        pytest.skip("the voice espeak is not installed")
    voice = EspeakVoice()
    yield voice
    voice.close()


def test_two_languages_in_one_sentence(espeak: EspeakVoice) -> None:
    spoken = espeak.speak(plain(MIXED))
    assert set(spoken.word_times()) == {0, 1, 2}
    assert "h" in ipas(spoken)
    assert "ɕ" in ipas(espeak.speak(plain("谢谢。")))


def test_words_that_are_said_as_one_have_their_own_times(espeak: EspeakVoice) -> None:
    analysis = plain("This is a test of the face.")
    times = espeak.speak(analysis).word_times()
    assert set(times) == set(range(len(analysis.words)))
    assert times[4][1] == pytest.approx(times[5][0])


def test_a_voice_that_dies_is_started_again(espeak: EspeakVoice) -> None:
    before = espeak.speak(plain(ENGLISH))
    assert espeak._process is not None
    espeak._process.kill()
    espeak._process.wait()
    assert ipas(espeak.speak(plain(ENGLISH))) == ipas(before)


def test_a_voice_that_hangs_is_given_up_and_another_speaks_next(
    espeak: EspeakVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    espeak.speak(plain(ENGLISH))
    assert espeak._process is not None
    espeak._process.send_signal(signal.SIGSTOP)
    monkeypatch.setattr("viewer.speech.espeak_voice.TIMEOUT_S", 0.3)
    with pytest.raises(SpeechError, match="does not answer: given up"):
        espeak.speak(plain(ENGLISH))
    monkeypatch.setattr("viewer.speech.espeak_voice.TIMEOUT_S", 20.0)
    assert ipas(espeak.speak(plain(ENGLISH))).startswith("pɹɪ")


def test_a_voice_that_always_dies_is_one_line(espeak: EspeakVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    def dead() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr("viewer.speech.espeak_voice._start", dead)
    with pytest.raises(SpeechError, match="has stopped"):
        espeak.speak(plain(ENGLISH))
