"""Measuring two pictures of the same face while they are shown: on a thread of its own, the newest pair wins.

It rests for as long as makes it cost a fifth of a core at most, and never measures more often than four times a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.flip import flip_map, on_backdrop
from gpu_core.settings import FrameRequest
from viewer.compare.comparison import Comparison, Metric
from viewer.compare.picture_difference import Pixels, difference, heat_map
from viewer.mailbox import Mailbox

LEAST_REST_S = 0.25
SHARE = 5  # of the time that passes, the part that is spent measuring: one in so many


@dataclass(frozen=True)
class Pair:
    """Two pictures of one request, (H, W, 4) premultiplied, and what is wanted of them."""

    request: FrameRequest
    a: Pixels
    b: Pixels
    comparison: Comparison


@dataclass(frozen=True)
class PairFigures:
    """What was measured, and where the two differ as a picture."""

    pair: Pair
    psnr_db: float  # infinite for equal pictures
    mean: float  # steps of 255 over covered pixels
    largest: int
    flip: float  # mean of the map
    heat: Pixels
    measured_ns: int  # time.perf_counter_ns
    cost_ms: float

    @property
    def are_identical(self) -> bool:
        """Whether the two are the same to the last bit."""
        return self.largest == 0


def measure(pair: Pair) -> PairFigures:
    """Measure a pair, on whatever thread."""
    started_ns = time.perf_counter_ns()
    found = difference(pair.a, pair.b)
    errors = flip_map(on_backdrop(pair.a), on_backdrop(pair.b))
    wanted = pair.comparison
    steps = flip_steps(errors) if wanted.metric is Metric.FLIP else found.steps
    heat = heat_map(steps, 255 / wanted.amplification)
    ended_ns = time.perf_counter_ns()
    return PairFigures(
        pair,
        found.psnr_db,
        found.mean,
        found.largest,
        float(errors.mean()),
        heat,
        ended_ns,
        (ended_ns - started_ns) / 1e6,
    )


def flip_steps(errors: NDArray[np.float32]) -> Pixels:
    """FLIP's errors 0..1 in steps of 255."""
    return np.rint(errors * 255).astype(np.uint8)


class PairMeter:
    """Measures what is offered. `told` is called with the figures, on the meter's thread."""

    def __init__(self, told: Callable[[PairFigures], None]) -> None:
        self._told = told
        self._mailbox: Mailbox[Pair] = Mailbox()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def offer(self, pair: Pair) -> None:
        """Measure this as soon as may be; a pair that still waits is forgotten."""
        self._mailbox.post(pair)
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="meter")
            self._thread.start()

    def close(self) -> None:
        """End the thread; it begins again with the next offer. Waits for a measurement that is under way."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        self._mailbox.take()
        self._mailbox.wake()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._mailbox.wait()
            pair = self._mailbox.take()
            if pair is None or self._stopping.is_set():
                continue
            figures = measure(pair)
            self._told(figures)
            self._stopping.wait(max(LEAST_REST_S, SHARE * figures.cost_ms / 1000))
