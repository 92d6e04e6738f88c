"""Stage timings side by side: medians with their spread, and what became slower or faster beyond noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.timing import BESIDE, STAGES

Floats = NDArray[np.float64]

RESAMPLES, BLOCK = 1000, 8  # frames that follow each other are alike: they are drawn in blocks
LEAST_MS = 0.05  # a difference that matters to nobody, however sure it is
FEWEST = 16  # frames of a stage, below which nothing is said of it
SLOWER, FASTER, SAME, FEW = "slower", "faster", "same within noise", "too few frames"


@dataclass(frozen=True)
class StageShift:
    """One stage, recorded against replayed, in ms. `low`, `high`: the 95 % interval of the medians' difference."""

    stage: str
    recorded: tuple[float, float, float]  # quartiles: 25, 50, 75 %
    replayed: tuple[float, float, float]
    low: float
    high: float
    verdict: str

    @property
    def difference(self) -> float:
        """Replayed less recorded, of the medians."""
        return self.replayed[1] - self.recorded[1]

    def line(self) -> str:
        """As a row of a table."""
        word = f"{self.stage} {abs(self.difference):.1f} ms {self.verdict}"
        told = word if self.verdict in (SLOWER, FASTER) else self.verdict
        return f"{self.stage:<10}{_cell(self.recorded):>26}{_cell(self.replayed):>26}  {told}"

    def figures(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self) | {"difference": self.difference}


def heading() -> str:
    """The table's first line."""
    return f"{'median ms':<10}{'recorded (middle half)':>26}{'replayed (middle half)':>26}"


def _cell(quartiles: tuple[float, float, float]) -> str:
    low, middle, high = quartiles
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def compare_stages(
    recorded: Mapping[str, Iterable[float]], replayed: Mapping[str, Iterable[float]]
) -> list[StageShift]:
    """Every stage that both have, in the order a frame passes them."""
    order = {name: number for number, name in enumerate((*STAGES, *BESIDE))}
    shared = sorted(set(recorded) & set(replayed), key=lambda name: (order.get(name, len(order)), name))
    pairs = ((name, _known(recorded[name]), _known(replayed[name])) for name in shared)
    return [_shift(name, before, after) for name, before, after in pairs if before.size and after.size]


def _known(values: Iterable[float]) -> Floats:
    found = np.array(list(values), np.float64)
    return found[np.isfinite(found)]


def _shift(name: str, before: Floats, after: Floats) -> StageShift:
    random = np.random.default_rng(0)
    differences = _medians(after, random) - _medians(before, random)
    low, high = (float(value) for value in np.percentile(differences, (2.5, 97.5)))
    step = float(np.median(after) - np.median(before))
    verdict = SAME
    if min(before.size, after.size) < FEWEST:
        verdict = FEW
    elif abs(step) >= LEAST_MS and (low > 0 or high < 0):
        verdict = SLOWER if step > 0 else FASTER
    return StageShift(name, _quartiles(before), _quartiles(after), low, high, verdict)


def _quartiles(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.percentile(values, (25, 50, 75))
    return float(low), float(middle), float(high)


def _medians(values: Floats, random: np.random.Generator) -> Floats:
    """Medians of moving-block bootstrap samples; Künsch, Ann. Statist. 17 (1989)."""
    block = min(BLOCK, values.size)
    count = -(-values.size // block)
    starts = random.integers(0, values.size - block + 1, (RESAMPLES, count))
    drawn = values[starts[..., None] + np.arange(block)].reshape(RESAMPLES, -1)
    medians: Floats = np.median(drawn[:, : values.size], axis=1)
    return medians
