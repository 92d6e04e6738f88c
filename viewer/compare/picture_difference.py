"""How much a picture changed: in 8-bit steps, as PSNR, and as a heat map. Plain numpy, on pictures of any path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.quality import psnr

Pixels = NDArray[np.uint8]  # (height, width, 4) premultiplied sRGB, top row first

# Of the map, from no error to the scale's end: dark to light, so that it reads in grey as well.
HEAT = np.array([[0, 0, 0], [62, 20, 110], [170, 45, 110], [245, 130, 60], [255, 240, 180]], np.float32)


@dataclass(frozen=True)
class PictureDifference:
    """Two pictures of the same face and what lies between them, in steps of 255, over the colours of covered pixels."""

    titles: tuple[str, str]  # of the first picture and of the second; "" if nobody will ask
    steps: Pixels  # (height, width): the largest step of the three colours
    mean: float
    largest: int
    psnr_db: float  # infinite for equal pictures

    @property
    def sentence(self) -> str:
        """The figures, short enough for a status bar."""
        if self.largest == 0:
            return "the same picture to the last bit"
        return (
            f"picture changed by {self.mean:.2f} of 255 on average, {self.largest} at most, PSNR {self.psnr_db:.1f} dB"
        )


def difference(before: Pixels, after: Pixels, *, titles: tuple[str, str] = ("", "")) -> PictureDifference:
    """Compare two pictures of one size, (height, width, 4) uint8."""
    covered = (before[..., 3] | after[..., 3]) > 0
    colours = np.abs(before[..., :3].astype(np.int16) - after[..., :3]).astype(np.uint8)
    mean = float(colours[covered].mean()) if covered.any() else 0.0
    quality = psnr(after[covered][:, :3] / 255, before[covered][:, :3] / 255) if covered.any() else float("inf")
    steps = colours.max(axis=2)
    return PictureDifference(titles, steps, mean, int(steps.max()), quality)


def heat_map(steps: Pixels, scale: float) -> Pixels:
    """Errors as colours: (height, width) -> (height, width, 4), opaque. `scale` is the error shown brightest."""
    ramp = np.linspace(0, scale, len(HEAT))
    table = np.stack([np.interp(np.arange(256), ramp, HEAT[:, channel]) for channel in range(3)], axis=1)
    opaque = np.column_stack([np.rint(table), np.full(256, 255)]).astype(np.uint8)
    return np.ascontiguousarray(opaque[steps])
