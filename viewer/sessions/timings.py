"""The stage timings of a session's frames, and what the machine did meanwhile, as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from gpu_core.settings import StageTime
from gpu_core.telemetry import UtilisationSample
from viewer.sessions import table

TIMINGS_HEADER = ("frame", "stage", "clock", "start_ns", "duration_ms")
UTILISATION_HEADER = ("taken_ns", "process_percent", "machine_percent", "resident_mb", "gpu")


def stage_lines(frame: int, stages: Iterable[StageTime]) -> str:
    """The rows of a frame's stages, each with its line end."""
    return "".join(f"{frame},{stage.name},{stage.clock},{stage.start_ns},{stage.duration_ms:.6f}\n" for stage in stages)


def read_timings(path: Path) -> Mapping[str, Mapping[int, float]]:
    """Milliseconds of each stage of each frame: {stage: {frame: ms}}.

    A stage that came twice with one frame counts as its sum; where a GPU has told a stage as well, that alone counts.

    Raises:
        SessionError: the file cannot be read or a row is broken; the text names the line.
    """
    found: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    for number, (frame, stage, clock, _start, duration) in table.rows(path, TIMINGS_HEADER):
        times = found[stage][clock]
        at = table.whole(path, number, frame)
        times[at] = times.get(at, 0.0) + table.finite(path, number, duration)
    return {stage: {**clocks.get("cpu", {}), **clocks.get("gpu", {})} for stage, clocks in found.items()}


def sample_line(sample: UtilisationSample) -> str:
    """The row of a sample, with its line end; a GPU's figures as NAME=VALUE, with blanks between them."""
    gpu = sample.gpu
    told = [] if gpu is None else [(item.name, getattr(gpu, item.name)) for item in fields(gpu)]
    figures = " ".join(f"{name}={value}" for name, value in told if isinstance(value, int | float))
    host = f"{sample.process_percent:.1f},{sample.machine_percent:.1f},{sample.resident_mb:.1f}"
    return f"{sample.taken_ns},{host},{figures}\n"
