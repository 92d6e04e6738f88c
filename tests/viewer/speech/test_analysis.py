"""viewer.speech.analysis: the values that everything of speech meets in."""

from __future__ import annotations

from viewer.speech.analysis import Analysis, Clause, Mark, value_at


def test_a_lane_is_nought_between_its_marks() -> None:
    lane = (Mark(2, 5, 0.4), Mark(7, 9, 1.0))
    assert [value_at(lane, position) for position in (1, 2, 4, 5, 8, 9)] == [0.0, 0.4, 0.4, 0.0, 1.0, 0.0]


def test_sentences_are_counted_by_their_clauses() -> None:
    assert Analysis("").sentences() == 0
    assert (
        Analysis(
            "a, b. c.", clauses=(Clause(0, 2, (0, 1), 0), Clause(3, 5, (1, 2), 0), Clause(6, 8, (2, 3), 1))
        ).sentences()
        == 2
    )
