"""Where lips touch, whatever the tempo: lip on lip for p, b and m, lip on teeth for f and v.

Dominance functions undershoot in fast speech, which a real mouth does with vowels and never with these: a p without a
closure is another sound. So contacts are lanes of their own, laid over what coarticulation gives. `mouthClose` closes
lips over an open jaw: by its definition in ARKit, as much of it as of jawOpen brings lips together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np

from viewer.performance.easing import smoothstep
from viewer.speech.coarticulation import Table, near
from viewer.speech.visemes import Segment, mouth_of

CLOSED, ON_TEETH = "PP", "FF"
# Lips come and go in these times; they are together for at least a frame of 25 fps and some more. Löfqvist and Gracco
# (1997) measured 100 to 150 ms from open to closed and back.
SHORTEST_S, COMING_S, GOING_S = 0.055, 0.085, 0.055
# Of a short time between two closures: lips part within "papa", however fast it is said.
_COMING_SHARE = COMING_S / (COMING_S + GOING_S)
_QUICKEST_S = 0.02
_TO_TEETH_S = 0.06  # a shorter way, and a θ before it has to be seen
# Lips begin to part so much before the end of a sound, for then the gap is seen (0.5 mm) when the burst is heard.
_LEAD_S = {CLOSED: 0.024, ON_TEETH: 0.01}
_EARLIER_S = 0.02  # and they are together this much before it begins
# What pulls lips apart is let go as they meet. The corners stay as they are felt, or a smile would flicker with every
# m: smiling itself brings these faces' lips together, and frowning parts them by a quarter of a millimetre.
_APART = ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthShrugUpper",
          "tongueOut")  # fmt: skip
_CORNERS = ("mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft",
            "mouthDimpleRight")  # fmt: skip
_STRETCHED = ("mouthStretchLeft", "mouthStretchRight")
_ROUNDING = ("mouthFunnel", "mouthPucker")  # "boo" is rounded in its b already
_JAW_LEFT = 0.45  # of what the vowels around want: the jaw rises for a closure, and need not shut
# How much of each is left while lips are together.
_LEFT = (
    dict.fromkeys(_APART, 0.0) | dict.fromkeys(_CORNERS, 0.8) | dict.fromkeys(_STRETCHED, 0.35)
    | dict.fromkeys(_ROUNDING, 0.25) | {"jawOpen": _JAW_LEFT}
)  # fmt: skip
# What f and v have their own of, or nothing.
_GIVEN_UP = frozenset({*_APART, *_ROUNDING, "jawOpen", "mouthRollLower", "mouthRollUpper", "mouthPressLeft",
                       "mouthPressRight", "mouthClose"})  # fmt: skip


def contact(segments: Sequence[Segment], viseme: str, times: Table) -> Table:
    """How far lips are together, 0..1 at moments in seconds."""
    lane, spans = np.zeros(len(times)), _spans(segments, viseme)
    for place, (start_s, end_s) in enumerate(spans):
        before = start_s - spans[place - 1][1] if place else np.inf
        after = spans[place + 1][0] - end_s if place + 1 < len(spans) else np.inf
        coming = min(COMING_S if viseme == CLOSED else _TO_TEETH_S, max(_COMING_SHARE * before, _QUICKEST_S))
        going = min(GOING_S, max((1.0 - _COMING_SHARE) * after, _QUICKEST_S))
        corners = [start_s - coming, start_s, end_s, end_s + going]
        rows = near(times, corners[0], corners[-1])
        lane[rows] = np.maximum(lane[rows], smoothstep(np.interp(times[rows], corners, [0.0, 1.0, 1.0, 0.0])))
    return lane


def closed_spans(segments: Sequence[Segment]) -> list[tuple[float, float]]:
    """When lips are meant to be fully together, in seconds."""
    return _spans(segments, CLOSED)


def with_contacts(shapes: Mapping[str, Table], segments: Sequence[Segment], times: Table) -> dict[str, Table]:
    """Shapes over time, lips brought together where a sound needs it. Shapes that are not there rest."""
    closed, on_teeth = (contact(segments, viseme, times) for viseme in (CLOSED, ON_TEETH))
    on_teeth = on_teeth * (1.0 - closed)
    result = _on_teeth({name: np.asarray(values) for name, values in shapes.items()}, on_teeth)
    return _closed(result, closed)


def _on_teeth(shapes: dict[str, Table], lane: Table) -> dict[str, Table]:
    """The lower lip rolled in under the upper teeth."""
    mouth, nought = mouth_of(ON_TEETH), np.zeros_like(lane)
    names = dict.fromkeys([*shapes, *(name for name in _APART if mouth[name]), "mouthRollLower", "jawOpen"])
    result = {}
    for name in names:
        values = shapes.get(name, nought)
        stays = 0.0 if name in _GIVEN_UP else _LEFT.get(name, 1.0)
        result[name] = values * (1.0 - lane) + lane * np.maximum(stays * values, mouth[name])
    return result


def _closed(shapes: dict[str, Table], lane: Table) -> dict[str, Table]:
    nought, mouth = np.zeros_like(lane), mouth_of(CLOSED)
    result = {name: values * (1.0 - (1.0 - _LEFT.get(name, 1.0)) * lane) for name, values in shapes.items()}
    for name in ("mouthRollLower", "mouthRollUpper", "mouthPressLeft", "mouthPressRight"):
        result[name] = np.maximum(result.get(name, nought), lane * mouth[name])
    # The square root: lips meet before the lane is full, and do not wait for its last millisecond.
    result["mouthClose"] = np.maximum(result.get("mouthClose", nought), np.sqrt(lane) * result.get("jawOpen", nought))
    return result


def _spans(segments: Iterable[Segment], viseme: str) -> list[tuple[float, float]]:
    """When lips are together for a viseme, one span a run: the two of "lamp post" are one closure."""
    spans = []
    for key, run in groupby(segments, key=lambda segment: segment.viseme):
        if key == viseme:
            rows = list(run)
            end_s = rows[-1].end_s - _LEAD_S[viseme]
            spans.append((min(rows[0].start_s - _EARLIER_S, end_s - SHORTEST_S), end_s))
    return spans
