"""FLIP for pictures of 8 bits, quick enough to be live: the difference a viewer sees who flips between two of them.

P. Andersson et al., "FLIP: A Difference Evaluator for Alternating Images", HPG 2020; the equations are named where they
stand, the constants are those of the paper and of NVIDIA's reference (BSD-3-Clause), with which the tests compare this.
The reference itself, `flip_evaluator`, is what published figures are measured with (gpu_core.quality); it holds
Python's global lock for as long as it computes, which would stop a window.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

PIXELS_PER_DEGREE = 67.0  # the reference's own default: 0.7 m before a 0.7 m wide screen of 3840 pixels
BACKDROP = 128  # of 255, sRGB: what premultiplied pictures are judged on

# Sums of Gaussians that model the eye's contrast sensitivity (table 1): (weight, width) in degrees.
_ACHROMATIC, _RED_GREEN = ((1.0, 0.0047),), ((1.0, 0.0053),)
_BLUE_YELLOW = ((34.1, 0.04), (13.5, 0.025))
_WIDEST = 0.04
_FEATURE_DEG = 0.082  # width of the edge and point detectors, section 4.2
_COLOUR_POWER, _FEATURE_POWER = 0.7, 0.5
_KNEE, _KNEE_ERROR = 0.4, 0.95  # errors below this share of the largest take up so much of the scale, section 4.1

# Linear RGB of sRGB's primaries to XYZ of D65, and the reference's own white.
_TO_XYZ = np.array(
    [
        [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
        [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
        [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
    ],
    np.float32,
)
_WHITE = _TO_XYZ.sum(axis=1)
_TO_YCC = np.array([[0, 116, 0], [500, -500, 0], [0, 200, -200]], np.float32) @ (_TO_XYZ / _WHITE[:, None])
_YCC_OFFSET = -16.0  # of the first component
_FROM_YCC = np.linalg.inv(_TO_YCC.astype(np.float64)).astype(np.float32)


def flip_map(reference: Bytes, test: Bytes) -> Floats:
    """The error of every pixel, (H, W) 0..1, of two opaque sRGB pictures (H, W, 3)."""
    first, second = _opponent(reference), _opponent(test)
    colour = _colour_error(_seen(first), _seen(second))
    feature = _feature_error(first[..., 0], second[..., 0])
    result: Floats = np.power(colour, 1.0 - feature)  # equation 10
    return result


def on_backdrop(picture: Bytes) -> Bytes:
    """A premultiplied (H, W, 4) picture on mid-grey: (H, W, 3)."""
    grey = cv2.LUT(picture[..., 3], _backdrop_of_alpha())
    return np.ascontiguousarray(cv2.add(picture[..., :3], cv2.merge([grey, grey, grey])))


@functools.cache
def _backdrop_of_alpha() -> Bytes:
    return np.rint((255 - np.arange(256)) * BACKDROP / 255).astype(np.uint8)


# -- colours -----------------------------------------------------------------------------------------------------------


@functools.cache
def _linear_of_srgb() -> Floats:
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _opponent(picture: Bytes) -> Floats:
    """Luminance, red-green and blue-yellow, in which contrast is filtered: YCxCz."""
    made: Floats = cv2.transform(cv2.LUT(picture, _linear_of_srgb()), _TO_YCC)
    made[..., 0] += _YCC_OFFSET
    return made


def _seen(opponent: Floats) -> Floats:
    """What the eye makes of it from there, in L*a*b* adjusted after Hunt: equations 3 to 5."""
    planes = [_blurred(opponent[..., at], sums) for at, sums in enumerate((_ACHROMATIC, _RED_GREEN, _BLUE_YELLOW))]
    planes[0] = planes[0] - np.float32(_YCC_OFFSET)
    linear = np.clip(cv2.transform(cv2.merge(planes), _FROM_YCC), 0.0, 1.0)
    return _adjusted_lab(linear)


def _adjusted_lab(linear: Floats) -> Floats:
    """CIELAB, its colours as much weaker as it is dark."""
    ratio = cv2.transform(linear, _TO_XYZ / _WHITE[:, None])
    delta = 6 / 29
    curve = np.where(ratio > delta**3, np.cbrt(ratio), ratio / (3 * delta**2) + np.float32(4 / 29))
    x, y, z = cv2.split(curve)
    light = 116 * y - 16
    hunt = np.float32(0.01) * light
    return np.stack([light, hunt * 500 * (x - y), hunt * 200 * (y - z)], axis=-1).astype(np.float32)


def _distance(first: Floats, second: Floats) -> Floats:
    """HyAB: city block in lightness, Euclid in colour, to the power of section 4.1."""
    apart = first - second
    hyab = np.abs(apart[..., 0]) + np.hypot(apart[..., 1], apart[..., 2])
    result: Floats = np.power(hyab, np.float32(_COLOUR_POWER))
    return result


@functools.cache
def _largest_distance() -> float:
    """Between green and blue, which lie furthest apart."""
    green, blue = (np.array([[colour]], np.float32) for colour in ((0, 1, 0), (0, 0, 1)))
    return float(_distance(_adjusted_lab(green), _adjusted_lab(blue))[0, 0])


def _colour_error(first: Floats, second: Floats) -> Floats:
    largest = _largest_distance()
    knee = _KNEE * largest
    error = _distance(first, second)
    above = _KNEE_ERROR + (error - knee) * ((1 - _KNEE_ERROR) / (largest - knee))
    return np.where(error < knee, error * (_KNEE_ERROR / knee), above).astype(np.float32)


# -- filters -----------------------------------------------------------------------------------------------------------


@functools.cache
def _gaussians(sums: tuple[tuple[float, float], ...]) -> tuple[tuple[float, Floats], ...]:
    """(weight, one-dimensional kernel of sum 1) of a sum of Gaussians; the weights add up to 1."""
    reach = math.ceil(3 * math.sqrt(_WIDEST / (2 * math.pi**2)) * PIXELS_PER_DEGREE)
    x_deg = np.arange(-reach, reach + 1) / PIXELS_PER_DEGREE
    bells = [(weight * math.sqrt(math.pi / width), np.exp(-(math.pi**2) * x_deg**2 / width)) for weight, width in sums]
    volume = sum(height * bell.sum() ** 2 for height, bell in bells)
    return tuple((height * bell.sum() ** 2 / volume, (bell / bell.sum()).astype(np.float32)) for height, bell in bells)


def _blurred(plane: Floats, sums: tuple[tuple[float, float], ...]) -> Floats:
    parts = [weight * _filtered(plane, kernel, kernel) for weight, kernel in _gaussians(sums)]
    result: Floats = functools.reduce(np.add, parts).astype(np.float32)
    return result


def _filtered(plane: Floats, across: Floats, down: Floats) -> Floats:
    result: Floats = cv2.sepFilter2D(
        np.ascontiguousarray(plane), cv2.CV_32F, across, down, borderType=cv2.BORDER_REPLICATE
    )
    return result


@functools.cache
def _detectors() -> tuple[Floats, Floats, Floats]:
    """Kernels of one dimension: Gaussian, its first and its second derivative, scaled as section 4.2 says."""
    deviation = 0.5 * _FEATURE_DEG * PIXELS_PER_DEGREE
    reach = math.ceil(3 * deviation)
    x = np.arange(-reach, reach + 1, dtype=np.float64)
    bell = np.exp(-(x**2) / (2 * deviation**2))
    edge, point = -x * bell, (x**2 / deviation**2 - 1) * bell
    return _kernel(bell), _kernel(edge), _kernel(point)


def _kernel(shape: NDArray[Any]) -> Floats:
    """Positive values of sum 1, and negative ones of sum -1 if there are any."""
    up, down = shape[shape > 0].sum(), -shape[shape < 0].sum()
    return np.where(shape < 0, shape / (down or 1.0), shape / up).astype(np.float32)


def _features(luminance: Floats) -> tuple[Floats, Floats]:
    """How much of an edge, and of a point, each pixel is."""
    bell, edge, point = _detectors()
    plane = (luminance + np.float32(16)) / np.float32(116)
    edges = np.hypot(_filtered(plane, edge, bell), _filtered(plane, bell, edge))
    points = np.hypot(_filtered(plane, point, bell), _filtered(plane, bell, point))
    return edges, points


def _feature_error(first: Floats, second: Floats) -> Floats:
    """Equation 9."""
    (edges, points), (other_edges, other_points) = _features(first), _features(second)
    larger = np.maximum(np.abs(edges - other_edges), np.abs(points - other_points))
    result: Floats = np.clip(np.power(larger / np.float32(math.sqrt(2)), np.float32(_FEATURE_POWER)), 0, 1)
    return result
