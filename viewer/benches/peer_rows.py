"""One line of `mien bench peers`: somebody who does the same work on the same input, what it took, how it differs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

_COMPARED = ("median_ms", "core_ms")


@dataclass(frozen=True)
class Round:
    """Some runs in a row."""

    times_ms: list[float]
    core_ms: float  # processor time of all threads, a run


@dataclass
class PeerRow:
    """`part` is the work; the first row of a part is what the others are compared with."""

    part: str
    name: str
    missing: str = ""  # why there is nothing
    difference: str = ""  # of its result from the first row's
    remark: str = ""  # what else is not the same
    rounds: list[Round] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """The row as plain values, with one sample a round."""
        told: dict[str, Any] = {"peers": self.part, "name": self.name}
        texts = {"missing": self.missing, "difference": self.difference, "remark": self.remark}
        told |= {name: text for name, text in texts.items() if text}
        if self.missing or not self.rounds:
            return told
        median, p95 = np.percentile([one for each in self.rounds for one in each.times_ms], [50, 95])
        samples = {
            "time_ms": [round(float(np.median(each.times_ms)), 4) for each in self.rounds],
            "core_ms": [round(each.core_ms, 4) for each in self.rounds],
        }
        numbers = {"median_ms": float(median), "p95_ms": float(p95), "core_ms": float(np.median(samples["core_ms"]))}
        return told | {name: round(value, 3) for name, value in numbers.items()} | {"samples": samples}


def timed_round(step: Callable[[], object], runs: int) -> Round:
    """Time some runs of a step."""
    times, cores = [], time.process_time()
    for _ in range(runs):
        start = time.perf_counter_ns()
        step()
        times.append((time.perf_counter_ns() - start) / 1e6)
    return Round(times, (time.process_time() - cores) * 1e3 / max(runs, 1))


class Part(Protocol):
    """Work that several do."""

    def play(self, runs: int, warm_up: int) -> None:
        """One round of everybody who does it."""

    def rows(self) -> list[PeerRow]:
        """What came of all rounds."""


def with_ratios(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with how many times as long as the first row of its part it takes, in time and in processor time."""
    first: dict[str, dict[str, Any]] = {}
    result = []
    for row in rows:
        base = first.setdefault(row["peers"], row)
        if "median_ms" in row and "median_ms" in base:
            row = row | {f"times_{name}": round(row[name] / base[name], 2) for name in _COMPARED if base[name]}
        result.append(row)
    return result


def print_table(rows: Sequence[dict[str, Any]]) -> None:
    """The rows for people, a table a part."""
    part = ""
    for row in rows:
        if row["peers"] != part:
            part = row["peers"]
            print(f"\n{part}\n{'':<32}{'median ms':>11}{'p95':>9}{'core-ms':>9}{'times':>8}{'cores':>8}  difference")
        _print_row(row)
    print("\ntimes, cores: time and processor time as multiples of the first row's")


def _print_row(row: dict[str, Any]) -> None:
    if "missing" in row:
        print(f"{row['name']:<32}  missing: {row['missing']}")
        return
    times = f"{row['median_ms']:>11.2f}{row['p95_ms']:>9.2f}{row['core_ms']:>9.2f}"
    multiples = (row.get(f"times_{name}") for name in _COMPARED)
    ratios = "".join(f"{'-':>8}" if times is None else f"{times:>7.2f}×" for times in multiples)
    told = "; ".join(text for text in (row.get("difference"), row.get("remark")) if text)
    print(f"{row['name']:<32}{times}{ratios}  {told}")
