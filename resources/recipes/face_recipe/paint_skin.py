"""The skin's textures, painted by procedure over the atlas map: colour, bump and roughness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from face_recipe.canvas import Canvas, srgb
from face_recipe.hair import above_hairline, on_ear, smoothstep
from face_recipe.landmarks import Landmarks
from face_recipe.noise import layered_noise, value_noise
from face_recipe.paint_age import beard, stubble, wrinkles
from face_recipe.paint_brows import brow_hairs, brow_shade
from face_recipe.phenotype import HairStyle, Phenotype, SkinTones
from face_recipe.rasterise import AtlasMap

Mask = NDArray[np.float32]
_AGE_SPOT, _WRINKLE = (0.80, 0.66, 0.56), (0.72, 0.58, 0.54)


@dataclass(frozen=True, eq=False)
class SkinPaint:
    """Pictures (S, S, 3) sRGB 0..1 and maps (S, S) 0..1.

    `raster` has hairs painted into the brows, for a renderer that draws none; `clean` has their shade only.
    """

    raster: NDArray[np.float32]
    clean: NDArray[np.float32]
    bump: Mask
    rough: Mask


@dataclass(frozen=True, eq=False)
class Grain:
    """Noise over the surface, from blotches of half a decimetre to pores."""

    broad: Mask
    middle: Mask
    small: Mask
    fine: Mask


def paint_skin(atlas: AtlasMap, marks: Landmarks, brow_strands: list[NDArray], person: Phenotype) -> SkinPaint:
    """Paint everything; `brow_strands` are the hairs (N, 5, 3) to copy into the raster texture."""
    at, tones, brow, hair = atlas.position, person.skin, person.brow, person.hair
    grain = Grain(*(layered_noise(at, *n) for n in ((2.2, 4, 1), (6, 4, 20), (18, 3, 40), (55, 2, 60))))
    front = smoothstep(atlas.normal[..., 2], -0.1, 0.4) * (at[..., 2] > 0.6)
    lips = smoothstep(marks.lip_mask + layered_noise(at, 14, 3, 90) * 0.10, 0.22, 0.80)
    lines = _lip_lines(at, grain, 75, 7, 81, wobble=0.6)

    canvas = Canvas(np.broadcast_to(srgb(*tones.base), at.shape).copy())
    _redden(canvas, at, marks, front)
    _mottle(canvas, grain)
    _speckle(canvas, atlas, marks, front, tones)
    _paint_lips(canvas, at, marks, lips, lines, grain, tones)
    _redden_lip_rim(canvas, atlas, marks, lips, front)
    margin = _lid_margin(atlas, marks, front)
    _paint_openings(canvas, atlas, marks, margin)

    folds = wrinkles(at, marks, front) * np.float32(tones.wrinkles) if tones.wrinkles else None
    _paint_age(canvas, at, marks, front, folds, tones)

    clean = canvas.copy()
    shade = brow_shade(at, marks, front, brow)
    clean.tint(ndimage.gaussian_filter(shade, 6), srgb(*brow.shade), 0.26)
    canvas.tint(ndimage.gaussian_filter(shade, 3), srgb(*brow.shade), 0.45)
    canvas.tint(brow_hairs(atlas, marks, brow_strands), srgb(*brow.colour), 0.95)
    scalp = _scalp(atlas, grain, hair)
    canvas.tint(scalp, srgb(*hair.scalp), hair.scalp_strength)
    clean.tint(scalp, srgb(*hair.scalp), hair.scalp_strength - 0.05)
    rough = _rough(at, marks, front, lips, grain, margin)
    return SkinPaint(canvas.picture, clean.picture, _bump(at, lips, lines, folds), rough)


def _paint_age(
    canvas: Canvas, at: NDArray, marks: Landmarks, front: Mask, folds: Mask | None, tones: SkinTones
) -> None:
    """Darken the folds, which a renderer without bumps would lose, and lay the beard's shadow over the jaw."""
    if folds is not None:
        canvas.multiply(folds, _WRINKLE, 0.55)
    if tones.stubble:
        area = beard(at, marks, front)
        canvas.tint(ndimage.gaussian_filter(area, 4), srgb(*tones.stubble_colour), 0.22 * tones.stubble)
        canvas.tint(stubble(at, area), srgb(*tones.stubble_colour), 0.75 * tones.stubble)


def _spot(at: NDArray, x: float, y: float, width: float, height: float) -> Mask:
    """Return a soft spot at (x, y), mirrored to the other side of the face."""
    return np.exp(-(((np.abs(at[..., 0]) - x) / width) ** 2) - ((at[..., 1] - y) / height) ** 2)


