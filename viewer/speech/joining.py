"""Clauses spoken one by one, put together into one sound with pauses between them; or handed on one by one.

pieces(clauses) -> Spoken, Spoken, ...      to be heard while the next one is made
together(pieces) -> Spoken                  of all of them, or of those there are so far
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    return together(pieces(clauses, rate, voice))


def pieces(clauses: Iterable[SpokenClause], rate: int, voice: str) -> Iterator[Spoken]:
    """Each clause with the pause after it as soon as it is there, before the first a little silence, and after the
    last as much as is missing. Times are from the beginning of each piece."""
    lead_s, pause_s = LEAD_S, 0.0
    for clause in clauses:
        yield _piece(trimmed(clause, rate), lead_s, rate, voice)
        lead_s, pause_s = 0.0, clause.pause_s
    rest = SpokenClause(_silence(0.0, rate), (), TRAIL_S - pause_s)
    if lead_s or rest.pause_s > 0:
        yield _piece(rest, lead_s, rate, voice)


def together(parts: Iterable[Spoken]) -> Spoken:
    """Pieces, at least one, as one sound."""
    found = list(parts)
    starts = np.cumsum([0, *(len(piece.samples) for piece in found)]) / found[0].rate
    phones = [
        replace(phone, start_s=float(phone.start_s + start), end_s=float(phone.end_s + start))
        for piece, start in zip(found, starts, strict=False)
        for phone in piece.phones
    ]
    samples = np.concatenate([piece.samples for piece in found])
    return Spoken(samples, found[0].rate, contiguous(phones, float(starts[-1])), found[0].voice)


def _piece(clause: SpokenClause, lead_s: float, rate: int, voice: str) -> Spoken:
    lead, pause = _silence(lead_s, rate), _silence(clause.pause_s, rate)
    start_s, end_s = len(lead) / rate, (len(lead) + len(clause.samples)) / rate
    samples = np.concatenate([lead, _faded(clause.samples, rate), pause])
    sounds = [replace(p, start_s=p.start_s + start_s, end_s=p.end_s + start_s) for p in clause.phones]
    before, after = (
        (Phone("", *span),) * (span[1] > span[0]) for span in ((0.0, start_s), (end_s, len(samples) / rate))
    )
    return Spoken(samples, rate, (*before, *contiguous(sounds, end_s), *after), voice)


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
        if merged and not phone.ipa and not merged[-1].ipa:
            merged[-1] = replace(merged[-1], end_s=phone.end_s)
        else:
            merged.append(phone)
    merged = [p for i, p in enumerate(merged) if i == 0 or p.ipa or p.end_s - p.start_s >= SHORTEST_PAUSE_S]
    ends = [phone.start_s for phone in merged[1:]] + [end_s]
    return tuple(replace(phone, end_s=end) for phone, end in zip(merged, ends, strict=False) if end > phone.start_s)


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
