"""Replayed pictures against recorded ones, where the recording kept every pixel."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.quality import MissingMetric, flip_map, psnr
from viewer.picture_file import finished
from viewer.sessions.background import Pixels, ground_by_alpha, laid_over
from viewer.sessions.session import Session
from viewer.sessions.video_reading import pictures

FLIP_PICTURES = 24  # evenly over a session: FLIP takes longer than making the picture


@dataclass(frozen=True)
class PictureFigures:
    """What came of it. `flip` is NaN where the metric is not installed."""

    pictures: int
    identical: int
    psnr: float  # dB, the mean of the pictures that differ; infinite if none does
    worst_psnr: float
    flip: float

    def line(self) -> str:
        """All of it in one line."""
        if self.identical == self.pictures:
            return f"pictures: all {self.pictures} are the same, byte for byte"
        flip = "" if math.isnan(self.flip) else f", FLIP {self.flip:.4f}"
        return (
            f"pictures: {self.identical} of {self.pictures} are the same; the others PSNR {self.psnr:.1f} dB "
            f"(worst {self.worst_psnr:.1f}){flip}"
        )


class PictureComparison:
    """Takes replayed pictures in the order of the video. To be closed."""

    def __init__(self, session: Session, count: int) -> None:
        self._session, self._ground = session, ground_by_alpha(session.background)
        self._recorded: Iterator[tuple[int, Pixels]] = pictures(session)
        self._current: tuple[int, Pixels] | None = None
        self._every = max(1, count // FLIP_PICTURES)
        self._psnr: list[float] = []
        self._flip: list[float] = []
        self._identical = self._seen = 0

    def add(self, video_frame: int, pixels: Pixels) -> None:
        """Compare a picture, (size, size, 4) premultiplied, with a frame of the video.

        Raises:
            SessionError: the video cannot be read.
        """
        while self._current is None or self._current[0] < video_frame:
            self._current = next(self._recorded, None)
            if self._current is None:
                return
        if self._current[0] != video_frame:
            return
        self._compare(self._as_recorded(pixels), self._current[1])

    def _as_recorded(self, pixels: Pixels) -> Pixels:
        if self._session.codec == "png":
            return finished([pixels], None, None)
        return laid_over(pixels, self._ground)[..., :3]

    def _compare(self, made: Pixels, recorded: Pixels) -> None:
        self._seen += 1
        if made.shape != recorded.shape:
            return
        if np.array_equal(made, recorded):
            self._identical += 1
        else:
            self._psnr.append(psnr(made / 255, recorded / 255))
        if self._seen % self._every == 0:
            self._flip.append(_flip(made, recorded))

    def figures(self) -> PictureFigures:
        """What came of it."""
        worst, mean = (min(self._psnr), float(np.mean(self._psnr))) if self._psnr else (math.inf, math.inf)
        flip = float(np.mean(self._flip)) if self._flip else math.nan
        return PictureFigures(self._seen, self._identical, mean, worst, flip)

    def close(self) -> None:
        """Let go of the video."""
        close = getattr(self._recorded, "close", None)
        if close is not None:
            close()


def _flip(made: Pixels, recorded: Pixels) -> float:
    try:
        return float(flip_map(_with_alpha(made), _with_alpha(recorded)).mean())
    except MissingMetric:
        return math.nan


def _with_alpha(pixels: Pixels) -> NDArray[np.floating[Any]]:
    """0..1, premultiplied."""
    values = pixels.astype(np.float64) / 255
    if values.shape[2] == 3:
        return np.dstack([values, np.ones(values.shape[:2])])
    return np.dstack([values[..., :3] * values[..., 3:], values[..., 3:]])
