"""viewer.streams.backoff: later and later, given up after quick deaths in a row, forgiven after a good run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from viewer.streams.backoff import Backoff, BackoffForm

FORM = BackoffForm(first_s=0.1, factor=2.0, most_s=0.5, good_s=20.0, most_deaths=6)


def test_waits_grow_to_a_limit_and_then_it_is_given_up() -> None:
    backoff = Backoff(FORM)
    assert [backoff.died(0.0) for _ in range(6)] == [0.1, 0.2, 0.4, 0.5, 0.5, None]
    assert backoff.deaths == 6


def test_a_good_run_starts_anew() -> None:
    backoff = Backoff(FORM)
    for _ in range(5):
        backoff.died(0.0)
    assert backoff.died(20.0) == 0.1
    assert backoff.died(19.9) == 0.2


def test_whoever_asks_for_a_new_start_has_all_the_tries() -> None:
    backoff = Backoff(FORM)
    assert [backoff.died(0.0) for _ in range(6)][-1] is None
    backoff.forgive()
    assert backoff.died(0.0) == 0.1


@given(st.integers(1, 5000), st.floats(0.01, 10), st.floats(1, 100), st.floats(0.01, 100))
def test_no_wait_is_longer_than_the_longest(deaths: int, first_s: float, factor: float, most_s: float) -> None:
    backoff = Backoff(BackoffForm(first_s, factor, most_s, most_deaths=10_000))
    waits = [backoff.died(0.0) for _ in range(min(deaths, 200))]
    assert all(wait is not None and 0 < wait <= most_s for wait in waits)


def test_what_was_too_much_is_said_in_words() -> None:
    backoff = Backoff(BackoffForm(most_deaths=2, good_s=5.0))
    assert backoff.died(1.0) is not None
    assert backoff.died(4.9) is None
    assert backoff.quick == "2 deaths in a row, none after 5 s of faces or more"
