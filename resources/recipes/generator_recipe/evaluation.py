"""How near the pictures come to the truth: PSNR on premultiplied RGB over black, whole and in the face region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from generator_recipe.pairs import Pairs

# Rows and columns of a 512x512 picture: the fixed box that every quality figure of this project calls the face.
FACE_REGION = (slice(150, 430), slice(170, 370))
WHOLE = (slice(None), slice(None))


def psnr(made: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Peak signal-to-noise ratio in dB of values 0..1."""
    return float(-10 * np.log10(np.mean((made - truth) ** 2)))


def mean_psnr(network: torch.nn.Module, pairs: Pairs, region: tuple[slice, slice], limit: int | None = None) -> float:
    """Mean over the pictures' PSNR of what the network makes of a split, at most `limit` pictures."""
    return float(np.mean([psnr(*pair) for pair in _regions(network, pairs, region, limit)]))


def mean_render_psnr(pairs: Pairs, region: tuple[slice, slice]) -> float:
    """The same for the render image as it goes in: what a viewer without a generator would show."""
    rows = range(len(pairs.rows))
    return float(np.mean([psnr(_rgb(pairs.inputs[i, 3:], region), _rgb(pairs.truth[i, :3], region)) for i in rows]))


def flicker(network: torch.nn.Module, sequence: Pairs, second_seed: NDArray[np.uint8]) -> float:
    """Error of the change from frame to frame against the truth's, as a multiple of the truth's own noise.

    mean |dG - dT| / mean |dT' - dT| in the face region, d the difference of neighbouring frames, G generated, T truth,
    T' the truth rendered with another seed: 1 would be as steady as the path tracer itself.
    """
    made = np.stack([generate(network, picture)[(slice(0, 3), *FACE_REGION)] for picture in sequence.inputs])
    truth, other = (
        np.stack([_rgb(picture, FACE_REGION) for picture in some]) for some in (sequence.truth, second_seed)
    )
    steps = [np.diff(pictures, axis=0) for pictures in (made, truth, other)]
    return float(np.abs(steps[0] - steps[1]).mean() / np.abs(steps[2] - steps[1]).mean())


def generate(network: torch.nn.Module, inputs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """One picture: (6, H, W) uint8 to (4, H, W) float32 0..1."""
    with torch.no_grad():
        made = network(torch.from_numpy(np.array(inputs)).float().div_(255)[None])
    return made[0].clamp(0, 1).numpy()


def _regions(network, pairs, region, limit):  # type: ignore[no-untyped-def]
    for index in range(len(pairs.rows))[:limit]:
        made = generate(network, pairs.inputs[index])
        yield made[(slice(0, 3), *region)], _rgb(pairs.truth[index, :3], region)


def _rgb(picture: NDArray[np.uint8], region: tuple[slice, slice]) -> NDArray[np.float32]:
    return picture[(slice(0, 3), *region)].astype(np.float32) / 255
