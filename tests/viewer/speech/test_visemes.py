"""viewer.speech.visemes: every phoneme has a mouth, diphthongs two."""

from __future__ import annotations

import pytest

from gpu_core.expression import NEUTRAL
from viewer.speech.spoken import Phone
from viewer.speech.visemes import SILENCE, Segment, mouth_of, mouth_shapes, segments, visemes_of

# What hibari and eSpeak use for English and Mandarin.
PHONES = tuple(
    "p b m f v θ ð t d n l s z ʃ ʒ tʃ dʒ k ɡ ŋ ɹ w j ɾ i ɪ ɛ æ ə ʌ ɑ ɔ ʊ u ɜ ɚ eɪ aɪ oʊ əʊ aʊ ɔɪ tɕ ɕ ts".split()  # noqa: SIM905
)


@pytest.mark.parametrize("ipa", PHONES)
def test_every_phone_has_a_mouth(ipa: str) -> None:
    assert visemes_of(ipa)


@pytest.mark.parametrize(
    ("ipa", "visemes"),
    [
        ("aɪ", ["aa", "ih"]),
        ("tʃ", ["CH"]),
        ("iɛ", ["ih", "E"]),
        ("oʊ", ["oh", "ou"]),
        ("h", []),
        ("ʔ", []),
        ("ts", ["SS"]),
    ],
)
def test_longest_match_first(ipa: str, visemes: list[str]) -> None:
    assert [viseme for viseme, _ in visemes_of(ipa)] == visemes


def test_a_diphthong_is_shared_out_and_silence_stays() -> None:
    made = segments([Phone("", 0.0, 0.1), Phone("aɪ", 0.1, 0.3, 4, 2), Phone("h", 0.3, 0.4), Phone("p", 0.4, 0.5)])
    assert [segment.viseme for segment in made] == [SILENCE, "aa", "ih", "PP"]
    assert made[1] == Segment("aa", 0.1, pytest.approx(0.22), "a", 2, 4)
    assert made[2].end_s == pytest.approx(0.3)


def test_mouths_come_from_the_presets() -> None:
    assert mouth_of(SILENCE) == NEUTRAL
    assert mouth_of("aa")["jawOpen"] > 0.4
    assert mouth_of("PP")["jawOpen"] == 0.0
    assert {"jawOpen", "mouthPucker", "mouthRollLower", "tongueOut"} <= set(mouth_shapes())
