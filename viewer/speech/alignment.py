"""A recording whose words are known: when which sound is in it, by comparing it with the same words from a voice.

Dynamic time warping after H. Sakoe and S. Chiba, Dynamic programming algorithm optimization for spoken word
recognition, 1978, in its asymmetric form: every moment of the recording is one of the voice's, which goes on by none to
three steps, within a band around the straight line. What is the voice's own (tempo, pauses, pitch) drops out; what the
voice says otherwise than the speaker is what stays wrong.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from viewer.speech.joining import contiguous
from viewer.speech.recording import RATE, Recording
from viewer.speech.spectra import HOP_S, Table, cepstra
from viewer.speech.spoken import Spoken

_BAND_S = 12.0  # of the voice's time, to either side of the straight line
_STEPS = (0.25, 0.0, 0.1, 0.3)  # what it costs to stay, and to go on by one, two, three
_FAR = 1e30


def aligned(recording: Recording, spoken: Spoken) -> Spoken:
    """The recording's samples with the phones of `spoken` where they are heard in it.

    `spoken` is the transcript from a voice of any kind and tempo.
    """
    moments = warped(cepstra(recording.samples, RATE), cepstra(spoken.samples, spoken.rate))
    theirs = np.interp(np.arange(len(spoken.samples) // round(HOP_S * spoken.rate) + 1), *_knots(moments)) * HOP_S
    clock = np.arange(len(theirs)) * HOP_S
    phones = [
        replace(phone, start_s=float(start), end_s=float(end))
        for phone, start, end in zip(
            spoken.phones,
            np.interp([phone.start_s for phone in spoken.phones], clock, theirs),
            np.interp([phone.end_s for phone in spoken.phones], clock, theirs),
            strict=True,
        )
        if end > start
    ]
    if phones:
        phones[0] = replace(phones[0], start_s=0.0)
    samples = recording.samples
    return Spoken(
        samples, RATE, contiguous(phones, len(samples) / RATE), f"{recording.name}, as {spoken.voice} says it"
    )


def warped(rows: Table, other: Table) -> NDArray[np.int64]:
    """For each row the row of `other` that it is most like, never going back."""
    lows, width = _band(len(rows), len(other))
    costs = np.full(width, _FAR)
    costs[0] = 0.0
    came = np.zeros((len(rows), width), np.uint8)
    for at in range(len(rows)):
        before = _shifted(costs, lows[at] - lows[max(at - 1, 0)])
        options = np.stack([_shifted(before, -step) + price for step, price in enumerate(_STEPS)])
        came[at] = options.argmin(axis=0) if at else 0
        costs = (options.min(axis=0) if at else before) + _distances(rows[at], other, int(lows[at]), width)
    return _traced(came, lows, len(other))


def _band(count: int, others: int) -> tuple[NDArray[np.int64], int]:
    """The first row of the other that each row is compared with, and how many from there on."""
    width = min(others, round(2 * _BAND_S / HOP_S))
    straight = np.linspace(0, others - 1, count) - width // 2
    return np.clip(np.rint(straight), 0, others - width).astype(np.int64), width


def _shifted(costs: Table, by: int) -> Table:
    """Costs seen from another beginning; what comes in from outside cannot be reached."""
    if not by:
        return costs
    result = np.full_like(costs, _FAR)
    if by > 0:
        result[:-by] = costs[by:]
    else:
        result[-by:] = costs[:by]
    return result


def _distances(row: Table, other: Table, low: int, width: int) -> Table:
    apart = other[low : low + width] - row
    result: Table = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return result


def _traced(came: NDArray[np.uint8], lows: NDArray[np.int64], others: int) -> NDArray[np.int64]:
    """The path back from the end of both."""
    path = np.empty(len(came), np.int64)
    place = others - 1
    for at in range(len(came) - 1, -1, -1):
        path[at] = place
        place = max(place - int(came[at, min(max(place - int(lows[at]), 0), came.shape[1] - 1)]), 0)
    return path


def _knots(moments: NDArray[np.int64]) -> tuple[Table, Table]:
    """(row of the other, middle of the rows that are like it) for a mapping back."""
    places, first, counts = np.unique(moments, return_index=True, return_counts=True)
    return places.astype(np.float64), first + (counts - 1) / 2.0
