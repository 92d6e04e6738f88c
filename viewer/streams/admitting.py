"""Before streams start: which way they go and who is admitted, by what was measured on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from viewer.streams.admission import Admission, admit
from viewer.streams.plan import Plan
from viewer.streams.values import StreamForm, StreamStatus

PlanFor = Callable[[StreamForm], Plan]


@dataclass(frozen=True)
class Admitted:
    """Who streams, which way, and what became of the rest."""

    way: str
    forms: tuple[StreamForm, ...]
    refused: tuple[StreamStatus, ...] = ()
    notes: tuple[str, ...] = ()


def admitted(forms: Sequence[StreamForm], way: str, when_full: str | None, plan_for: PlanFor) -> Admitted:
    """Choose the way if it is "auto", and the streams that the machine holds; without `when_full`, all are admitted.

    `plan_for` is asked only if there is something to choose.
    """
    if way != "auto" and when_full is None:
        return Admitted(way, tuple(forms))
    plan = plan_for(forms[0])  # a command's streams are all of one kind
    way = plan.best_way(len(forms)) if way == "auto" else way
    notes = (plan.sentence(forms[0].video.fps),)
    if when_full is None:
        return Admitted(way, tuple(forms), notes=notes)
    return _answered(forms, way, admit(forms, lambda _form: plan, way=way, when_full=when_full), notes)


def _answered(forms: Sequence[StreamForm], way: str, answers: Sequence[Admission], notes: tuple[str, ...]) -> Admitted:
    pairs = list(zip(forms, answers, strict=True))
    kept = tuple(replace(form, video=replace(form.video, fps=answer.fps)) for form, answer in pairs if answer.fps)
    refused = tuple(
        StreamStatus(form.number, "refused", answer.reason, way) for form, answer in pairs if not answer.fps
    )
    slower = dict.fromkeys(answer.reason for answer in answers if answer.fps and answer.reason)
    return Admitted(way, kept, refused, (*notes, *slower))
