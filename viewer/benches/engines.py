"""`mien bench engines`: the generators' inference alone, on two threads: engines, precisions and batches side by side.

Rows take turns in several short rounds, so that a machine that slows down slows down all of them; figures are over all
rounds. ONNX Runtime in FP32 with its default options is what the others are compared with.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.neural.model import GeneratorModel
from viewer.benches.calibration import Calibration, Mood, load_average, moods_figures
from viewer.benches.child import ROOT, ChildError, ask

THREADS = 2
BATCHES = (1, 2, 4)
# Engine and precision, the baseline first.
ROWS = (
    ("ONNX Runtime", "fp32"), ("OpenVINO", "bf16"), ("OpenVINO", "int8"), ("OpenVINO", "fp32"),
    ("ONNX Runtime", "int8"), ("PyTorch eager", "fp32"),
)  # fmt: skip
GOAL = "OpenVINO at batch 1 at least 3 times as fast as ONNX Runtime fp32 (stretch 4)"
_ROUNDS, _RUNS, _WARM_UP = 8, 12, 5  # rounds: what `--compare` needs for a verdict


@dataclass
class EngineRow:
    """One line of the table, and what has been measured for it so far."""

    model: GeneratorModel
    engine: str
    precision: str
    batch: int
    missing: str = ""  # why there is nothing
    rounds: list[list[float]] = field(default_factory=list)  # milliseconds, a list a round
    core_ms: list[float] = field(default_factory=list)  # processor time a run, one number a round
    peak_mb: float = 0.0
    inputs_file: str = ""  # .npz; nothing: noise
    output: str = ""  # .npy to keep the first output in

    def request(self, runs: int, warm_up: int) -> str:
        """What the child process is to do, as JSON."""
        model = self.network
        assert model is not None
        inputs = [(said.name, (self.batch, *said.shape), said.dtype) for said in model.signature.inputs]
        what = {"engine": self.engine, "precision": self.precision, "path": str(model.path), "inputs": inputs}
        files = {"inputs_file": self.inputs_file, "output": self.output}
        return json.dumps(what | files | {"threads": THREADS, "runs": runs, "warm_up": warm_up})

    def unavailable(self) -> str:
        """Why this row cannot run here, or nothing."""
        if self.network is None:
            return f"{self.model.path.with_suffix(f'.{self.precision}.onnx').name} is not there"
        if self.engine == "PyTorch eager" and not interpreter(self.engine).exists():
            return "PyTorch is only in the recipes' environment; ./run recipe generator --help makes it"
        return ""

    def figures(self) -> dict[str, Any]:
        """The row as plain values."""
        name = {"generator": self.model.name, "engine": self.engine, "precision": self.precision, "batch": self.batch}
        if self.missing:
            return name | {"missing": self.missing}
        times = [one for each in self.rounds for one in each]
        median, p95 = np.percentile(times, [50, 95])
        told = {"median_ms": round(float(median), 2), "p95_ms": round(float(p95), 2)}
        samples = {"time_ms": [round(float(np.median(each)), 4) for each in self.rounds], "core_ms": self.core_ms}
        return name | told | {"peak_mb": round(self.peak_mb), "runs": len(times), "samples": samples}

    @property
    def network(self) -> GeneratorModel | None:
        """The file that it runs."""
        return self.model.variant("int8") if self.precision == "int8" else self.model


def measure_engines(models: Sequence[GeneratorModel], *, quick: bool = False) -> dict[str, Any]:
    """All rows of all generators; `quick` measures one round of a few runs at batch 1, for tests."""
    batches, rounds, runs, warm_up = ((1,), 1, 3, 1) if quick else (BATCHES, _ROUNDS, _RUNS, _WARM_UP)
    rows = [EngineRow(model, *which, batch) for model in models for batch in batches for which in ROWS]
    load = warn_if_busy()
    for row in rows:
        row.missing = row.unavailable()
    calibration, moods = Calibration(), list[Mood]()
    for number in range(1, rounds + 1):
        moods.append(calibration.measure())
        for place, row in enumerate(rows, 1):
            print(f"\rround {number} of {rounds}, row {place} of {len(rows)} ", end="", file=sys.stderr, flush=True)
            if not row.missing:
                run_row(row, runs, warm_up)
    print(file=sys.stderr)
    told = {"rows": with_ratios([row.figures() for row in rows]), "threads": THREADS, "load_average": load}
    return told | moods_figures(moods)


def run_row(row: EngineRow, runs: int, warm_up: int) -> None:
    """One turn of one row in a process of its own; what goes wrong becomes the row's reason."""
    try:
        told = ask(interpreter(row.engine), "viewer.benches.engine_row", row.request(runs, warm_up))
    except ChildError as reason:
        row.missing = str(reason)
        return
    row.rounds.append(told["times_ms"])
    row.core_ms.append(round(told["core_ms"], 4))
    row.peak_mb = max(row.peak_mb, told["peak_mb"])


def interpreter(engine: str) -> Path:
    """The Python that has the engine."""
    if engine == "PyTorch eager":
        return ROOT / ".venv-recipes" / "bin" / "python"
    return Path(sys.executable)


def warn_if_busy() -> float | None:
    """The load average of the last minute, with a warning if somebody else is computing; None where there is none."""
    load = load_average()
    if load is None:
        return None
    busy = "; THE MACHINE IS BUSY: times will be too long" if load > 0.5 else ""
    print(f"load average before measuring: {load:.2f}{busy}", file=sys.stderr)
    return load


def with_ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with how many times as fast as the baseline of its generator and batch it is."""
    engine, precision = ROWS[0]
    baseline = {
        (row["generator"], row["batch"]): row.get("median_ms")
        for row in rows
        if (row["engine"], row["precision"]) == (engine, precision)
    }
    for row in rows:
        base = baseline.get((row["generator"], row["batch"]))
        if base and "median_ms" in row:
            row["times_faster"] = round(base / row["median_ms"], 2)
    return rows


def print_table(figures: dict[str, Any]) -> None:
    """The rows for people."""
    headings = f"{'batch':>5}{'median ms':>11}{'p95':>8}{'MB':>7}{'times':>7}"
    print(f"{'generator':<10}{'engine':<15}{'precision':<10}{headings}")
    for row in figures["rows"]:
        start = f"{row['generator']:<10}{row['engine']:<15}{row['precision']:<10}{row['batch']:>5}"
        if "missing" in row:
            print(f"{start}  missing: {row['missing']}")
            continue
        times = f"{row['times_faster']:.2f}" if "times_faster" in row else "-"
        print(f"{start}{row['median_ms']:>11.1f}{row['p95_ms']:>8.1f}{row['peak_mb']:>7}{times:>7}")
    print(f"{THREADS} threads on {THREADS} cores; times: as fast as {' '.join(ROWS[0])} with default options")
    print(f"goal: {GOAL}")
