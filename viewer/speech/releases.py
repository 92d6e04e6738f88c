"""When lips part, heard in the sound itself: a voice's own times of p, b and m are only near it.

A plosive ends with its burst, a nasal with the rise of what follows. hibari rounds to 25 ms, and eSpeak counts a part
of the next sound to this one; what is seen has to go with what is heard.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from viewer.speech.spoken import Phone, Samples, Spoken

LABIALS = frozenset("pbm")
FURTHEST_S = 0.06  # from the voice's own time: beyond it something else was heard
# The quietest moment is looked for from a little before a plosive, whose closure is silent, and within a nasal, whose
# murmur is not; then the loudest of what follows.
_BEFORE_S, _MURMUR_S, _LONGEST_S, _AFTER_S = 0.02, 0.025, 0.1, 0.12
_WINDOW_S = 0.004
RISE = 0.25  # of the way from the quietest to the loudest
_FLOOR = 1e-4  # nothing is quieter
SHORTEST_S = 0.02  # of a phone


class Release(NamedTuple):
    """When lips are heard to part, and how many times louder what follows is than the closure."""

    moment_s: float
    contrast: float


def heard_releases(spoken: Spoken) -> dict[int, Release]:
    """The end of each p, b and m that can be heard, by its place in `Spoken.phones`."""
    found = {}
    for place, phone in enumerate(spoken.phones):
        release = _release(spoken, phone) if phone.ipa in LABIALS else None
        if release is not None:
            found[place] = release
    return found


def as_heard(spoken: Spoken) -> Spoken:
    """The same sound with p, b and m ending where they are heard to end; what is beside them makes room."""
    phones = list(spoken.phones)
    for place, (moment, _) in heard_releases(spoken).items():
        if abs(moment - phones[place].end_s) <= FURTHEST_S:
            _move_end(phones, place, moment)
    return replace(spoken, phones=tuple(phones))


def _move_end(phones: list[Phone], place: int, moment: float) -> None:
    """End a phone at a moment and begin the next one there; a phone that would be too short begins earlier as well."""
    if place + 1 < len(phones):
        moment = min(moment, phones[place + 1].end_s - SHORTEST_S)
        phones[place + 1] = replace(phones[place + 1], start_s=moment)
    start_s = min(phones[place].start_s, moment - SHORTEST_S)
    if start_s < phones[place].start_s and place > 0:
        start_s = max(start_s, phones[place - 1].start_s)
        phones[place - 1] = replace(phones[place - 1], end_s=start_s)
    phones[place] = replace(phones[place], start_s=max(start_s, 0.0), end_s=moment)


def _level(samples: Samples, width: int) -> Samples:
    """Root mean square over some samples, a value a sample."""
    power = np.convolve(samples**2, np.full(width, 1.0 / width, np.float32), "same")
    return np.sqrt(np.maximum(power, 0.0)).astype(np.float32)


def _release(spoken: Spoken, phone: Phone) -> Release | None:
    rate = spoken.rate
    origin = max(round((phone.start_s - 2 * _BEFORE_S) * rate), 0)
    until = round((phone.start_s + _LONGEST_S + _AFTER_S + _BEFORE_S) * rate)
    cut = spoken.samples[origin:until]
    values = _level(cut, max(round(_WINDOW_S * rate), 1)) if len(cut) else cut
    first = phone.start_s + (_MURMUR_S if phone.ipa == "m" else -_BEFORE_S)
    quiet = slice(max(round(first * rate) - origin, 0), round((phone.start_s + _LONGEST_S) * rate) - origin)
    if not len(values[quiet]):
        return None
    quietest = quiet.start + int(np.argmin(values[quiet]))
    after = values[quietest : quietest + round(_AFTER_S * rate)]
    loudest = float(after.max())
    risen = np.flatnonzero(after > after[0] + RISE * (loudest - after[0]))
    if not len(risen):
        return None
    return Release((origin + quietest + int(risen[0])) / rate, loudest / max(float(after[0]), _FLOOR))
