"""How near pictures come to the truth: PSNR, SSIM, FLIP, and flicker over a sequence.

Pictures are (H, W, 4) float, 0..1, sRGB-encoded and premultiplied by alpha, top row first. PSNR, SSIM and flicker look
at their colours over black, FLIP at what a viewer would see on mid-grey. SSIM and FLIP come from scikit-image and
NVIDIA's own `flip-evaluator`, which are installed with `mien[bench]`.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import MienError

Image = NDArray[np.floating[Any]]
Box = tuple[slice, slice]  # rows, columns

# Of a 512x512 picture of the default camera: the fixed box that every quality figure of this project calls the face.
FACE_REGION: Box = (slice(150, 430), slice(170, 370))
PIXELS_PER_DEGREE = 67.0  # FLIP's own default: 0.7 m before a 0.7 m wide screen of 3840 pixels
BACKDROP = 0.5  # sRGB-encoded; on black, dark hair and a wrong alpha would both go unseen
REMEDY = "install it with: pip install 'mien[bench]'"
METHOD = {
    "face_region": "rows 150:430, columns 170:370 of 512",
    "psnr": "premultiplied RGB over black, 0..1, mean of the pictures' PSNRs",
    "ssim": "scikit-image, Gaussian window of 11x11 (sigma 1.5), data range 1, mean of the channels, face region only",
    "flip": f"flip-evaluator, LDR, {PIXELS_PER_DEGREE:g} pixels per degree, on sRGB {BACKDROP:g}, mean of the map",
    "flicker": "mean |dG - dT| / mean |dT' - dT| in the face region; T' is the truth with another seed",
}


class MissingMetric(MienError):
    """A library that computes a metric is not installed."""


def check_installed() -> None:
    """Look for the metrics' libraries before long work.

    Raises:
        MissingMetric: one of them is not installed.
    """
    missing = [name for name in ("skimage", "flip_evaluator", "onnx") if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingMetric(f"measuring quality needs {' and '.join(missing)}; {REMEDY}")


def psnr(made: Image, truth: Image) -> float:
    """Peak signal-to-noise ratio in dB of values 0..1, of any shape; infinite for equal ones."""
    error = float(np.mean((np.asarray(made, np.float64) - truth) ** 2))
    return float("inf") if error == 0 else -10 * float(np.log10(error))


def ssim(made: Image, truth: Image) -> float:
    """Structural similarity of (H, W, C) colours 0..1; at least 11x11 pixels. Wang et al. 2004, equation 13.

    Raises:
        MissingMetric: scikit-image is not installed.
    """
    try:
        from skimage.metrics import structural_similarity
    except ImportError:
        raise MissingMetric(f"SSIM needs scikit-image; {REMEDY}") from None
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return float(structural_similarity(made, truth, data_range=1.0, channel_axis=-1, **options))


def flip_map(made: Image, truth: Image) -> NDArray[np.float32]:
    """FLIP's error of every pixel, (H, W) 0..1, of two premultiplied pictures. Andersson et al. 2020.

    Raises:
        MissingMetric: flip-evaluator is not installed.
    """
    try:
        import flip_evaluator
    except ImportError:
        raise MissingMetric(f"FLIP needs flip-evaluator; {REMEDY}") from None
    shown = [np.ascontiguousarray(on_backdrop(picture), np.float32) for picture in (truth, made)]
    errors, _, _ = flip_evaluator.evaluate(
        *shown, "LDR", applyMagma=False, computeMeanError=False, parameters={"ppd": PIXELS_PER_DEGREE}
    )
    result: NDArray[np.float32] = np.asarray(errors, np.float32).reshape(shown[0].shape[:2])
    return result


def on_backdrop(picture: Image) -> Image:
    """A premultiplied (H, W, 4) picture composited on mid-grey: (H, W, 3)."""
    return np.clip(picture[..., :3] + (1 - picture[..., 3:]) * BACKDROP, 0, 1)


def face_region(pixels: int) -> Box:
    """The face region of a picture with so many pixels a side."""
    return scaled_box(FACE_REGION, pixels)


def scaled_box(box: Box, pixels: int) -> Box:
    """A box of a 512x512 picture in one with so many pixels a side."""
    rows, columns = (slice(round(part.start * pixels / 512), round(part.stop * pixels / 512)) for part in box)
    return rows, columns


def in_face(picture: Image) -> Image:
    """The colours in the face region, whatever the picture's size: (rows, columns, 3)."""
    return picture[(*face_region(picture.shape[0]), slice(0, 3))]


def flicker(made: Image, truth: Image, second_seed: Image) -> float:
    """Error of the change from frame to frame against the truth's, in units of the truth's own noise.

    All three are (frames, ...) of the same shape, at least two frames. 1 is as steady as the path tracer itself.
    """
    steps = [np.diff(np.asarray(pictures, np.float32), axis=0) for pictures in (made, truth, second_seed)]
    noise = float(np.abs(steps[2] - steps[1]).mean())
    error = float(np.abs(steps[0] - steps[1]).mean())
    if noise == 0:
        raise ValueError("the truth and its second seed change alike: nothing to measure flicker against")
    return error / noise
