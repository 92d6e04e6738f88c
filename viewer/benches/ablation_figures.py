"""What was measured of the ablation's rows, as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from gpu_core.engine import Engine
from viewer.benches.ablation_rounds import Likeness, Round
from viewer.benches.ablation_rows import Row
from viewer.benches.calibration import Mood, moods_figures


@dataclass
class Lane:
    """A row at work."""

    row: Row
    engine: Engine
    likeness: Likeness  # to classic
    rounds: list[Round] = field(default_factory=list)
    moods: list[Mood] = field(default_factory=list)  # of the machine, before each round


def figures_of(lane: Lane, base: Lane) -> dict[str, Any]:
    """What was measured of a row, beside the classic one's rounds."""
    fps = [one.fps for one in lane.rounds]
    ratios = [one.fps / other.fps for one, other in zip(lane.rounds, base.rounds, strict=True)]
    cheaper = [other.core_ms / one.core_ms for one, other in zip(lane.rounds, base.rounds, strict=True)]
    latency = [value for one in lane.rounds for value in one.latency_ms]
    core = [one.core_ms for one in lane.rounds]
    return {
        "name": lane.row.name,
        "adds": lane.row.adds,
        "kept": lane.row.kept,
        "engine": lane.engine.path_state.engine,
        "path": lane.engine.path_name,
        "reason": lane.engine.path_state.reason,
        "settings": asdict(lane.row.settings),
        "fps": _rounded(np.median(fps)),
        "fps_quartiles": _quartiles(fps),
        "latency_ms": _percentiles(latency),
        "alone_ms": _percentiles([value for one in lane.rounds for value in one.alone_ms]),
        "core_ms": _rounded(np.median(core)),
        "ratio": _rounded(np.median(ratios)),
        "ratio_quartiles": _quartiles(ratios),
        "core_ratio": _rounded(np.median(cheaper)),  # how much less processor time a frame takes
        "stages_ms": {
            name: _rounded(np.median([one.stages_ms[name] for one in lane.rounds])) for name in lane.rounds[0].stages_ms
        },
        **_likeness_figures(lane.likeness),
        **moods_figures(lane.moods),
        "samples": {
            "fps": list(map(_rounded, fps)),
            "latency_ms": [_rounded(np.median(one.latency_ms)) for one in lane.rounds],
            "core_ms": list(map(_rounded, core)),
        },
    }


def _likeness_figures(found: Likeness) -> dict[str, Any]:
    return {
        "psnr_vs_classic": _rounded(np.mean(found.psnr_db)),
        "psnr_worst": _rounded(min(found.psnr_db)),
        "flip_vs_classic": round(float(np.mean(found.flip)), 5),
        "flip_worst": round(max(found.flip), 5),
    }


def without(row: Row) -> dict[str, Any]:
    """A row that cannot be measured here."""
    return {"name": row.name, "adds": row.adds, "kept": False, "missing": row.missing, "settings": asdict(row.settings)}


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def _quartiles(values: Sequence[float]) -> list[float]:
    return [_rounded(value) for value in np.percentile(values, (25, 75))]


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return dict(zip(("p50", "p95", "p99"), map(_rounded, np.percentile(values, (50, 95, 99))), strict=True))
