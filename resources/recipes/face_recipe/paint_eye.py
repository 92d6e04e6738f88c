"""The eye's texture: an iris with fibres, a dark limbus, and a sclera with fine veins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from face_recipe.hair import smoothstep
from face_recipe.noise import value_noise
from face_recipe.phenotype import Bytes

SIZE = 1024
_IRIS = 27 / 360  # radius of the iris: UV 0.5 is the back pole at 180 degrees


def paint_eye(iris: tuple[Bytes, Bytes]) -> NDArray[np.float32]:
    """Paint the azimuthal equidistant texture (1024, 1024, 3), sRGB 0..1, pupil inside; `iris` as in Phenotype."""
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    x, y = (columns + 0.5) / SIZE - 0.5, 0.5 - (rows + 0.5) / SIZE
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    sclera = smoothstep(radius / _IRIS, 0.94, 1.10)[..., None]
    return (_iris(radius / _IRIS, angle, iris) * (1 - sclera) + _sclera(radius) * sclera).astype(np.float32)


def _iris(radius: NDArray, angle: NDArray, colours: tuple[Bytes, Bytes]) -> NDArray:
    """Paint fibres around the pupil; radius 1 is the limbus."""
    overall, around_pupil = (np.array(colour) / 255 for colour in colours)
    ring = np.exp(-(((radius - 0.50) / 0.16) ** 2))[..., None]
    layers = ((22, 1, 0.5), (45, 2, 0.35), (9, 3, 0.25))
    fibres = np.sum([_fibres(radius, angle, frequency, seed) * share for frequency, seed, share in layers], axis=0)
    colour = (overall * (1 - ring) + around_pupil * ring) * (1 + 0.42 * fibres[..., None])
    colour *= (1 - 0.72 * smoothstep(radius, 0.80, 1.02))[..., None]
    pupil = (1 - smoothstep(radius, 0.33, 0.375))[..., None]
    return colour * (1 - pupil) + 0.006 * pupil


def _fibres(radius: NDArray, angle: NDArray, frequency: float, seed: int) -> NDArray:
    """Return noise that changes quickly around the pupil and slowly away from it."""
    return value_noise(np.stack([np.cos(angle) * frequency, np.sin(angle) * frequency, radius * 1.1], axis=-1), seed)


def _sclera(radius: NDArray) -> NDArray:
    """Paint off-white, redder towards the back, with veins."""
    veins = ndimage.gaussian_filter(_veins(), 1.1) * 3.2
    white = np.array([236, 229, 222]) / 255
    colour = white * (1 - veins[..., None].clip(0, 0.5) * np.array([0.25, 0.75, 0.75]))
    return colour * (1 - smoothstep(radius, 0.12, 0.30)[..., None] * np.array([0.05, 0.20, 0.22]))


def _veins() -> NDArray:
    """Let 46 random walks run from the back towards the iris, fading out."""
    rng = np.random.default_rng(5)
    veins = np.zeros((SIZE, SIZE))
    for _ in range(46):
        angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(0.27, 0.36)
        for _ in range(90):
            radius -= 0.0016
            angle += rng.normal(0, 0.03)
            if radius < 0.105:
                break
            row, column = int((0.5 - radius * np.sin(angle)) * SIZE), int((0.5 + radius * np.cos(angle)) * SIZE)
            veins[row, column] = max(veins[row, column], (radius - 0.09) / 0.25)
    return veins
