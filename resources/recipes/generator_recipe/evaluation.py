"""How near a network in training comes to the truth. Everything else is measured by `mien bench quality`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from gpu_core.quality import face_region, psnr

if TYPE_CHECKING:
    from generator_recipe.pairs import Pairs

__all__ = ["face_region", "generate", "mean_psnr", "psnr"]


def mean_psnr(network: torch.nn.Module, pairs: Pairs, region: tuple[slice, slice], limit: int | None = None) -> float:
    """Mean over the pictures' PSNR of what the network makes of a split, at most `limit` pictures."""
    return float(np.mean([_psnr_of(network, pairs, index, region) for index in range(len(pairs.rows))[:limit]]))


def generate(network: torch.nn.Module, inputs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """One picture: (6, H, W) uint8 to (4, H, W) float32 0..1."""
    with torch.no_grad():
        made = network(torch.from_numpy(np.array(inputs)).float().div_(255)[None])
    return made[0].clamp(0, 1).numpy()


def _psnr_of(network: torch.nn.Module, pairs: Pairs, index: int, region: tuple[slice, slice]) -> float:
    colours = (slice(0, 3), *region)
    return psnr(generate(network, pairs.inputs[index])[colours], pairs.truth[index][colours] / np.float32(255))
