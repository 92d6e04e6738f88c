"""viewer.speech.joining: clauses in one sound; pauses as asked for, times without gaps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from viewer.speech.joining import LEAD_S, TRAIL_S, SpokenClause, contiguous, joined, pieces, together, trimmed
from viewer.speech.spoken import Phone

RATE = 1000
LOUD = np.full(500, 0.5, np.float32)


def test_clauses_follow_each_other_after_their_pauses() -> None:
    first = SpokenClause(LOUD, (Phone("a", 0.0, 0.2, 0), Phone("b", 0.2, 0.5, 0)), 0.4)
    second = SpokenClause(LOUD, (Phone("c", 0.0, 0.5, 1),), 0.1)
    spoken = joined([first, second], RATE, "nobody")
    assert spoken.duration_s == pytest.approx(LEAD_S + 0.5 + 0.4 + 0.5 + TRAIL_S)
    assert [p.ipa for p in spoken.phones] == ["", "a", "b", "", "c", ""]
    assert [p.start_s for p in spoken.phones] == pytest.approx([0, 0.12, 0.32, 0.62, 1.02, 1.52])
    assert all(one.end_s == other.start_s for one, other in pairwise(spoken.phones))
    assert spoken.phones[-1].end_s == spoken.duration_s
    silent = spoken.samples[round(0.63 * RATE) : round(1.01 * RATE)]
    assert not silent.any()


def test_pieces_are_handed_on_before_the_next_is_made_and_together_are_the_whole() -> None:
    made = []

    def clauses() -> Iterator[SpokenClause]:
        for number in range(3):
            made.append(number)
            yield SpokenClause(LOUD, (Phone("a", 0.0, 0.2, number), Phone("b", 0.2, 0.5, number)), 0.1)

    found = pieces(clauses(), RATE, "nobody")
    first = next(found)
    assert made == [0]
    assert [(p.ipa, p.end_s) for p in first.phones] == [("", 0.12), ("a", 0.32), ("b", 0.62), ("", 0.72)]
    whole, all_of_it = joined(clauses(), RATE, "nobody"), together([first, *found])
    assert whole.phones == all_of_it.phones
    assert np.array_equal(whole.samples, all_of_it.samples)
    assert whole.duration_s == pytest.approx(LEAD_S + 3 * 0.6 - 0.1 + TRAIL_S)


def test_the_voices_own_pause_at_the_end_goes() -> None:
    quiet = np.concatenate([LOUD, np.zeros(300, np.float32)])
    clause = trimmed(SpokenClause(quiet, (Phone("a", 0.0, 0.5, 0), Phone("", 0.6, 0.8))), RATE)
    assert len(clause.samples) == pytest.approx(530, abs=2)
    assert [p.ipa for p in clause.phones] == ["a"]


def test_a_clause_without_a_sound_is_only_its_pause() -> None:
    spoken = joined([SpokenClause(np.zeros(100, np.float32), (), 0.3)], RATE, "nobody")
    assert [p.ipa for p in spoken.phones] == [""]
    assert spoken.duration_s == pytest.approx(LEAD_S + 0.3)


def test_no_clause_at_all_is_silence() -> None:
    assert not joined([], RATE, "nobody").samples.any()


def test_short_silences_between_words_belong_to_the_sound_before() -> None:
    phones = [
        Phone("a", 0.0, 0.1),
        Phone("", 0.1, 0.16),
        Phone("b", 0.16, 0.3),
        Phone("", 0.3, 0.6),
        Phone("", 0.6, 0.9),
    ]
    assert contiguous(phones, 0.9) == (Phone("a", 0.0, 0.16), Phone("b", 0.16, 0.3), Phone("", 0.3, 0.9))
