"""The pose table `poses.json`: what every picture shows and which split it belongs to. It is only ever added to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpu_core.expression import NEUTRAL, Expression

TRAIN, HELD_OUT, SEQUENCE = "train", "held_out", "held_out_sequence"
TABLE = "poses.json"


@dataclass(frozen=True)
class PoseRow:
    """One picture: weights by ARKit name, head angles in degrees, samples per pixel."""

    id: str
    split: str
    weights: dict[str, float]
    yaw: float
    pitch: float
    roll: float
    samples: int

    @property
    def expression(self) -> Expression:
        """What the poser takes."""
        return NEUTRAL.with_weights(self.weights).with_head(yaw=self.yaw, pitch=self.pitch, roll=self.roll)


def make_row(
    name: str, split: str, weights: dict[str, float], head: Iterable[float] = (0.0, 0.0, 0.0), *, samples: int
) -> PoseRow:
    """Return a row with rounded numbers, so that a table read back equals the one planned; without zero weights."""
    rounded = {shape: round(min(max(float(value), 0.0), 1.0), 4) for shape, value in weights.items()}
    yaw, pitch, roll = (round(float(angle), 3) for angle in head)
    return PoseRow(name, split, {shape: value for shape, value in rounded.items() if value}, yaw, pitch, roll, samples)


def read_table(path: Path) -> list[PoseRow]:
    """Read a pose table; rows without `samples` get 8."""
    rows: list[dict[str, Any]] = json.loads(path.read_text())
    return [PoseRow(**({"samples": 8} | row)) for row in rows]


def write_table(path: Path, rows: Iterable[PoseRow]) -> None:
    """Write a pose table, one row a line, in one step."""
    lines = ",\n".join(json.dumps(vars(row)) for row in rows)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_text(f"[\n{lines}\n]\n")
    os.replace(unfinished, path)


def extended(old: list[PoseRow], planned: list[PoseRow]) -> list[PoseRow]:
    """Return `old` with the rows that are new in `planned` after it.

    Raises:
        ValueError: a planned row bears an id that means another pose or split in `old`.
    """
    known = {row.id: row for row in old}
    changed = [row.id for row in planned if known.get(row.id, row) != row]
    if changed:
        raise ValueError(f"{changed[0]} was planned differently before ({len(changed)} such rows)")
    return old + [row for row in planned if row.id not in known]
