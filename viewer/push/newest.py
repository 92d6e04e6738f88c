"""A place for the newest picture: who offers never waits for who takes, and nobody waits for a copy."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class Taken(NamedTuple):
    """A picture, the moment that it shows, and when it came; time.monotonic's clock."""

    pixels: Pixels
    at_s: float
    came_s: float


class Newest:
    """One thread offers, one takes. Three buffers go round: no picture costs memory of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._came = threading.Event()
        self._spare: Pixels | None = None
        self._newest: Taken | None = None
        self._in_use: Pixels | None = None
        self.missed = 0  # pictures that a newer one replaced before they were taken

    def offer(self, pixels: Pixels, at_s: float) -> None:
        """Keep a copy of `pixels`, in place of what was not taken."""
        with self._lock:
            spare, self._spare = self._spare, None
        copy = spare if spare is not None and spare.shape == pixels.shape else np.empty(pixels.shape, np.uint8)
        np.copyto(copy, pixels)
        with self._lock:
            if self._newest is not None:
                self.missed += 1
                self._spare = self._newest.pixels
            self._newest = Taken(copy, at_s, time.monotonic())
        self._came.set()

    def take(self) -> Taken | None:
        """The newest picture; None: the same as before. It stays as it is until the next is taken."""
        with self._lock:
            if self._newest is None:
                return None
            taken, self._newest = self._newest, None
            if self._in_use is not None:
                self._spare = self._in_use
            self._in_use = taken.pixels
            return taken

    def wait(self, timeout_s: float) -> bool:
        """Wait for the first picture there ever was."""
        return self._came.wait(timeout_s)
