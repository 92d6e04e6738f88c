"""viewer.capture.captured: one source's faces, at its own times."""

from __future__ import annotations

import pytest

from gpu_core.expression import NEUTRAL, Expression
from viewer.capture import captured
from viewer.capture.captured import Captured
from viewer.capture.heard import Heard
from viewer.capture.receiver import Arrival
from viewer.capture.senders import SourceKey

PHONE = SourceKey(("10.0.0.1", 1), "Anna")


def arrival(
    arrived_s: float, sent_s: float | None, face: Expression | None = NEUTRAL, source: SourceKey = PHONE
) -> Arrival:
    return Arrival(source, Heard(source.subject, face, None, sent_s), arrived_s)


def test_times_are_the_senders_where_it_tells_them() -> None:
    kept = Captured()
    for number, jitter in enumerate((0.0, 0.03, 0.01, 0.05)):
        kept.take(arrival(500.0 + number / 60 + jitter, 3600.0 + number / 60))
    assert [row.time_s for row in kept.rows] == pytest.approx([0, 1 / 60, 2 / 60, 3 / 60])
    assert kept.source == PHONE


def test_a_clock_that_jumps_is_set_anew_and_none_is_ours() -> None:
    kept = Captured()
    for arrived_s, sent_s in ((1.0, 10.0), (1.1, 1e30), (1.2, 5.0), (1.3, 5.1), (1.4, None)):
        kept.take(arrival(arrived_s, sent_s))
    assert [row.time_s for row in kept.rows] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_rows_never_step_back() -> None:
    kept = Captured()
    assert kept.take(arrival(1.0, 10.0))
    assert kept.take(arrival(1.1, 10.1))
    assert not kept.take(arrival(1.2, 10.1))
    assert len(kept.rows) == 2


def test_one_source_is_kept_the_first_or_the_named() -> None:
    other = SourceKey(("10.0.0.1", 1), "Ben")
    first, named = Captured(), Captured(subject="Ben")
    for kept in (first, named):
        kept.take(arrival(1.0, None))
        kept.take(arrival(2.0, None, None, other))
        kept.take(arrival(3.0, None, NEUTRAL, other))
    assert (first.source, first.faces, len(first.rows)) == (PHONE, 1, 1)
    assert (named.source, named.faces, len(named.rows)) == (other, 1, 2)


def test_there_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captured, "MOST_ROWS", 3)
    kept = Captured()
    taken = [kept.take(arrival(float(number), None)) for number in range(5)]
    assert taken == [True, True, True, False, False]
    assert kept.is_full
