"""What became slower or faster between two files of one bench, beyond noise.

A sample is one round's number, for frames within a round follow each other too closely to count one by one. Old and new
rounds are compared by the Mann-Whitney U test, exact where no two samples are equal; the ratio is that of the medians,
its interval a bootstrap over rounds; the tests of all rows and metrics share one error level (Holm, Scand. J. Stat. 6,
1979). Where both files timed the same fixed work beside their rounds, nothing counts as slower or faster that is not so
divided by what became of that: the ratio is beyond the threshold, and its interval (99 %) beyond 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from viewer.benches.bench_samples import LEAST_MEASURE, BenchFile, Key, Samples

Floats: TypeAlias = NDArray[np.float64]

SURE = 0.99  # of what is left when the machine's mood is taken out: half the files are from a slower hour
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
class Beside:
    """A ratio divided by how many times as long the fixed work took; `low` and `high` are its 99 % interval."""

    ratio: float
    low: float
    high: float

    def bears_out(self, called: str, threshold: float) -> bool:
        """Whether something is still slower, or faster, when the machine's own change is taken out."""
        if called == SLOWER:
            return self.ratio >= 1.0 + threshold and self.low > 1.0
        return self.ratio <= 1.0 / (1.0 + threshold) and self.high < 1.0


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
    beside_machine: Beside | None = None

    def figures(self) -> dict[str, Any]:
        """As plain values; what is not known is left out."""
        told: dict[str, Any] = {"row": self.row, "metric": self.metric, "verdict": self.verdict}
        told |= {"old": self.old, "new": self.new, "rounds": list(self.rounds), "p_holm": self.p_holm}
        if self.test:
            told |= {"slower": self.test.ratio, "slower_95": [self.test.low, self.test.high], "p": self.test.p}
        if self.beside_machine:
            told["slower_beside_machine"] = self.beside_machine.ratio
            told["slower_beside_machine_99"] = [self.beside_machine.low, self.beside_machine.high]
        return {name: value for name, value in told.items() if value == value}


def compare(old: BenchFile, new: BenchFile, *, threshold: float) -> list[Verdict]:
    """A verdict for each row and metric of either file; `threshold` is the least change that counts, a share of 1."""
    shared = [key for key in old.series if key in new.series]
    tests = {key: tested(old.series[key], new.series[key], key[1]) for key in shared}
    p = _adjusted(tests)
    verdicts = []
    for key in shared:
        sure = _called(tests[key], p.get(key, math.nan), len(p), threshold, _gap(old, new, key))
        beside = _beside_machine(old, new, key) if sure in (SLOWER, FASTER) else None
        if beside and not beside.bears_out(sure, threshold):
            sure = MACHINE
        medians = _median(old, key), _median(new, key)
        rounds = len(old.series[key]), len(new.series[key])
        verdicts.append(Verdict(*key, sure, *medians, rounds, tests[key], p.get(key, math.nan), beside))
    return verdicts + _unshared(old, new)


def tested(old: Samples, new: Samples, metric: str) -> Shift | None:
    """The test of one metric; None where it cannot be: fewer than two rounds, or nothing but noughts."""
    if min(len(old), len(new)) < 2 or min(np.median(old), np.median(new)) < LEAST_MEASURE:
        return None
    a, b = _slow_last(old, new, metric)
    p = float(stats.mannwhitneyu(a, b, method="exact" if _all_differ(a, b) else "asymptotic").pvalue)
    return Shift(float(_ratio(b, a)), *_interval((b, a), 0.95), p, _least_p(a.size, b.size))


def _slow_last(old: Samples, new: Samples, metric: str) -> tuple[Floats, Floats]:
    """Both as arrays; exchanged if more is better, so that the second over the first is how much slower it became."""
    arrays = np.array(old), np.array(new)
    return arrays if not is_rate(metric) else arrays[::-1]


