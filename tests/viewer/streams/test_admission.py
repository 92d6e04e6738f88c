"""viewer.streams.admission: who may stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewer.streams.test_plan import plan
from viewer.push.values import VideoForm
from viewer.streams.admission import LEAST_FPS, Admission, admit, load_of, rate_text
from viewer.streams.plan import RESERVE, Plan
from viewer.streams.values import StreamForm

THREE = plan({1: 60.0, 3: 25.0 * 3.2 / RESERVE, 4: 17.6 * 4 / RESERVE})


def forms(count: int, fps: float = 25.0, size: int = 256) -> list[StreamForm]:
    return [StreamForm(number, size=size, video=VideoForm(fps)) for number in range(1, count + 1)]


def answers(count: int, when_full: str, told: Plan | None = THREE, fps: float = 25.0) -> tuple[Admission, ...]:
    return admit(forms(count, fps), lambda _form: told, way="workers", when_full=when_full)


def test_who_fits_streams_as_asked_and_the_next_is_told_why_not() -> None:
    told = answers(4, "refuse")
    assert [one.fps for one in told] == [25.0, 25.0, 25.0, 0.0]
    assert [one.is_refused for one in told] == [False, False, False, True]
    assert told[3].reason == "this machine holds 3 streams of 256x256 at 25 fps; a fourth would leave each 17"
    assert not any(one.reason for one in told[:3])


def test_all_go_slower_alike_where_that_is_wanted() -> None:
    told = answers(4, "degrade")
    assert [round(one.fps, 6) for one in told] == [17.6] * 4
    assert told[0].reason == "this machine does not hold 4 streams at 25 fps: all go slower, this one at 17 fps"
    assert [one.fps for one in answers(3, "degrade")] == [25.0] * 3


def test_a_machine_that_holds_none_says_what_one_would_reach() -> None:
    told = answers(1, "refuse", plan({1: 8.0 / RESERVE}))
    assert told[0].reason == "this machine holds no stream of 256x256 at 25 fps: one would reach 8 fps"


def test_streams_of_other_rates_take_their_share() -> None:
    told = plan({1: 100.0 / RESERVE, 8: 100.0 / RESERVE})
    mixed = [
        StreamForm(1, video=VideoForm(60.0)),
        StreamForm(2, video=VideoForm(50.0)),
        StreamForm(3, video=VideoForm(40.0)),
    ]
    made = admit(mixed, lambda _form: told, way="workers", when_full="refuse")
    assert [one.fps for one in made] == [60.0, 0.0, 40.0]
    assert "is full with the 1 stream it has" in made[1].reason or "holds" in made[1].reason
    slower = admit(mixed, lambda _form: told, way="workers", when_full="degrade")
    assert [round(one.fps, 6) for one in slower] == [40.0, pytest.approx(33.333333), pytest.approx(26.666667)]


def test_nothing_is_refused_for_what_was_never_measured() -> None:
    assert not any(one.is_refused for one in answers(64, "refuse", None))
    assert load_of(forms(64), lambda _form: None, "workers") == 0.0


def test_a_rate_in_a_sentence_is_never_more_than_it_is() -> None:
    assert [rate_text(fps) for fps in (24.99, 10.0, 9.99, 1.0)] == ["24 fps", "10 fps", "9.9 fps", "1 fps"]


def test_there_is_no_third_way() -> None:
    with pytest.raises(ValueError, match="neither"):
        answers(1, "neither")


plans = st.builds(
    plan,
    st.dictionaries(st.integers(1, 16), st.floats(0.5, 5000.0), min_size=1, max_size=5),
)


@given(plans, st.integers(1, 24), st.floats(1.0, 120.0))
def test_what_is_admitted_is_what_is_held(told: Plan, count: int, fps: float) -> None:
    made = answers(count, "refuse", told, fps)
    kept = [one for one in made if not one.is_refused]
    assert load_of(forms(len(kept), fps), lambda _form: told, "workers") <= 1.0 + 1e-9
    assert [one.number for one in made] == list(range(1, count + 1))
    assert all(bool(one.reason) == one.is_refused for one in made)
    assert all(one.fps in (0.0, fps) for one in made)


@given(plans, st.integers(1, 24), st.floats(1.0, 120.0))
def test_slower_is_even_and_within_what_is_held(told: Plan, count: int, fps: float) -> None:
    made = answers(count, "degrade", told, fps)
    kept = [one for one in made if not one.is_refused]
    assert len({one.fps for one in kept}) <= 1
    slower = [StreamForm(one.number, size=256, video=VideoForm(one.fps)) for one in kept]
    assert load_of(slower, lambda _form: told, "workers") <= 1.0 + 1e-9
    assert all(min(LEAST_FPS, fps) <= one.fps <= fps for one in kept)
    assert all("\n" not in one.reason for one in made)
