"""Where lips touch, whatever the tempo: lip on lip for p, b and m, lip on teeth for f and v.

Dominance functions undershoot in fast speech, which a real mouth does with vowels and never with these: a p without a
closure is another sound. So contacts are lanes of their own, laid over what coarticulation gives. `mouthClose` closes
lips over an open jaw: by its definition in ARKit, as much of it as of jawOpen brings lips together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np

from viewer.speech.coarticulation import Table, near
from viewer.speech.visemes import Segment, mouth_of

CLOSED, ON_TEETH = "PP", "FF"
# Lips come and go in these times; they are together for at least a frame of 25 fps and some more. Löfqvist and Gracco
# (1997) measured 100 to 150 ms from open to closed and back.
SHORTEST_S, COMING_S, GOING_S = 0.055, 0.085, 0.055
_COMING_SHARE = COMING_S / (
    COMING_S + GOING_S
)  # of a short time between two closures: they part in "papa", however fast
_QUICKEST_S = 0.02
# Lips begin to part so much before the end of a sound, for then the gap is seen (0.5 mm) when the burst is heard.
_LEAD_S = {CLOSED: 0.024, ON_TEETH: 0.01}
_EARLIER_S = 0.02  # and they are together this much before it begins
# What pulls lips apart is let go as they meet; rounding stays in part: "boo" is rounded in its b already.
_APART = (
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthStretchLeft",
    "mouthStretchRight", "mouthSmileLeft", "mouthSmileRight", "mouthShrugUpper", "tongueOut", "mouthFrownLeft",
    "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "noseSneerLeft", "noseSneerRight",
)  # fmt: skip
_ROUNDING, _ROUND_LEFT = ("mouthFunnel", "mouthPucker"), 0.25
_JAW_LEFT = 0.45  # of what the vowels around want: the jaw rises for a closure, and need not shut


def contact(segments: Sequence[Segment], viseme: str, times: Table) -> Table:
    """How far lips are together, 0..1 at moments in seconds."""
    lane, spans = np.zeros(len(times)), _spans(segments, viseme)
    for place, (start_s, end_s) in enumerate(spans):
        before = start_s - spans[place - 1][1] if place else np.inf
        after = spans[place + 1][0] - end_s if place + 1 < len(spans) else np.inf
        coming = min(COMING_S, max(_COMING_SHARE * before, _QUICKEST_S))
        going = min(GOING_S, max((1.0 - _COMING_SHARE) * after, _QUICKEST_S))
        corners = [start_s - coming, start_s, end_s, end_s + going]
        rows = near(times, corners[0], corners[-1])
        lane[rows] = np.maximum(lane[rows], _eased(np.interp(times[rows], corners, [0.0, 1.0, 1.0, 0.0])))
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
    mouth = mouth_of(ON_TEETH)
    names = dict.fromkeys([*shapes, *(name for name in _APART if mouth[name]), "mouthRollLower", "jawOpen"])
    nought = np.zeros_like(lane)
    return {name: shapes.get(name, nought) * (1.0 - lane) + lane * mouth[name] if name in _MOUTH else shapes[name]
            for name in names}  # fmt: skip


def _closed(shapes: dict[str, Table], lane: Table) -> dict[str, Table]:
    nought, mouth = np.zeros_like(lane), mouth_of(CLOSED)
    result = dict(shapes)
    for names, left in ((_APART, 0.0), (_ROUNDING, _ROUND_LEFT), (("jawOpen",), _JAW_LEFT)):
        for name in names:
            if name in result:
                result[name] = result[name] * (1.0 - (1.0 - left) * lane)
    for name in ("mouthRollLower", "mouthRollUpper", "mouthPressLeft", "mouthPressRight"):
        result[name] = np.maximum(result.get(name, nought), lane * mouth[name])
    # The square root: lips meet before the lane is full, and do not wait for its last millisecond.
    result["mouthClose"] = np.maximum(result.get("mouthClose", nought), np.sqrt(lane) * result.get("jawOpen", nought))
    return result


_MOUTH = frozenset({*_APART, *_ROUNDING, "jawOpen", "mouthRollLower", "mouthRollUpper", "mouthPressLeft",
                    "mouthPressRight", "mouthClose"})  # fmt: skip


def _spans(segments: Iterable[Segment], viseme: str) -> list[tuple[float, float]]:
    """When lips are together for a viseme, one span a run: the two of "lamp post" are one closure."""
    spans = []
    for key, run in groupby(segments, key=lambda segment: segment.viseme):
        if key == viseme:
            rows = list(run)
            end_s = rows[-1].end_s - _LEAD_S[viseme]
            spans.append((min(rows[0].start_s - _EARLIER_S, end_s - SHORTEST_S), end_s))
    return spans


def _eased(lane: Table) -> Table:
    result: Table = lane * lane * (3 - 2 * lane)
    return result
