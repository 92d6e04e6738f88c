"""Short performances that are the same on every machine and every day: what `mien bench pipeline` plays."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from viewer.performance.builtin import BUILTIN

RATE = 30.0  # frames a second that the takes are sampled at, whatever rate they are played at
_TALK_FROM_S = 2.0  # the mouth is under way
_MOST = 0.5  # of each shape where everything moves: all 52 at full weight tear a face apart


@dataclass(frozen=True)
class FixedTake:
    """Expressions in the order in which they are played."""

    name: str
    expressions: tuple[Expression, ...]


def fixed_takes(frames: int) -> tuple[FixedTake, ...]:
    """A face at rest, one that talks, and one of which everything moves; `frames` expressions each."""
    times = [number / RATE for number in range(frames)]
    talk = BUILTIN["talk"]
    return (
        FixedTake("still face", (NEUTRAL,) * frames),
        FixedTake("talking", tuple(talk.at(_TALK_FROM_S + t) for t in times)),
        FixedTake("everything moves", tuple(_everything(t) for t in times)),
    )


def _everything(t: float) -> Expression:
    """All 52 shapes on sines of their own, none ever at rest for two frames, and the head turning: no face a person
    makes, but the most that posing ever has to do."""
    weights = [_MOST * (0.5 + 0.5 * math.sin(2 * math.pi * (0.5 + i / 40) * t + i)) for i in range(len(ARKIT_SHAPES))]
    head = NEUTRAL.with_head(yaw=10 * math.sin(3 * t), pitch=6 * math.sin(2 * t), roll=4 * math.cos(t))
    return head.with_weights(dict(zip(ARKIT_SHAPES, weights, strict=True)))
