"""Emotions under speech: how strongly each is felt over time, and the face that makes.

A lane's value up to 0.5 is as much of the gentle preset, beyond it between the gentle and the strong one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping

import numpy as np

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG
from viewer.performance.easing import smoothstep
from viewer.performance.presets import shipped_presets
from viewer.speech.analysis import Analysis, Lane
from viewer.speech.coarticulation import Table, near
from viewer.speech.spoken import Spoken

# A feeling comes before the words that tell it, and stays a while; seconds, by eye.
COMES_S, STAYS_S, EASE_S = 0.25, 0.4, 0.35
_CHANNELS = (*ARKIT_SHAPES, *HEAD_LIMITS_DEG)


def felt(analysis: Analysis, spoken: Spoken, times: Table) -> dict[str, Table]:
    """Each emotion's strength at moments in seconds."""
    return {name: lane_over_time(lane, analysis, spoken, times) for name, lane in analysis.emotions.items() if lane}


def lane_over_time(lane: Lane, analysis: Analysis, spoken: Spoken, times: Table) -> Table:
    """A lane's value at moments in seconds, eased in and out around the words that it is over."""
    words, values = spoken.word_times(), np.zeros(len(times))
    for mark in lane:
        spans = [words[i] for i in words_in(analysis, mark.start, mark.end) if i in words]
        if spans:
            start, end = spans[0][0] - COMES_S, spans[-1][1] + STAYS_S
            rows = near(times, start - EASE_S, end + EASE_S)
            shape = np.interp(times[rows], [start - EASE_S, start, end, end + EASE_S], [0.0, 1.0, 1.0, 0.0])
            values[rows] = np.maximum(values[rows], mark.value * smoothstep(shape))
    return values


def words_in(analysis: Analysis, start: int, end: int) -> range:
    """Indices of the words that touch some characters."""
    first = bisect_right(analysis.words, start, key=lambda word: word.end)
    return range(first, bisect_left(analysis.words, end, key=lambda word: word.start))


def shapes_of(feelings: Mapping[str, Table], times: Table) -> dict[str, Table]:
    """Shapes and head angles of all feelings together: weights join as 1 - (1 - a)(1 - b), angles add."""
    result: dict[str, Table] = {}
    for emotion, strength in feelings.items():
        gentle, strong = (_preset(f"{emotion}-gentle"), _preset(emotion))
        low, high = np.minimum(2 * strength, 1.0), np.maximum(2 * strength - 1.0, 0.0)
        for channel in _CHANNELS:
            if gentle[channel] or strong[channel]:
                values = low * gentle[channel] + high * (strong[channel] - gentle[channel])
                before = result.get(channel, np.zeros(len(times)))
                is_angle = channel in HEAD_LIMITS_DEG
                result[channel] = before + values if is_angle else 1.0 - (1.0 - before) * (1.0 - values)
    return result


def _preset(name: str) -> Mapping[str, float]:
    face = next(preset.expression for preset in shipped_presets() if preset.name == name)
    weights = dict(zip(ARKIT_SHAPES, face.weights, strict=True))
    return weights | {axis: getattr(face, axis) for axis in HEAD_LIMITS_DEG}
