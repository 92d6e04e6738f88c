"""Clauses spoken one by one, put together into one sound with pauses between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from viewer.speech.spoken import Phone, Samples, Spoken

LEAD_S, TRAIL_S = 0.12, 0.25  # of silence before the first sound, for lips that have to close, and after the last
FADE_S = 0.004  # where a clause is cut: no click
SHORTEST_PAUSE_S = 0.12
# Quieter than this for `QUIET_S` at the end of a clause is the voice's own pause; the analysis decides pauses.
_QUIET, _KEPT_S = 0.004, 0.03


@dataclass(frozen=True)
class SpokenClause:
    """One clause's sound at the voice's rate, times from its own beginning, and the silence that follows it."""

    samples: Samples
    phones: tuple[Phone, ...]
    pause_s: float = 0.0


def joined(clauses: Iterable[SpokenClause], rate: int, voice: str) -> Spoken:
    """All of them one after the other; the silences become phones without a sound."""
    parts: list[Samples] = [_silence(LEAD_S, rate)]
    phones: list[Phone] = [Phone("", 0.0, LEAD_S)]
    at = len(parts[0])
    spoken = [trimmed(clause, rate) for clause in clauses]
    for index, clause in enumerate(spoken):
        start_s = at / rate
        phones += [replace(p, start_s=p.start_s + start_s, end_s=p.end_s + start_s) for p in clause.phones]
        pause_s = clause.pause_s if index < len(spoken) - 1 else max(clause.pause_s, TRAIL_S)
        parts += [_faded(clause.samples, rate), _silence(pause_s, rate)]
        end_s = (at + len(clause.samples)) / rate
        at += len(clause.samples) + len(parts[-1])
        if len(parts[-1]):
            phones.append(Phone("", end_s, at / rate))
    return Spoken(np.concatenate(parts), rate, contiguous(phones, at / rate), voice)


def trimmed(clause: SpokenClause, rate: int) -> SpokenClause:
    """Without the silence at its end; phones that lie in it go, and the last one ends with the sound."""
    loud = np.flatnonzero(np.abs(clause.samples) > _QUIET)
    if not len(loud):
        return replace(clause, samples=clause.samples[:0], phones=())
    kept = clause.samples[: min(int(loud[-1]) + round(_KEPT_S * rate), len(clause.samples))]
    end_s = len(kept) / rate
    phones = tuple(replace(p, end_s=min(p.end_s, end_s)) for p in clause.phones if p.start_s < end_s)
    return replace(clause, samples=kept, phones=phones)


def contiguous(phones: Iterable[Phone], end_s: float) -> tuple[Phone, ...]:
    """The same phones, each lasting until the next one begins, silences next to each other as one.

    What is silent for less than `SHORTEST_PAUSE_S` is the way between two words: no mouth rests there.
    """
    merged: list[Phone] = []
    for phone in sorted(phones, key=lambda phone: phone.start_s):
        is_pause = not phone.ipa
        if merged and is_pause and (not merged[-1].ipa or phone.end_s - phone.start_s < SHORTEST_PAUSE_S):
            continue
        merged.append(phone)
    ends = [phone.start_s for phone in merged[1:]] + [end_s]
    return tuple(replace(phone, end_s=end) for phone, end in zip(merged, ends, strict=True) if end > phone.start_s)


def _silence(seconds: float, rate: int) -> Samples:
    return np.zeros(round(max(seconds, 0.0) * rate), np.float32)


def _faded(samples: Samples, rate: int) -> Samples:
    count = min(round(FADE_S * rate), len(samples) // 2)
    if not count:
        return samples
    ramp = np.linspace(0.0, 1.0, count, dtype=np.float32)
    faded = samples.copy()
    faded[:count] *= ramp
    faded[-count:] *= ramp[::-1]
    return faded
