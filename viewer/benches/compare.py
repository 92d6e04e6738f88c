"""What became slower or faster between two files of one bench, beyond noise.

A sample is one round's number, for frames within a round follow each other too closely to count one by one. Old and new
rounds are compared by the Mann-Whitney U test, exact where no two samples are equal; the ratio is that of the medians,
its interval a bootstrap over rounds; the tests of all rows and metrics share one error level (Holm, Scand. J. Stat. 6,
1979). Where both files timed the same fixed work beside each round, everything is tested once more divided by it:
slower counts only what is slower both ways.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from viewer.benches.bench_samples import LEAST_MEASURE, BenchFile, Key, Series

LEVEL = 0.05  # of ever calling a difference real where there is none, over all tests of one comparison
RESAMPLES = 2000
LEAST_MS = 0.05  # a difference that matters to nobody, however sure it is
SLOWER, FASTER, SAME, FEW, MACHINE = "slower", "faster", "same", "too few rounds", "as the machine"
UNKNOWN = "not comparable"  # one of them takes no time at all
ONLY_OLD, ONLY_NEW = "only in the old", "only in the new"
UNTOLD = frozenset({FEW, UNKNOWN, ONLY_OLD, ONLY_NEW})


@dataclass(frozen=True)
class Shift:
    """One metric, old against new. `ratio` above 1 is slower, whichever way the metric counts."""

    ratio: float
    low: float  # 95 % interval of the ratio
    high: float
    p: float  # of the two-sided test
    least_p: float  # the smallest that so few rounds can give


@dataclass(frozen=True)
class Verdict:
    """What came of one metric of one row. Medians are NaN where a file has none."""

    row: str
    metric: str
    verdict: str
    old: float
    new: float
    rounds: tuple[int, int]
    test: Shift | None = None
    p_holm: float = math.nan
    beside_machine: Shift | None = None  # the same divided by the calibration

    def figures(self) -> dict[str, Any]:
        """As plain values; what is not known is left out."""
        told: dict[str, Any] = {"row": self.row, "metric": self.metric, "verdict": self.verdict}
        told |= {"old": self.old, "new": self.new, "rounds": list(self.rounds), "p_holm": self.p_holm}
        if self.test:
            told |= {"slower": self.test.ratio, "slower_95": [self.test.low, self.test.high], "p": self.test.p}
        if self.beside_machine:
            told["slower_beside_machine"] = self.beside_machine.ratio
        return {name: value for name, value in told.items() if value == value}


def compare(old: BenchFile, new: BenchFile, *, threshold: float) -> list[Verdict]:
    """A verdict for each row and metric of either file; `threshold` is the least change that counts, a share of 1."""
    shared = [key for key in old.series if key in new.series]
    tests = {key: tested(old.series[key], new.series[key], key[1]) for key in shared}
    beside = {key: _beside_machine(old.series[key], new.series[key], key[1]) for key in shared}
    p_raw, p_beside = _adjusted(tests), _adjusted(beside)
    verdicts = []
    for key in shared:
        sure = _called(tests[key], p_raw.get(key, math.nan), len(p_raw), threshold, _gap(old, new, key))
        if sure == SLOWER and (second := beside[key]) is not None:
            again = _called(second, p_beside[key], len(p_beside), threshold, math.inf)
            sure = SLOWER if again == SLOWER else MACHINE
        medians = _median(old, key), _median(new, key)
        rounds = len(old.series[key].values), len(new.series[key].values)
        verdicts.append(Verdict(*key, sure, *medians, rounds, tests[key], p_raw.get(key, math.nan), beside[key]))
    return verdicts + _unshared(old, new)


def tested(old: Series, new: Series, metric: str) -> Shift | None:
    """The test of one metric; None where it cannot be: fewer than two rounds, or nothing but noughts."""
    a, b = np.array(old.values), np.array(new.values)
    if min(a.size, b.size) < 2 or min(np.median(a), np.median(b)) < LEAST_MEASURE:
        return None
    if is_rate(metric):  # so that more is slower here as well
        a, b = b, a
    p = float(stats.mannwhitneyu(a, b, method="exact" if _all_differ(a, b) else "asymptotic").pvalue)
    interval = stats.bootstrap(
        (b, a), _ratio, n_resamples=RESAMPLES, vectorized=True, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    ratio = float(np.median(b) / np.median(a))
    return Shift(ratio, float(interval.low), float(interval.high), p, _least_p(a.size, b.size))


def _least_p(a: int, b: int) -> float:
    """The test's p where all of one side lies above all of the other."""
    return 2 / math.comb(a + b, a)


