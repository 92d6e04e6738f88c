"""The kernels on this GPU: microseconds and bytes a second, beside what copying memory reaches here.

    python -m tests.hardware.kernel_times --json FILE       timed
    python -m tests.hardware.kernel_times --once            each launched once, for ncu and compute-sanitizer

Launches are replayed as a CUDA graph, so that nothing is measured of the CPU. "cold": so many copies of the same
pictures and tensors take turns that the L2 cache holds none of them when its turn comes; "warm": one set again and
again, which is what a frame finds whose pictures were just drawn.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.cuda.calls import call
from gpu_core.cuda.graphs import capture
from gpu_core.cuda.trial import Trial
from viewer.benches.kernels import Case, Launch, cases

COLD_BYTES = 1 << 29  # of all copies together: several times the largest L2 there is
MOST_COPIES = 96
LAUNCHES, REPLAYS = 96, 9
_COPY_BYTES = 1 << 30


class Bench:
    """`Trial` with random content instead of the zeros that cases bring: zeros are easier on memory."""

    def __init__(self, trial: Trial) -> None:
        self._trial, self._chance = trial, np.random.default_rng(1)
        self.kernels, self.stream = trial.kernels, trial.stream
        self._known: dict[Any, Any] = {}  # by shape and type: making random numbers takes longer than all launches

    def surface(self, picture: Any) -> Any:
        return self._trial.surface(self._filled(picture))

    def memory(self, array: Any) -> Any:
        return self._trial.memory(self._filled(array))

    def _filled(self, array: Any) -> Any:
        key = array.shape, array.dtype
        if key not in self._known:
            whole = array.dtype == np.uint8
            made = self._chance.integers(0, 256, array.shape) if whole else self._chance.random(array.shape, np.float32)
            self._known[key] = made.astype(array.dtype)
        return self._known[key]


def main() -> None:
    """Time all cases, or launch each once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.once:
        once()
        return
    figures = measured()
    print_table(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


def once() -> None:
    """Every case, launched and waited for."""
    with Trial() as trial:
        bench = Bench(trial)
        for case in cases():
            case.prepare(bench)()
            trial.stream.sync()
            print(f"launched {case.name}")


def measured() -> dict[str, Any]:
    """Each case in a trial of its own, so that its memory goes again."""
    rows = []
    for case in cases():
        with Trial() as trial:
            rows.append(_row(case, trial))
            gpu = trial.info.name
    with Trial() as trial:
        return {"gpu": gpu, "copy_gb_s": _copy_speed(trial), "rows": rows}


def _row(case: Case, trial: Trial) -> dict[str, Any]:
    bench = Bench(trial)
    copies = max(2, min(MOST_COPIES, COLD_BYTES // case.bytes_needed))
    launches = [case.prepare(bench) for _ in range(copies)]
    cold, warm = _replayed(trial, bench, launches), _replayed(trial, bench, launches[:1])
    return {
        "name": case.name, "kernel": case.kernel, "bytes_needed": case.bytes_needed, "copies": copies,
        "cold_us": cold, "warm_us": warm, "cold_gb_s": case.bytes_needed / cold / 1e3,
        "warm_gb_s": case.bytes_needed / warm / 1e3,
    }  # fmt: skip


def _replayed(trial: Trial, bench: Bench, launches: list[Launch]) -> float:
    """Median microseconds of one launch within a graph of many."""
    from cuda.core import Stream

    count = max(LAUNCHES // len(launches), 1) * len(launches)

    def work(handle: int) -> None:
        bench.stream = Stream.from_handle(handle)
        for number in range(count):
            launches[number % len(launches)]()

    launches[0]()  # loads the kernel, which a capture forbids
    graph = capture(trial._cuda, work)
    bench.stream = trial.stream
    trial.time_us(lambda: graph.launch(trial.stream), 2)
    times = [trial.time_us(lambda: graph.launch(trial.stream), 1) / count for _ in range(REPLAYS)]
    graph.close()
    return float(np.median(times))


def _copy_speed(trial: Trial) -> float:
    """Gigabytes read and written a second by the driver's own copy on the device."""
    stream = trial.stream
    source, target = (trial._cuda.allocate(_COPY_BYTES, stream) for _ in range(2))

    def copy() -> None:
        call("cuMemcpyDtoDAsync", int(target.handle), int(source.handle), _COPY_BYTES, stream.handle)

    trial.time_us(copy, 3)
    times = [trial.time_us(copy, 4) for _ in range(5)]
    source.close()
    target.close()
    return 2 * _COPY_BYTES / float(np.median(times)) / 1e3


def print_table(figures: dict[str, Any]) -> None:
    """For people."""
    copied = figures["copy_gb_s"]
    print(f"{figures['gpu']}: copying memory moves {copied:.0f} GB/s, bytes read and written")
    print(f"{'launch':<56}{'bytes':>12}{'floor us':>9}{'cold us':>9}{'GB/s':>7}{'of copy':>9}{'warm us':>9}")
    for row in figures["rows"]:
        floor = row["bytes_needed"] / copied / 1e3
        print(
            f"{row['name']:<56}{row['bytes_needed']:>12,}{floor:>9.2f}{row['cold_us']:>9.2f}{row['cold_gb_s']:>7.0f}"
            f"{row['cold_gb_s'] / copied:>9.0%}{row['warm_us']:>9.2f}"
        )


if __name__ == "__main__":
    main()