def _redden(canvas: Canvas, at: NDArray, marks: Landmarks, front: Mask) -> None:
    """Tint the zones of the face: (x, y, width, height), factor, strength; drawn by eye from photographs' zones."""
    eye_x, eye_y, lip_y, nose_y = marks.eye_x, marks.eye_y, marks.lip_y, marks.nose_tip[1]
    on_front = (
        ((0, 7.15, 0.6, 0.3), (1.01, 0.995, 0.955), 0.80),  # forehead
        ((0.40, lip_y + 0.34, 0.20, 0.17), (1.02, 0.85, 0.83), 0.55),  # cheek
        ((0.10, nose_y - 0.06, 0.07, 0.06), (0.95, 0.72, 0.68), 0.55),  # wings of the nose
        ((0, lip_y - 0.36, 0.16, 0.11), (1.01, 0.88, 0.86), 0.50),  # chin
        ((eye_x, eye_y - 0.165, 0.16, 0.055), (0.90, 0.82, 0.86), 0.55),  # below the eye
        ((eye_x, eye_y + 0.075, 0.17, 0.06), (0.90, 0.78, 0.76), 0.60),  # upper lid
        ((eye_x - 0.19, eye_y + 0.02, 0.05, 0.07), (0.88, 0.74, 0.72), 0.60),  # inner corner
        ((eye_x + 0.18, eye_y - 0.02, 0.05, 0.05), (0.93, 0.82, 0.80), 0.40),  # outer corner
        ((0.235, lip_y + 0.14, 0.06, 0.12), (0.97, 0.88, 0.86), 0.35),  # fold from nose to mouth
    )
    for place, factor, strength in on_front:
        canvas.multiply(_spot(at, *place) * front, factor, strength)
    canvas.multiply(_spot(at, 0, 5.6, 0.6, 0.3), (0.97, 0.95, 0.92), 0.6)  # neck
    nose = _spot(at, 0, nose_y, 0.15, 0.13) * (at[..., 2] > marks.nose_tip[2] - 0.28)
    canvas.multiply(nose, (1.01, 0.83, 0.80), 0.60)
    canvas.multiply(_ears(at), (1.0, 0.78, 0.75), 0.55)


def _ears(at: NDArray) -> Mask:
    x, y, z = np.abs(at[..., 0]), at[..., 1], at[..., 2]
    band = smoothstep(y, 6.2, 6.35) * (1 - smoothstep(y, 6.95, 7.1))
    return smoothstep(x, 0.66, 0.74) * band * smoothstep(z, -0.1, 0.1) * (1 - smoothstep(z, 0.75, 0.9))


def _mottle(canvas: Canvas, grain: Grain) -> None:
    """Vary the colour by noise, less in red than in green and blue."""
    layers = [(grain.broad, 0.018, (0.6, 1.0, 1.1)), (grain.middle, 0.020, (0.45, 1.1, 1.1))]
    layers += [(grain.small, 0.018, (0.6, 1.0, 1.0)), (grain.fine, 0.010, (1.0, 1.0, 1.0))]
    change = sum(noise[..., None] * (strength * np.array(tone, np.float32)) for noise, strength, tone in layers)
    canvas.picture = canvas.picture * (1 + change)


def _speckle(canvas: Canvas, atlas: AtlasMap, marks: Landmarks, front: Mask, tones: SkinTones) -> None:
    """Scatter freckles, a few moles and reddish follicles, and the brown spots of age."""
    x, y = np.abs(atlas.position[..., 0]), atlas.position[..., 1]
    bare = (marks.lip_mask < 0.05) & atlas.covered
    cheeks = (front > 0.5) & (y > marks.lip_y + 0.05) & (y < marks.eye_y + 0.1) & (x < 0.55)
    lower_face = (front > 0.3) & (y > marks.lip_y - 0.5) & (y < marks.eye_y)
    face = (front > 0.4) & (y < 7.2) & (y > 5.3)
    freckles = _dots(atlas, bare & cheeks, tones.freckles, (0.004, 0.010), 0.16, seed=3)
    moles = _dots(atlas, bare & face, 7, (0.008, 0.013), 0.8, seed=11)
    follicles = _dots(atlas, bare & lower_face, 500, (0.003, 0.006), 0.5, seed=5)
    canvas.multiply(freckles, (0.80, 0.62, 0.50), 1.0)
    canvas.multiply(moles, (0.50, 0.34, 0.28), 0.8)
    canvas.multiply(follicles, (1.0, 0.86, 0.84), 0.35)
    if tones.age_spots:
        temples = (front > 0.2) & (y > marks.lip_y) & (y < 7.6) & ((x > 0.25) | (y > marks.eye_y + 0.4))
        spots = _dots(atlas, bare & temples, tones.age_spots, (0.010, 0.030), 0.7, seed=21)
        canvas.multiply(spots, _AGE_SPOT, 1.0)