def rounds_needed(tests: int) -> int:
    """How many rounds in each file are enough to be sure of one difference among so many tests."""
    return next(count for count in range(2, 100) if _least_p(count, count) * max(tests, 1) <= LEVEL)


def is_rate(metric: str) -> bool:
    """Whether more of it is better."""
    return metric == "fps" or metric.endswith(("_fps", "_per_s"))


def _ratio(b: NDArray[np.float64], a: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.median(b, axis=axis) / np.maximum(np.median(a, axis=axis), LEAST_MEASURE)
    return result


def _all_differ(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return np.unique(np.concatenate([a, b])).size == a.size + b.size


def _beside_machine(old: Series, new: Series, metric: str) -> Shift | None:
    if not old.calibration or not new.calibration:
        return None
    level = float(np.median(old.calibration + new.calibration))
    return tested(_divided(old, level, metric), _divided(new, level, metric), metric)


def _divided(series: Series, level: float, metric: str) -> Series:
    """The samples as a machine of that calibration would have given them."""
    slow = [ms / level for ms in series.calibration]
    pairs = zip(series.values, slow, strict=True)
    return Series(tuple(value * mood if is_rate(metric) else value / mood for value, mood in pairs))


def _adjusted(tests: dict[Key, Shift | None]) -> dict[Key, float]:
    known = {key: test.p for key, test in tests.items() if test is not None}
    return dict(zip(known, holm(list(known.values())), strict=True))


def holm(p: Sequence[float]) -> list[float]:
    """Adjusted p-values: those at most `LEVEL` may be called real together."""
    result, highest = [0.0] * len(p), 0.0
    for rank, index in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        highest = max(highest, min(1.0, (len(p) - rank) * p[index]))
        result[index] = highest
    return result


def _called(test: Shift | None, p: float, family: int, threshold: float, gap: float) -> str:
    if test is None:
        return UNKNOWN
    if test.least_p * family > LEVEL:
        return FEW
    if p > LEVEL or gap < LEAST_MS:
        return SAME
    if test.ratio >= 1.0 + threshold:
        return SLOWER
    return FASTER if test.ratio <= 1.0 / (1.0 + threshold) else SAME


def _gap(old: BenchFile, new: BenchFile, key: Key) -> float:
    """Milliseconds between the medians; without end for what is not measured in them."""
    return abs(_median(old, key) - _median(new, key)) if key[1].endswith("_ms") else math.inf


def _median(file: BenchFile, key: Key) -> float:
    return float(np.median(file.series[key].values)) if file.series[key].values else math.nan


def _unshared(old: BenchFile, new: BenchFile) -> list[Verdict]:
    gone = [key for key in old.series if key not in new.series]
    come = [key for key in new.series if key not in old.series]
    return [
        *(Verdict(*key, ONLY_OLD, _median(old, key), math.nan, (len(old.series[key].values), 0)) for key in gone),
        *(Verdict(*key, ONLY_NEW, math.nan, _median(new, key), (0, len(new.series[key].values))) for key in come),
    ]


def machine_slower(old: BenchFile, new: BenchFile) -> float | None:
    """How many times as long the fixed work took in the new file: the machine, not the program. None: not timed."""
    moods = [[ms for series in file.series.values() for ms in series.calibration] for file in (old, new)]
    return float(np.median(moods[1]) / np.median(moods[0])) if all(moods) else None


def drifts(series: Series) -> bool:
    """Whether samples rise or fall with the rounds, so that they are not draws of one and the same machine."""
    if len(series.values) < 6 or len(set(series.values)) < 2:
        return False
    return bool(stats.spearmanr(range(len(series.values)), series.values).pvalue < 0.01)
