"""A picture of everything a generator makes of the extremes, to look at before it ships."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generator_recipe.evaluation import generate
from generator_recipe.extremes import extremes
from generator_recipe.pairs import PoseRow, draw_inputs
from gpu_core.quality import scaled_box

_COLUMNS, _TILE = 12, 192
_SHOWN = (slice(50, 480), slice(40, 470))  # of 512x512


def draw_extremes(network: torch.nn.Module, face: Path, path: Path, pixels: int) -> None:
    """One tile an extreme, named: the generated face over mid-grey. `pixels`: a side, of what the network sees."""
    rows = tuple(PoseRow(name, "extreme", expression) for name, expression in extremes().items())
    pairs = draw_inputs(face, rows, pixels)
    tiles = [_tile(row.id, generate(network, pair)) for row, pair in zip(rows, pairs, strict=True)]
    blank = np.zeros((_TILE, _TILE, 3), np.uint8)
    tiles += [blank] * (-len(tiles) % _COLUMNS)
    lines = [np.concatenate(tiles[i : i + _COLUMNS], axis=1) for i in range(0, len(tiles), _COLUMNS)]
    Image.fromarray(np.concatenate(lines)).save(path)


def _tile(name: str, made: NDArray[np.float32]) -> NDArray[np.uint8]:
    over_grey = np.minimum(made[:3], made[3:]) + 0.5 * (1 - made[3:])
    picture = over_grey.transpose(1, 2, 0)[scaled_box(_SHOWN, made.shape[-1])]
    small = cv2.resize(np.ascontiguousarray(picture), (_TILE, _TILE), interpolation=cv2.INTER_AREA)
    tile = Image.fromarray((small * 255 + 0.5).astype(np.uint8))
    ImageDraw.Draw(tile).text((4, 2), name, fill="white")
    return np.asarray(tile)
