"""`mien bench window`: the real window, in a process of its own, driven through the same widgets a person uses.

What it measures comes back as JSON: see `viewer.measuring`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError

# What the window has to reach on two cores without a GPU; printed beside what it did reach.
GOALS = {
    "fps_delivered": "at least 20 (stretch 25)",
    "slider_to_frame_ms.p95": "at most 120",
    "recording.loss_percent": "at most 5",
    "drag_stall_ms.p99": "at most 50",
    "drag_stall_ms.worst": "at most 100",
    "idle_cpu_percent": "under 3",
    "first_face_s": "at most 3",
    "rss_mb": "at most 700",
}
STARTS = 3
_PATIENCE_S = 900.0


def measure_window(seconds: float, engine: list[str]) -> dict[str, Any]:
    """Start the window several times, the last time with the whole measurement; merges what they say.

    Args:
        engine: options of its engine, as on the command line.

    Raises:
        MienError: it does not start, or does not end.
    """
    starts = [_start(["--measure-seconds=0", *engine]) for _ in range(STARTS)]
    figures = _start([f"--measure-seconds={seconds}", *engine])
    starts.append({"first_face_s": figures["first_face_s"]})
    warm = sorted(start["first_face_s"] for start in starts[1:])  # the first start may find cold files
    figures["first_face_s"] = warm[len(warm) // 2]
    figures["first_face_s_each"] = [start["first_face_s"] for start in starts]
    return figures


def _start(arguments: list[str]) -> dict[str, Any]:
    """Run the window once with a measurement; the clock starts before the process does."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        started_ns = time.monotonic_ns()
        command = [*_launcher(), f"--measure={report}", f"--measure-from={started_ns}", *arguments]
        try:
            done = subprocess.run(command, check=False, timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise MienError(f"the window could not be measured: it took more than {_PATIENCE_S:.0f} s") from None
        if done.returncode or not report.exists():
            raise MienError(f"the window could not be measured: it ended with code {done.returncode}")
        figures: dict[str, Any] = json.loads(report.read_text())
        return figures


def _launcher() -> list[str]:
    """What a user starts: ./run in a checkout, else the module."""
    script = Path(__file__).resolve().parents[2] / "run"
    return [str(script)] if script.exists() else [sys.executable, "-m", "viewer"]


def print_table(figures: dict[str, Any]) -> None:
    """The figures for people, each beside its goal."""
    print(f"{'figure':<26}{'measured':>12}  goal")
    for name, goal in GOALS.items():
        value: Any = figures
        for part in name.split("."):
            value = value[part]
        print(f"{name:<26}{value:>12.2f}  {goal}")
    stalls, docks = figures["drag_stall_ms"], ", ".join(figures["drag_docks"])
    print(f"beats of the GUI thread during a drag with {docks} open: {stalls['stalled']} of {stalls['count']} late")
    worked = f"p99 {stalls['worked_p99']:.1f}, worst {stalls['worked_worst']:.1f} ms"
    print(f"of its own work between two beats: {worked}; the rest it waited for a core, or for Python's lock")
    cost = figures["recording"]
    rates = f"{cost['fps_off']:.1f} frames a second, {cost['fps_on']:.1f} while recording"
    print(f"{rates}; loss of pairs {cost['loss_p25']:.1f} to {cost['loss_p75']:.1f} %, {cost['dropped']} dropped")
    stages = ", ".join(f"{name} {p['p50']:.1f}" for name, p in figures["stages_ms"].items())
    print(f"stages, median ms: {stages}")
