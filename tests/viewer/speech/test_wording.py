"""viewer.speech.wording: words of both languages, readings, which carry weight."""

from __future__ import annotations

import importlib.util

import pytest

from viewer.speech import hibari_words
from viewer.speech.hibari_voice import HibariVoice
from viewer.speech.scripts import readable
from viewer.speech.wording import content_words, parts_of, words_of

if importlib.util.find_spec("jieba") is None:
    pytest.skip("jieba is not installed", allow_module_level=True)


def surfaces(text: str) -> list[str]:
    return [text[word.start : word.end] for word in words_of(text, readable(text).languages)]


def test_english_words_with_their_apostrophes_numbers_and_sums() -> None:
    assert surfaces("It's the 3rd well-known $1,250.50, isn't it?") == [
        "It's", "the", "3rd", "well-known", "$1,250.50", "isn't", "it",
    ]  # fmt: skip


def test_chinese_words_have_readings_in_context() -> None:
    text = "银行行长很重要"
    words = words_of(text, readable(text).languages)
    assert "".join(surfaces(text)) == text
    readings = " ".join(word.reading for word in words)
    assert readings.startswith("yin2 hang2 hang2 zhang3")
    assert "zhong4 yao4" in readings


def test_words_within_words_are_found() -> None:
    assert set(parts_of("非常高兴")) >= {"非常高兴", "非常", "高兴"}


def test_content_words_are_those_with_meaning() -> None:
    text = "I am in the garden with a purple elephant"
    words = words_of(text, readable(text).languages)
    chosen = {text[words[i].start : words[i].end] for i in content_words(text, words)}
    assert {"garden", "elephant"} <= chosen
    assert not {"in", "the", "a", "am"} & chosen


def test_the_voice_and_the_analysis_read_one_dictionary() -> None:
    if hibari_words.english() is None:
        pytest.skip("hibari is not installed")
    assert hibari_words.english() is hibari_words.english()
    voice = HibariVoice()
    assert voice._hibari.g2p is hibari_words.english()
