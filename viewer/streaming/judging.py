"""What would become of the streams that are asked for, before they start: who is admitted, and why not the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gpu_core.errors import MienError
from viewer.engine_info import EngineInfo
from viewer.streaming.wish import StreamWish, stream_forms
from viewer.streams.admission import PlanOf
from viewer.streams.admitting import Admitted, admitted
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
    if plan is None:
        chosen = Admitted(MEASURED_WAYS[0] if wish.way == "auto" else wish.way, forms)
    else:
        chosen = admitted(forms, wish.way, wish.when_full, lambda _form: plan)
    threads = threads_for(1 if chosen.way == "batch" else max(1, len(chosen.forms)))
    admitted_forms = tuple(replace(form, threads=threads) for form in chosen.forms)
    return Judgement(admitted_forms, chosen.refused, chosen.way, _text(chosen), forms[0])


def _text(chosen: Admitted) -> str:
    """Of those that are refused, else why all are slower than they were to be."""
    if not chosen.refused:
        return _sentence(next(iter(chosen.notes[1:]), ""))  # the first is what the machine holds
    reason = chosen.refused[0].note
    if not chosen.forms:
        return _sentence(reason)
    first, last = chosen.refused[0].number, chosen.refused[-1].number
    several = f"Streams {first} {'and' if last == first + 1 else 'to'} {last}"
    return f"{several if last > first else f'Stream {first}'} would be refused: {reason}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