def _interval(samples: tuple[Floats, ...], level: float) -> tuple[float, float]:
    """A bootstrap interval of `_ratio`, always the same for the same samples."""
    found = stats.bootstrap(
        samples, _ratio, n_resamples=RESAMPLES, vectorized=True, method="percentile", confidence_level=level,
        rng=np.random.default_rng(0),
    ).confidence_interval  # fmt: skip
    return float(found.low), float(found.high)


def _least_p(a: int, b: int) -> float:
    """The test's p where all of one side lies above all of the other."""
    return 2 / math.comb(a + b, a)


def rounds_needed(tests: int) -> int:
    """How many rounds in each file are enough to be sure of one difference among so many tests."""
    return next(count for count in range(2, 100) if _least_p(count, count) * max(tests, 1) <= LEVEL)


def is_rate(metric: str) -> bool:
    """Whether more of it is better."""
    return metric == "fps" or metric.endswith(("_fps", "_per_s"))


def _ratio(*samples: Floats, axis: int = -1) -> Floats:
    """Median over median, and so on in pairs, each divided by the next pair's."""
    medians = [np.maximum(np.median(each, axis=axis), LEAST_MEASURE) for each in samples]
    result: Floats = medians[0] / medians[1]
    return result if len(medians) == 2 else result / (medians[2] / medians[3])


def _all_differ(a: Floats, b: Floats) -> bool:
    return np.unique(np.concatenate([a, b])).size == a.size + b.size


def _beside_machine(old: BenchFile, new: BenchFile, key: Key) -> Beside | None:
    """What is left of a ratio beside the fixed work, whose processor time stands for processor time."""
    of = "core" if key[1] == "core_ms" else "time"
    moods = np.array(old.moods.get(of, ())), np.array(new.moods.get(of, ()))
    if min(mood.size for mood in moods) < 2:
        return None
    a, b = _slow_last(old.series[key], new.series[key], key[1])
    samples = (b, a, moods[1], moods[0])
    return Beside(float(_ratio(*samples)), *_interval(samples, SURE))


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
    """The verdict by time alone. `p` is adjusted: what it is sure of is no matter of too few rounds."""
    if test is None:
        return UNKNOWN
    if p > LEVEL:
        return FEW if test.least_p * family > LEVEL else SAME
    if gap < LEAST_MS:
        return SAME
    if test.ratio >= 1.0 + threshold:
        return SLOWER
    return FASTER if test.ratio <= 1.0 / (1.0 + threshold) else SAME


def _gap(old: BenchFile, new: BenchFile, key: Key) -> float:
    """Milliseconds between the medians; without end for what is not measured in them."""
    return abs(_median(old, key) - _median(new, key)) if key[1].endswith("_ms") else math.inf


def _median(file: BenchFile, key: Key) -> float:
    return float(np.median(file.series[key])) if file.series[key] else math.nan


def _unshared(old: BenchFile, new: BenchFile) -> list[Verdict]:
    gone = [key for key in old.series if key not in new.series]
    come = [key for key in new.series if key not in old.series]
    return [
        *(Verdict(*key, ONLY_OLD, _median(old, key), math.nan, (len(old.series[key]), 0)) for key in gone),
        *(Verdict(*key, ONLY_NEW, math.nan, _median(new, key), (0, len(new.series[key]))) for key in come),
    ]


def machine_slower(old: BenchFile, new: BenchFile) -> float | None:
    """How many times as long the fixed work took in the new file: the machine, not the program. None: not timed."""
    moods = [file.moods.get("time", ()) for file in (old, new)]
    return float(np.median(moods[1]) / np.median(moods[0])) if all(moods) else None


def drifts(samples: Samples, *, among: int = 1) -> bool:
    """Whether they rise or fall with the rounds, so that they are not draws of one and the same machine.

    `among` so many series that are asked: one in a hundred of them would seem to by chance (Bonferroni).
    """
    if len(samples) < 6 or len(set(samples)) < 2:
        return False
    return bool(stats.spearmanr(range(len(samples)), samples).pvalue * among < 0.01)
