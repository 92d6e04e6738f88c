"""Folders of path-traced pictures: `poses.json`, `truth/ID.webp`, and `truth_second_seed/ID.webp` for sequences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.assets import resource
from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL, Expression
from gpu_core.neural.pixels import resized

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pose:
    """One picture of the pose table that exists."""

    id: str
    expression: Expression
    picture: Path
    second_seed: Path | None = None

    def truth(self, size: int | None = None) -> Floats:
        """The picture, `size` pixels a side or as it was rendered: (H, W, 4) premultiplied, 0..1."""
        return read_premultiplied(self.picture, size)


@dataclass(frozen=True)
class Truth:
    """Everything held out in a folder: single pictures, and sequences by name in the order of their frames."""

    stills: tuple[Pose, ...]
    sequences: dict[str, tuple[Pose, ...]]

    def limited(self, count: int | None) -> Truth:
        """At most `count` stills, evenly spread, and as many frames from each sequence's start."""
        if count is None or count >= len(self.stills):
            stills = self.stills
        else:
            stills = tuple(self.stills[i] for i in np.linspace(0, len(self.stills) - 1, count).astype(int))
        return Truth(stills, {name: frames[:count] for name, frames in self.sequences.items()})


def shipped_truth() -> Path:
    """The folder of the eight held-out pictures that come with Mien."""
    return resource("held_out")


def read_truth(folder: Path) -> Truth:
    """What `folder` holds out. Training pictures are never looked at.

    Raises:
        MienError: no pose table, a broken one, or nothing held out.
    """
    try:
        table = json.loads((folder / "poses.json").read_text(encoding="utf-8"))
        rows = [(str(row["split"]), _pose(folder, row)) for row in table]
    except OSError as error:
        raise MienError(f"{folder} holds no pose table (poses.json): {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise MienError(f"the pose table {folder / 'poses.json'} is broken: {error!r}") from None
    there = [(split, pose) for split, pose in rows if pose.picture.exists()]
    sequences: dict[str, tuple[Pose, ...]] = {}
    for split, pose in there:
        if split == "held_out_sequence":
            name = pose.id.rpartition("_")[0]
            sequences[name] = (*sequences.get(name, ()), pose)
    truth = Truth(tuple(pose for split, pose in there if split == "held_out"), sequences)
    if not truth.stills:
        raise MienError(f"{folder} has no held-out pictures (split held_out in poses.json, truth/ID.webp)")
    return truth


def read_premultiplied(path: Path, size: int | None = None) -> Floats:
    """A straight-alpha picture file as (H, W, 4) premultiplied floats 0..1; with `size`, of so many pixels a side.

    Raises:
        MienError: the file is damaged.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as file:
            pixels = np.asarray(file.convert("RGBA"), np.float32) / np.float32(255)
    except (OSError, UnidentifiedImageError) as error:
        raise MienError(f"the picture {path} cannot be read: {error}") from None
    pixels[..., :3] *= pixels[..., 3:]
    return pixels if size is None else resized(pixels, size, size)


def _pose(folder: Path, row: dict[str, Any]) -> Pose:
    expression = NEUTRAL.with_weights(row["weights"])
    expression = expression.with_head(yaw=row["yaw"], pitch=row["pitch"], roll=row["roll"])
    name = f"{row['id']}.webp"
    second = folder / "truth_second_seed" / name
    return Pose(row["id"], expression, folder / "truth" / name, second if second.exists() else None)
