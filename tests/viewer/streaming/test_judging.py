"""viewer.streaming.judging: what is said before streams start."""

from __future__ import annotations

from tests.viewer.fake_streams import a_plan
from viewer.streaming.judging import judge
from viewer.streaming.wish import StreamWish
from viewer.streams.plan import Plan
from viewer.streams.values import StreamForm


def unknown(_form: StreamForm) -> Plan | None:
    return None


def known(_form: StreamForm) -> Plan | None:
    return a_plan()


def test_nobody_is_refused_on_a_machine_that_was_never_measured() -> None:
    judgement = judge(StreamWish(50), None, unknown)
    assert (len(judgement.forms), judgement.refused, judgement.text, judgement.way) == (50, (), "", "workers")


def test_who_does_not_fit_is_refused_with_the_reason() -> None:
    judgement = judge(StreamWish(4, way="workers"), None, known)
    assert [form.number for form in judgement.forms] == [1, 2]
    assert [(told.number, told.state) for told in judgement.refused] == [(3, "refused"), (4, "refused")]
    assert judgement.text.startswith("Streams 3 and 4 would be refused: this machine holds 2 streams")
    assert judgement.refused[0].note


def test_auto_takes_what_makes_more() -> None:
    assert judge(StreamWish(4), None, known).way == "batch"
    assert judge(StreamWish(1), None, known).way == "workers"


def test_all_go_slower_if_that_is_wanted() -> None:
    judgement = judge(StreamWish(4, when_full="degrade", way="workers"), None, known)
    assert len(judgement.forms) == 4
    assert {round(form.video.fps, 2) for form in judgement.forms} == {15.0}
    assert judgement.text.startswith("This machine does not hold 4 streams")


def test_what_cannot_be_is_said_as_a_sentence() -> None:
    judgement = judge(StreamWish(2, to="rtmp://h/live/x"), None, known)
    assert not judgement.forms
    assert judgement.kind is None
    assert "{n}" in judgement.text
