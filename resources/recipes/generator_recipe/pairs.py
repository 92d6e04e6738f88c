"""Pairs of what the renderer draws and what the path tracer saw, as arrays.

The pose table `poses.json` lists for every ground-truth picture its id, split, weights and head angles. Inputs are
drawn by `gpu_core` itself and kept on disk under the picture contract's hash and the rows': if face, shaders, camera or
light change, or if more pictures were rendered, they are drawn anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Atlas
from gpu_core.contract import picture_contract
from gpu_core.expression import NEUTRAL, Expression
from gpu_core.gl.context import headless_context
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.neural.pixels import resized
from gpu_core.settings import View
from viewer.benches.truth import read_premultiplied

TRUTH_SIZE = 512  # of the path-traced pictures, and of what a teacher looks at
# (6, 512, 512) uint8 -> (4, 512, 512) float32 0..1
Teacher = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True)
class PoseRow:
    """One line of the pose table. `split` is train, held_out or held_out_sequence and is never changed."""

    id: str
    split: str
    expression: Expression


@dataclass(frozen=True, eq=False)
class Pairs:
    """Aligned: `inputs` (P, 6, S, S) uint8, `truth` (P, 4, S, S) uint8 premultiplied; top row first."""

    rows: tuple[PoseRow, ...]
    inputs: NDArray[np.uint8]
    truth: NDArray[np.uint8]


def read_pose_table(truth: Path) -> list[PoseRow]:
    """The rows of `poses.json` whose picture exists under `truth/`."""
    rows = []
    for row in json.loads((truth / "poses.json").read_text()):
        if (truth / "truth" / f"{row['id']}.webp").exists():
            weights = NEUTRAL.with_weights(row["weights"])
            head = weights.with_head(yaw=row["yaw"], pitch=row["pitch"], roll=row["roll"])
            rows.append(PoseRow(row["id"], row["split"], head))
    return rows


def load_pairs(truth: Path, face: Path, work: Path, split: str, size: int = TRUTH_SIZE) -> Pairs:
    """Every pair of one split, `size` pixels a side, drawn now or taken from `work`."""
    rows = tuple(row for row in read_pose_table(truth) if row.split == split)
    stem = work / f"{split}-{size}-{_digest(face, rows)}"
    targets = _cached(stem.with_suffix(".truth.npy"), lambda: read_truth_folder(truth / "truth", rows, size))
    return Pairs(rows, _drawn(face, rows, size, stem), targets)


def taught_pairs(
    teacher: Teacher, name: str, face: Path, expressions: Mapping[str, Expression], work: Path, size: int = TRUTH_SIZE
) -> Pairs:
    """Pairs of expressions nobody rendered: their "truth" is what the teacher called `name` makes of them."""
    rows = tuple(PoseRow(id, "taught", expression) for id, expression in expressions.items())
    stem, shown = (work / f"taught-{side}-{_digest(face, rows)}" for side in (size, TRUTH_SIZE))

    def answers() -> NDArray[np.uint8]:
        pictures = _drawn(face, rows, TRUTH_SIZE, shown)
        made = (resized(teacher(picture).transpose(1, 2, 0), size, size) for picture in pictures)
        return np.stack([_bytes(picture) for picture in made])

    return Pairs(
        rows, _drawn(face, rows, size, stem), _cached(stem.with_name(f"{stem.name}-{name}.truth.npy"), answers)
    )


def _drawn(face: Path, rows: tuple[PoseRow, ...], size: int, stem: Path) -> NDArray[np.uint8]:
    drawn: NDArray[np.uint8] = _cached(stem.with_suffix(".inputs.npy"), lambda: draw_inputs(face, rows, size))
    return drawn


def _bytes(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W, 4) 0..1 as (4, H, W) bytes."""
    return (picture.transpose(2, 0, 1) * 255 + 0.5).astype(np.uint8)


def _digest(face: Path, rows: tuple[PoseRow, ...]) -> str:
    """What the drawn inputs depend on, as eight hexadecimal digits."""
    digest = hashlib.sha256(picture_contract(load_face(face).sha256).encode())
    for row in rows:
        digest.update(repr((row.id, row.expression)).encode())
    return digest.hexdigest()[:8]


def draw_inputs(face: Path, rows: tuple[PoseRow, ...], size: int = TRUTH_SIZE) -> NDArray[np.uint8]:
    """Draw texture and render image of every row: (P, 6, size, size) uint8."""
    asset = load_face(face)
    drawn = np.empty((len(rows), 6, size, size), np.uint8)
    pixels = np.empty((size, size, 4), np.uint8)
    with headless_context(), Renderer(asset) as renderer, TargetSet(Atlas(1, size)) as target:
        for index, row in enumerate(rows):
            renderer.pose((row.expression,))
            renderer.draw(target)
            for half, view in enumerate((View.TEXTURE, View.RENDER)):
                target.read(view, pixels)
                drawn[index, 3 * half : 3 * half + 3] = pixels[::-1, :, :3].transpose(2, 0, 1)
    return drawn


def read_truth_folder(folder: Path, rows: tuple[PoseRow, ...], size: int = TRUTH_SIZE) -> NDArray[np.uint8]:
    """The path-traced pictures of some rows, premultiplied: (P, 4, size, size) uint8."""
    pictures = np.empty((len(rows), 4, size, size), np.uint8)
    for index, row in enumerate(rows):
        pictures[index] = _bytes(read_premultiplied(folder / f"{row.id}.webp", size))
    return pictures


def _cached(path: Path, make):  # type: ignore[no-untyped-def]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished.npy")
        np.save(unfinished, make())
        unfinished.rename(path)
    return np.load(path, mmap_mode="r")
