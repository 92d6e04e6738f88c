"""viewer.streams.admitting: the way and the streams that the measured machine holds."""

from __future__ import annotations

from viewer.push.values import VideoForm
from viewer.streams.admitting import Admitted, admitted
from viewer.streams.plan import RESERVE, Plan, PlanKey, Point
from viewer.streams.values import StreamForm

FORMS = tuple(StreamForm(number, video=VideoForm(25.0)) for number in (1, 2, 3))


def point(way: str, faces: int, faces_per_s: float) -> Point:
    return Point(way, faces, faces_per_s, 40.0, 60.0, 100.0, 300.0)


def plan(_form: StreamForm) -> Plan:
    points = (point("workers", 1, 60.0), point("workers", 4, 60.0), point("batch", 1, 50.0), point("batch", 4, 70.0))
    return Plan(PlanKey("here", "swift", 512), points)


def never(_form: StreamForm) -> Plan:
    raise AssertionError("nothing is to be chosen, and measuring takes a minute")


def test_without_a_choice_nothing_is_measured() -> None:
    assert admitted(FORMS, "batch", None, never) == Admitted("batch", FORMS)


def test_auto_is_the_better_way_for_so_many() -> None:
    assert admitted(FORMS, "auto", None, plan).way == "batch"
    assert admitted(FORMS[:1], "auto", None, plan).way == "workers"


def test_who_does_not_fit_is_refused_with_the_reason() -> None:
    chosen = admitted(FORMS, "workers", "refuse", plan)
    assert [form.number for form in chosen.forms] == [1, 2]
    (refused,) = chosen.refused
    assert (refused.number, refused.state, refused.way) == (3, "refused", "workers")
    assert "this machine holds 2 streams" in refused.note


def test_or_all_go_evenly_slower_and_it_is_said() -> None:
    chosen = admitted(FORMS, "workers", "degrade", plan)
    assert not chosen.refused
    assert {form.video.fps for form in chosen.forms} == {60.0 * RESERVE / 3}
    assert any("all go slower" in note for note in chosen.notes)
