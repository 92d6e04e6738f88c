"""The contact sheet of a session: up to two dozen of its pictures, evenly over its length, with their times."""

from __future__ import annotations

import cv2
import numpy as np

from viewer.sessions.background import Pixels, ground_by_alpha, laid_over
from viewer.sessions.recording import BACKGROUND, Colour

COLUMNS, MOST, SIDE, GAP = 6, 24, 128, 4  # a quarter of a usual picture: a whole factor is shrunk fastest
_TEXT = (0xC8, 0xCA, 0xCE)


class ContactSheet:
    """Keeps a small picture now and then while a recording goes on: never more than `MOST`, however long it is."""

    def __init__(self, background: Colour = BACKGROUND) -> None:
        self._background, self._ground = background, ground_by_alpha(background)
        self._every, self._next = 1, 0
        self._kept: list[tuple[int, float, Pixels]] = []  # number, seconds, small

    def wants(self, number: int) -> bool:
        """Whether this picture, counted from 0, is one to keep: for who would have to make it first."""
        return number >= self._next

    def add(self, number: int, time_s: float, pixels: Pixels) -> None:
        """Note a picture, (size, size, 4) premultiplied or (size * 3 / 2, size) NV12; most are passed over."""
        if not self.wants(number):
            return
        self._kept.append((number, time_s, self._small(pixels)))
        if len(self._kept) == MOST:
            self._kept, self._every = self._kept[::2], self._every * 2
        self._next = self._kept[-1][0] + self._every

    def _small(self, pixels: Pixels) -> Pixels:
        if pixels.ndim == 2:
            pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_YUV2RGBA_NV12))
        small = np.asarray(cv2.resize(pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA))  # premultiplied
        return np.ascontiguousarray(laid_over(small, self._ground)[..., :3])

    def png(self) -> bytes:
        """The sheet as a PNG file; b"" if nothing was noted."""
        if not self._kept:
            return b""
        columns = min(COLUMNS, len(self._kept))
        lines = -(-len(self._kept) // columns)
        step, foot = SIDE + GAP, 18
        sheet = np.full((lines * (step + foot) + GAP, columns * step + GAP, 3), self._background, np.uint8)
        for number, (_, time_s, picture) in enumerate(self._kept):
            top, left = GAP + number // columns * (step + foot), GAP + number % columns * step
            sheet[top : top + SIDE, left : left + SIDE] = picture
            at = (left + 2, top + SIDE + foot - 5)
            cv2.putText(sheet, f"{time_s:.2f} s", at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, _TEXT, 1, cv2.LINE_AA)
        _, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
        return bytes(data.tobytes())
