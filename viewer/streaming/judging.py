"""What would become of the streams that are asked for, before they start: who is admitted, and why not the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gpu_core.errors import MienError
from viewer.engine_info import EngineInfo
from viewer.streaming.wish import StreamWish, stream_forms
from viewer.streams.admission import Admission, PlanOf, admit
from viewer.streams.asking import threads_for
from viewer.streams.plan import MEASURED_WAYS
from viewer.streams.values import StreamForm, StreamStatus


@dataclass(frozen=True)
class Judgement:
    """`text` is one sentence, "" if all is well; without `forms` nothing can begin."""

    forms: tuple[StreamForm, ...] = ()
    refused: tuple[StreamStatus, ...] = ()
    way: str = MEASURED_WAYS[0]  # never auto
    text: str = ""
    kind: StreamForm | None = None  # one of the forms that were asked for; None: none can be made


def judge(wish: StreamWish, engine: EngineInfo | None, plan_of: PlanOf) -> Judgement:
    """Judge them by what was measured; never measured, nobody is refused."""
    try:
        forms = stream_forms(wish, engine)
    except MienError as error:
        return Judgement(text=_sentence(str(error)))
    plan = plan_of(forms[0])
    best = plan.best_way(len(forms)) if plan is not None else MEASURED_WAYS[0]
    way = best if wish.way == "auto" else wish.way
    answers = admit(forms, plan_of, way=way, when_full=wish.when_full)
    refused = tuple(
        StreamStatus(answer.number, "refused", answer.reason, way=way) for answer in answers if answer.is_refused
    )
    threads = threads_for(1 if way == "batch" else len(forms) - len(refused) or 1)
    admitted = tuple(
        replace(form, threads=threads, video=replace(form.video, fps=answer.fps))
        for form, answer in zip(forms, answers, strict=True)
        if not answer.is_refused
    )
    return Judgement(admitted, refused, way, _text(answers), forms[0])


def _text(answers: Sequence[Admission]) -> str:
    refused = [answer for answer in answers if answer.is_refused]
    if refused:
        first, last = refused[0].number, refused[-1].number
        who = f"Stream {first}" if first == last else f"Streams {first} to {last}"
        return (
            f"{who} would be refused: {refused[0].reason}"
            if len(refused) < len(answers)
            else _sentence(refused[0].reason)
        )
    return _sentence(next((answer.reason for answer in answers if answer.reason), ""))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
