"""Canvas: an sRGB picture that masks tint and multiply, and the small colour conversions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]


def srgb(red: int, green: int, blue: int) -> NDArray[np.float32]:
    """Return an sRGB colour given in bytes as 0..1."""
    return np.array([red, green, blue], np.float32) / np.float32(255)


def linear(red: int, green: int, blue: int) -> NDArray[np.float32]:
    """Return an sRGB colour given in bytes as linear RGB, 0..1 (IEC 61966-2-1)."""
    encoded = srgb(red, green, blue).astype(np.float64)
    decoded = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return decoded.astype(np.float32)


def to_bytes(picture: Picture) -> NDArray[np.uint8]:
    """Round a picture 0..1 to bytes."""
    return (picture.clip(0, 1) * 255 + 0.5).astype(np.uint8)


class Canvas:
    """A picture (H, W, 3) being painted, sRGB-encoded 0..1."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture

    def copy(self) -> Canvas:
        """Return an independent copy."""
        return Canvas(self.picture.copy())

    def tint(self, mask: NDArray, colour: NDArray, strength: float = 1.0) -> None:
        """Blend towards a colour (3,) or picture (H, W, 3) where the mask (H, W) says so."""
        share = (mask * strength)[..., None].clip(0, 1).astype(np.float32)
        self.picture = np.asarray(self.picture * (1 - share) + colour * share, np.float32)

    def multiply(self, mask: NDArray, factor: tuple[float, float, float], strength: float) -> None:
        """Multiply by a colour factor, weakened by the mask (H, W) and the strength."""
        share = (mask * strength)[..., None].astype(np.float32)
        change = 1 - share + share * np.array(factor, np.float32)
        self.picture = np.asarray(self.picture * change, np.float32)
