"""viewer.speech.overriding: what a hand decides lies over what was found."""

from __future__ import annotations

import pytest

from viewer.speech.analysing import analyse
from viewer.speech.analysis import Mark, value_at
from viewer.speech.overriding import WHY, Override, all_overridden, overridden, with_override

LANE = (Mark(0, 10, 0.5),)


def test_it_covers_what_was_found_and_says_why() -> None:
    lane = overridden(LANE, "joy", (Override("joy", 4, 6, 0.9), Override("anger", 0, 2, 1.0)))
    assert [value_at(lane, i) for i in (0, 4, 5, 6)] == [0.5, 0.9, 0.9, 0.5]
    assert lane[1].evidence[0].why == WHY
    assert overridden(LANE, "joy", (Override("joy", 0, 10, 0.0),)) == ()
    assert overridden(LANE, "joy", (Override("joy", 0, 10, 7.0),))[0].value == 1.0


def test_the_last_word_counts_and_what_it_covers_is_forgotten() -> None:
    both = (Override("joy", 2, 4, 0.1), Override("anger", 2, 4, 0.1))
    assert with_override(both, Override("joy", 0, 5, 0.7)) == (both[1], Override("joy", 0, 5, 0.7))
    assert with_override(both, Override("joy", 3, 5, 0.7))[0] == both[0]


def test_lanes_that_are_empty_are_left_out() -> None:
    assert set(all_overridden({"joy": LANE}, (Override("joy", 0, 10, 0.0), Override("fear", 0, 3, 0.4)))) == {"fear"}


def test_excitement_by_hand_is_heard() -> None:
    pytest.importorskip("jieba")
    text = "One thing. Another thing."
    calm = analyse(text)
    lively = analyse(text, overrides=(Override("excitement", 10, 25, 1.0), Override("stress", 0, 3, 1.0)))
    assert lively.clauses[0].prosody == calm.clauses[0].prosody
    assert lively.clauses[1].prosody.rate > calm.clauses[1].prosody.rate
    assert value_at(lively.stress, 0) == 1.0
