"""Coarticulation: every sound pulls the mouth towards its own shape, and the mouth goes between them.

Dominance functions: M. M. Cohen and D. W. Massaro, Modeling coarticulation in synthetic visual speech, 1993. A segment
s pulls parameter p with D = strength exp(-(|t - middle| / reach)^c), and the parameter is the mean of all targets
weighted by their pulls. Strengths and reaches below were chosen by eye on the shipped face; what their paper found is
kept: rounding reaches far ahead, the jaw is slow, consonants of the tongue leave lips to the vowels around them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viewer.speech.visemes import SILENCE, VOWELS, Segment, mouth_of, mouth_shapes

Table = NDArray[np.float64]

_POWER = 1.4
_TINY = 1e-9
# Seconds beyond half a segment's own length that its pull reaches, before and after its middle.
_REACH_S = (0.055, 0.055)
_ROUND_REACH_S = (0.11, 0.07)  # lips are rounded long before the sound
_JAW_REACH_S = (0.075, 0.085)
_TIP_REACH_S = (0.02, 0.015)  # quick, for it has to be away again for what follows
_ROUND, _JAW, _TIP = ("mouthFunnel", "mouthPucker"), ("jawOpen",), ("tongueOut",)
_REACHES = {"round": _ROUND_REACH_S, "jaw": _JAW_REACH_S, "lips": _REACH_S, "tip": _TIP_REACH_S}
_SILENT_REACH_S = 0.02
# How strongly a class pulls each kind of parameter.
_STRENGTH = {
    "vowel": {"lips": 1.0, "round": 1.0, "jaw": 1.0, "tip": 1.0},
    # p b m f v: their lips are theirs, the rest is the vowel's
    "lips": {"lips": 3.0, "round": 0.35, "jaw": 0.9, "tip": 1.0},
    "rounded": {"lips": 1.2, "round": 1.6, "jaw": 0.6, "tip": 1.0},  # ʃ tʃ r w
    "teeth": {"lips": 1.0, "round": 0.2, "jaw": 1.0, "tip": 4.0},  # θ ð: the tip of the tongue is seen between them
    "tongue": {"lips": 0.45, "round": 0.2, "jaw": 0.55, "tip": 1.0},
    "silence": {"lips": 0.5, "round": 0.5, "jaw": 0.5, "tip": 0.5},
}
_CLASS = {"PP": "lips", "FF": "lips", "CH": "rounded", "RR": "rounded", "TH": "teeth", SILENCE: "silence"}
_LOUDER = {0: 0.85, 1: 0.95, 2: 1.08}  # a stressed vowel opens wider


def articulated(segments: Sequence[Segment], times: Table) -> Table:
    """(len(times), len(mouth_shapes())) weights of the mouth at moments in seconds."""
    names = mouth_shapes()
    pulls = np.full((len(times), len(names)), _TINY)
    sums = np.zeros_like(pulls)
    for segment in segments:
        rows, pull = _pull(segment, times, names)
        pulls[rows] += pull
        sums[rows] += pull * _target(segment, names)
    result: Table = sums / pulls
    return result


def near(times: Table, start_s: float, end_s: float) -> slice:
    """The rows between two moments: a text of half an hour is not looked through for every sound."""
    return slice(*np.searchsorted(times, [start_s, end_s]))


def _pull(segment: Segment, times: Table, names: Sequence[str]) -> tuple[slice, Table]:
    """Where a segment is felt, and how strongly each parameter feels it there."""
    reaches = np.array([_reach(segment, name) for name in names])  # (names, 2)
    furthest = 3.0 * reaches.max()
    rows = near(times, segment.middle_s - furthest, segment.middle_s + furthest)
    away = times[rows, None] - segment.middle_s
    reach = np.where(away < 0, reaches[:, 0], reaches[:, 1])
    strength = _rest(segment) * np.array([_STRENGTH[_class(segment)][_kind(name)] for name in names])
    return rows, strength * np.exp(-((np.abs(away) / reach) ** _POWER))


def _rest(segment: Segment) -> float:
    """How much stronger a pause pulls for being long: in a short one the mouth waits for the next word."""
    return 1.0 + 3.0 * min(segment.length_s / 0.4, 1.0) if segment.viseme == SILENCE else 1.0


def _reach(segment: Segment, name: str) -> tuple[float, float]:
    silent = (_SILENT_REACH_S, _SILENT_REACH_S)
    before, after = silent if segment.viseme == SILENCE else _REACHES[_kind(name)]
    half = segment.length_s / 2
    return half + before, half + after


def _target(segment: Segment, names: Sequence[str]) -> Table:
    mouth = mouth_of(segment.viseme)
    louder = _LOUDER[segment.stress] if segment.viseme in VOWELS else 1.0
    return np.array([min(louder * mouth[name], 1.0) for name in names])


def _class(segment: Segment) -> str:
    if segment.ipa == "w":
        return "rounded"
    return "vowel" if segment.viseme in VOWELS else _CLASS.get(segment.viseme, "tongue")


def _kind(name: str) -> str:
    return "round" if name in _ROUND else "jaw" if name in _JAW else "tip" if name in _TIP else "lips"