def _dots(
    atlas: AtlasMap, region: NDArray[np.bool_], count: int, radii: tuple[float, float], strength: float, *, seed: int
) -> Mask:
    """Draw round dots of radius `radii` (decimetres on the surface) around random texels of the region."""
    rng = np.random.default_rng(seed)
    texels = np.argwhere(region)
    mask = np.zeros(region.shape, np.float32)
    reach = 40 if len(mask) >= 2048 else 24  # texels, generous
    for row, column in texels[rng.choice(len(texels), count)]:
        radius = rng.uniform(*radii)
        box = np.s_[max(0, row - reach) : row + reach, max(0, column - reach) : column + reach]
        distance = np.linalg.norm(atlas.position[box] - atlas.position[row, column], axis=-1)
        dot = strength * rng.uniform(0.3, 1) * np.exp(-((distance / radius) ** 2) * 1.2)
        mask[box] = np.maximum(mask[box], dot)
    return mask


def _lip_lines(at: NDArray, grain: Grain, x_scale: float, y_scale: float, seed: int, *, wobble: float) -> Mask:
    """Return noise stretched along the height: the fine creases of lips."""
    x, y, z = at[..., 0], at[..., 1], at[..., 2]
    return value_noise(np.stack([x * x_scale + grain.middle * wobble, y * y_scale, z * y_scale], axis=-1), seed)


def _paint_lips(
    canvas: Canvas, at: NDArray, marks: Landmarks, lips: Mask, lines: Mask, grain: Grain, tones: SkinTones
) -> None:
    folds = _lip_lines(at, grain, 28, 5, 83, wobble=0)
    texture = 1 + 0.06 * lines + 0.025 * folds + 0.03 * grain.small
    upper = smoothstep(at[..., 1], marks.lip_y - 0.01, marks.lip_y + 0.02)
    canvas.tint(lips, srgb(*tones.lips) * (texture * (1 - 0.09 * upper))[..., None], 0.86)


def _redden_lip_rim(canvas: Canvas, atlas: AtlasMap, marks: Landmarks, lips: Mask, front: Mask) -> None:
    rim = np.exp(-(((marks.lip_mask - 0.22) / 0.16) ** 2)) * front * marks.on_head
    canvas.multiply(rim * (1 - lips), (1.02, 0.93, 0.91), 0.4)


def _lid_margin(atlas: AtlasMap, marks: Landmarks, front: Mask) -> Mask:
    """Return the distance to the lid margin, decimetres, near the eyes; 9 elsewhere."""
    x, y = np.abs(atlas.position[..., 0]), atlas.position[..., 1]
    near = atlas.covered & marks.on_head & (front > 0) & (np.hypot(x - marks.eye_x, y - marks.eye_y) < 0.35)
    distance = np.full(near.shape, 9.0, np.float32)
    distance[near] = cKDTree(marks.lid_margin).query(atlas.position[near])[0]
    return distance


def _paint_openings(canvas: Canvas, atlas: AtlasMap, marks: Landmarks, margin: Mask) -> None:
    """Paint mouth and sockets in one colour each, and the lids' rim: dark at the lashes, pink around."""
    canvas.tint(marks.in_mouth, srgb(120, 42, 42))
    canvas.tint(marks.in_socket, srgb(196, 122, 110))
    upper = np.where(atlas.position[..., 1] > marks.eye_y - 0.005, 1.0, 0.45)
    canvas.tint(np.exp(-((margin / 0.020) ** 2)) * upper, srgb(88, 52, 44), 0.62)
    canvas.multiply(np.exp(-((margin / 0.04) ** 2)), (0.97, 0.82, 0.80), 0.5)


def _scalp(atlas: AtlasMap, grain: Grain, style: HairStyle) -> Mask:
    """Return where hair grows: behind a ragged hairline, not on the ears."""
    inside = smoothstep(above_hairline(atlas.position, style) + 0.03 * grain.middle, -0.03, 0.06)
    return inside * (atlas.material == 0) * ~on_ear(atlas.position, style)


def _bump(at: NDArray, lips: Mask, lines: Mask, folds: Mask | None) -> Mask:
    """Return the height of pores, wrinkles and lip creases, stretched to 0..1."""
    pores = np.clip(value_noise(at * 105, 70) - 0.1, 0, 1)
    height = -0.6 * pores * (1 - lips) + 0.35 * layered_noise(at, 38, 3, 75) + lips * (0.9 * lines - 0.3)
    if folds is not None:
        height = height - 1.6 * folds
    return (height - height.min()) / (height.max() - height.min())


def _rough(at: NDArray, marks: Landmarks, front: Mask, lips: Mask, grain: Grain, margin: Mask) -> Mask:
    """Return roughness: glossier on lips, nose, forehead and lid rims."""
    shiny = 0.10 * _spot(at, 0, marks.nose_tip[1] + 0.1, 0.14, 0.35) * front
    shiny += 0.08 * _spot(at, 0, 7.1, 0.4, 0.2) * front + 0.16 * lips + 0.06 * np.exp(-((margin / 0.03) ** 2))
    return (0.50 - shiny + 0.03 * grain.small + 0.02 * grain.fine).clip(0, 1)
