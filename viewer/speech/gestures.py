"""What a speaker's head, brows, lids and eyes do with the words: nods, raised brows, blinks, glances.

Brows and nods go with the accents of a sentence (Cassell et al., BEAT, 2001; Graf et al., Visual prosody, 2002: nods
of a few degrees, brows raised on the strongest words). People blink where a phrase ends, and look away as they begin to
plan a long one and back at its end (Argyle and Cook, 1976). Amplitudes were chosen by eye.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from viewer.performance.easing import smoothstep
from viewer.performance.idle import closed
from viewer.speech.analysis import Analysis, value_at
from viewer.speech.coarticulation import Table, near
from viewer.speech.spoken import Phone, Spoken

NOD_DEG, BROW, BROW_FROM = 2.6, 0.32, 0.7
_NOD_S, _BROW_S = (0.16, 0.26), (0.14, 0.30)  # rise and fall around a stressed vowel
_BLINK_CHANCE, _PAUSE_S = 0.6, 0.12  # at a pause at least so long
_BLINK_S = 1.0  # at most
# Blinks a minute elsewhere than at the ends of phrases: with those it makes the 26 of people in conversation.
BETWEEN_PHRASES = 9.0
_AWAY_CHANCE, _LONG_CLAUSE_S, _AWAY_DEG, _AWAY_S = 0.6, 1.6, (6.0, 10.0), 0.7
_TILT_DEG = 2.2  # in a question


@dataclass(frozen=True)
class Gestures:
    """Shapes over time, to be joined with others; the head in degrees; gaze in degrees, seen from the head."""

    shapes: Mapping[str, Table]
    head: Mapping[str, Table]
    gaze: Mapping[str, Table]


def gestures(analysis: Analysis, spoken: Spoken, times: Table, seed: int = 1) -> Gestures:
    """All of them, at moments in seconds. The same text and seed move the same way, and the
    beginning of a text as the whole of it."""
    blinks, glances, tilts = (random.Random(f"{kind} {seed}") for kind in ("blinks", "glances", "tilts"))
    nod, brow = np.zeros(len(times)), np.zeros(len(times))
    for moment, stress in _accents(analysis, spoken):
        _raise(nod, times, moment, stress, _NOD_S)
        if stress >= BROW_FROM:
            _raise(brow, times, moment, stress, _BROW_S)
    lids = _blinks(spoken, times, blinks)
    yaw, pitch = _glances(analysis, spoken, times, glances)
    shapes = {
        "browInnerUp": BROW * brow, "browOuterUpLeft": 0.8 * BROW * brow, "browOuterUpRight": 0.75 * BROW * brow,
        "eyeBlinkLeft": lids, "eyeBlinkRight": lids,
    }  # fmt: skip
    head = {"pitch": NOD_DEG * nod, "roll": _tilt(analysis, spoken, times, tilts), "yaw": 0.35 * yaw}
    return Gestures(shapes, head, {"yaw": 0.65 * yaw, "pitch": pitch})


def _accents(analysis: Analysis, spoken: Spoken) -> list[tuple[float, float]]:
    """(middle of the stressed vowel, how strongly) of every word that stands out."""
    found = []
    for word, phones in _by_word(spoken).items():
        stress = value_at(analysis.stress, analysis.words[word].start)
        if stress > 0.0:
            loudest = max(phones, key=lambda phone: (phone.stress, phone.end_s - phone.start_s))
            found.append(((loudest.start_s + loudest.end_s) / 2, stress))
    return found


def _by_word(spoken: Spoken) -> dict[int, list[Phone]]:
    words: dict[int, list[Phone]] = {}
    for phone in spoken.phones:
        if phone.word >= 0:
            words.setdefault(phone.word, []).append(phone)
    return words


def _raise(lane: Table, times: Table, middle: float, height: float, around: tuple[float, float]) -> None:
    """Up to a height at a moment and down again, smooth."""
    rows = near(times, middle - around[0], middle + around[1])
    share = np.interp(times[rows], [middle - around[0], middle, middle + around[1]], [0.0, 1.0, 0.0])
    lane[rows] = np.maximum(lane[rows], height * smoothstep(share))


def _blinks(spoken: Spoken, times: Table, chance: random.Random) -> Table:
    lids = np.zeros(len(times))
    for phone in spoken.phones:
        is_pause = not phone.ipa and phone.start_s > 0 and phone.end_s - phone.start_s >= _PAUSE_S
        if is_pause and chance.random() < _BLINK_CHANCE:
            rows = near(times, phone.start_s, phone.start_s + _BLINK_S)
            lids[rows] = np.maximum(lids[rows], [closed(t) for t in times[rows] - phone.start_s])
    return lids


def _glances(analysis: Analysis, spoken: Spoken, times: Table, chance: random.Random) -> tuple[Table, Table]:
    yaw, pitch = np.zeros(len(times)), np.zeros(len(times))
    for start, end in _clause_times(analysis, spoken):
        if end - start >= _LONG_CLAUSE_S and chance.random() < _AWAY_CHANCE:
            size = chance.uniform(*_AWAY_DEG) * chance.choice((-1, 1))
            back = min(start + _AWAY_S, end)
            corners = [start - 0.05, start, back, back + 0.05]  # eyes jump
            rows = near(times, corners[0], corners[-1])
            share = np.interp(times[rows], corners, [0.0, 1.0, 1.0, 0.0])
            yaw[rows] += size * share
            pitch[rows] -= abs(size) * 0.3 * share
    return yaw, pitch


def _tilt(analysis: Analysis, spoken: Spoken, times: Table, chance: random.Random) -> Table:
    tilt = np.zeros(len(times))
    for clause, (start, end) in zip(_spoken_clauses(analysis, spoken), _clause_times(analysis, spoken), strict=True):
        if "?" in clause or "？" in clause:
            way = chance.choice((-1, 1))
            rows, corners = near(times, start, end + 0.5), [start, (start + end) / 2, end, end + 0.5]
            tilt[rows] += way * _TILT_DEG * np.interp(times[rows], corners, [0.0, 0.6, 1.0, 0.0])
    return tilt


def _clause_times(analysis: Analysis, spoken: Spoken) -> list[tuple[float, float]]:
    """When each clause that has a sound starts and ends."""
    words = spoken.word_times()
    spans = [[words[i] for i in range(*clause.words) if i in words] for clause in analysis.clauses]
    return [(span[0][0], span[-1][1]) for span in spans if span]


def _spoken_clauses(analysis: Analysis, spoken: Spoken) -> list[str]:
    words = spoken.word_times()
    return [clause.ending for clause in analysis.clauses if any(i in words for i in range(*clause.words))]
