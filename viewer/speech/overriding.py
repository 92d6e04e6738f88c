"""What somebody has decided over an analysis: this clause is that joyful, this word stands out so much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from viewer.speech.analysis import EMOTIONS, Evidence, Lane, Mark
from viewer.speech.lanes import laid_over

EXCITEMENT, STRESS = "excitement", "stress"
LANES = (*EMOTIONS, EXCITEMENT, STRESS)
WHY = "set by hand"


@dataclass(frozen=True)
class Override:
    """A lane's value over some characters of `Analysis.text`, whatever was found there."""

    lane: str  # one of LANES
    start: int
    end: int
    value: float  # 0..1


def overridden(lane: Lane, name: str, overrides: Iterable[Override]) -> Lane:
    """A lane with what was decided over it, in order."""
    for each in overrides:
        if each.lane == name:
            why = Evidence(each.start, each.end, WHY)
            lane = laid_over(lane, Mark(each.start, each.end, min(max(each.value, 0.0), 1.0), (why,)))
    return lane


def all_overridden(lanes: Mapping[str, Lane], overrides: tuple[Override, ...]) -> dict[str, Lane]:
    """The emotions' lanes with what was decided over them; those that are empty are left out."""
    result = {name: overridden(lanes.get(name, ()), name, overrides) for name in EMOTIONS}
    return {name: lane for name, lane in result.items() if lane}


def with_override(overrides: tuple[Override, ...], new: Override) -> tuple[Override, ...]:
    """One more; what it covers whole is forgotten."""
    kept = (
        each for each in overrides
        if each.lane != new.lane or not (new.start <= each.start and each.end <= new.end)
    )  # fmt: skip
    return (*kept, new)
