"""Who may stream: what a plan promises against what is asked for. Arithmetic alone.

A stream's load is its rate over what the machine makes with so many faces; loads of different kinds add up, since all
of them share the same cores or the same GPU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viewer.streams.plan import RESERVE, Plan, count_of
from viewer.streams.values import WHEN_FULL, StreamForm

LEAST_FPS = 1.0  # slower is no video
PlanOf = Callable[[StreamForm], Plan | None]  # the plan of a form's kind; None: never measured, so nothing is refused


@dataclass(frozen=True)
class Admission:
    """The answer for one stream: at which rate, or why not."""

    number: int
    fps: float  # pictures a second that it may ask for; 0: refused
    reason: str = ""  # one sentence: why it is refused, or slower than it wants to be

    @property
    def is_refused(self) -> bool:
        """Whether it must not start."""
        return not self.fps


def admit(forms: Sequence[StreamForm], plan_of: PlanOf, *, way: str, when_full: str) -> tuple[Admission, ...]:
    """Answer for every stream, in their order: earlier ones are there already, and never refused for later ones.

    With `when_full` "refuse", who does not fit any more is refused; with "degrade", all go at the same share of the
    rate that they asked for, and are refused only when that share comes to less than a picture a second.
    """
    if when_full not in WHEN_FULL:
        raise ValueError(f"{when_full!r} is none of {', '.join(WHEN_FULL)}")
    if when_full == "degrade":
        return _degraded(forms, plan_of, way)
    admitted: list[StreamForm] = []
    answers: list[Admission] = []
    for form in forms:
        load = load_of([*admitted, form], plan_of, way)
        if load <= 1.0:
            admitted.append(form)
            answers.append(Admission(form.number, form.video.fps))
        else:
            answers.append(Admission(form.number, 0.0, _refusal(form, len(admitted), plan_of(form), way, load)))
    return tuple(answers)


def load_of(forms: Sequence[StreamForm], plan_of: PlanOf, way: str) -> float:
    """What these streams take of what is promised: 1 is all of it. Kinds without a plan count nothing."""
    load = 0.0
    for form in forms:
        plan = plan_of(form)
        made = RESERVE * plan.faces_per_s(len(forms), way) if plan is not None else 0.0
        load += form.video.fps / made if made else 0.0
    return load


def _degraded(forms: Sequence[StreamForm], plan_of: PlanOf, way: str) -> tuple[Admission, ...]:
    kept = list(forms)
    while kept and _slowest(kept, plan_of, way) < LEAST_FPS:
        kept.pop()
    load = load_of(kept, plan_of, way)
    answers = [Admission(form.number, form.video.fps / max(1.0, load), _slowing(form, kept, load)) for form in kept]
    for form in forms[len(kept) :]:
        reason = f"this machine is full: with {count_of(len(kept))} each goes at the least rate there is"
        answers.append(Admission(form.number, 0.0, reason))
    return tuple(answers)


def _slowest(forms: Sequence[StreamForm], plan_of: PlanOf, way: str) -> float:
    """The rate of the slowest of them once all are degraded."""
    return min(form.video.fps for form in forms) / max(1.0, load_of(forms, plan_of, way))


def _slowing(form: StreamForm, forms: Sequence[StreamForm], load: float) -> str:
    if load <= 1.0:
        return ""
    rate = rate_text(form.video.fps / load)
    asked = f"{count_of(len(forms))} at {form.video.fps:g} fps"
    return f"this machine does not hold {asked}: all go slower, this one at {rate}"


def _refusal(form: StreamForm, running: int, plan: Plan | None, way: str, load: float) -> str:
    fps, kind = form.video.fps, f"of {form.size}x{form.size} at {form.video.fps:g} fps"
    held = plan.holds(fps, way) if plan is not None else running
    if not held:
        return f"this machine holds no stream {kind}: one would reach {rate_text(fps / load)}"
    left = f"{_nth(running + 1)} would leave each {rate_text(fps / load).removesuffix(' fps')}"
    if running >= held:
        return f"this machine holds {count_of(held)} {kind}; {left}"
    return f"this machine is full with the {count_of(running)} it has; {left}"


def rate_text(fps: float) -> str:
    """A rate for a sentence: whole from 10 on, and never more than it is."""
    return f"{int(fps)} fps" if fps >= 10.0 else f"{int(10 * fps) / 10:g} fps"


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def _nth(number: int) -> str:
    if number <= len(_ORDINALS):
        return f"a {_ORDINALS[number - 1]}"
    return f"stream {number}"
