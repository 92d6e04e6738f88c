"""viewer.compare.pair_measuring: on a thread of its own, the newest pair, with rests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from gpu_core.settings import FrameRequest
from viewer.compare.comparison import Comparison, Metric
from viewer.compare.pair_measuring import LEAST_REST_S, Pair, PairFigures, PairMeter, flip_steps, measure
from viewer.compare.picture_difference import Pixels


def picture(value: int, size: int = 48) -> Pixels:
    made = np.full((size, size, 4), value, np.uint8)
    made[..., 3] = 255
    return made


def pair(stamp: int, value: int = 110, comparison: Comparison | None = None) -> Pair:
    return Pair(FrameRequest(stamp=stamp), picture(100), picture(value), comparison or Comparison())


class Listener:
    """Remembers what it was told, and lets somebody wait for so many."""

    def __init__(self) -> None:
        self.told: list[PairFigures] = []
        self.threads: set[str] = set()
        self._news = threading.Condition()

    def __call__(self, figures: PairFigures) -> None:
        with self._news:
            self.told.append(figures)
            self.threads.add(threading.current_thread().name)
            self._news.notify_all()

    def wait_for(self, stamp: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: any(f.pair.request.stamp == stamp for f in self.told), 10)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def meter(listener: Listener) -> Iterator[PairMeter]:
    made = PairMeter(listener)
    yield made
    made.close()


def test_a_pair_is_measured_beside(meter: PairMeter, listener: Listener) -> None:
    meter.offer(pair(1))
    listener.wait_for(1)
    assert listener.told[0].largest == 10
    assert listener.threads == {"meter"}


def test_the_newest_wins_and_there_are_rests(meter: PairMeter, listener: Listener) -> None:
    meter.offer(pair(0))
    listener.wait_for(0)
    for stamp in range(1, 30):
        meter.offer(pair(stamp))
    listener.wait_for(29)
    assert [figures.pair.request.stamp for figures in listener.told] == [0, 29]
    assert listener.told[1].measured_ns - listener.told[0].measured_ns > LEAST_REST_S * 0.9e9


def test_closed_it_has_no_thread_and_begins_again(meter: PairMeter, listener: Listener) -> None:
    meter.offer(pair(1))
    listener.wait_for(1)
    meter.close()
    meter.close()
    assert not any(thread.name == "meter" for thread in threading.enumerate())
    time.sleep(0.01)
    meter.offer(pair(2))
    listener.wait_for(2)


def test_the_map_is_of_the_metric_that_was_asked_for() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (48, 48, 4)).astype(np.uint8)
    noise[..., 3] = 255
    steps, flip = (
        measure(Pair(FrameRequest(), picture(100), noise, Comparison(metric=metric, amplification=1)))
        for metric in Metric
    )
    assert (steps.psnr_db, steps.flip) == (flip.psnr_db, flip.flip)
    assert not np.array_equal(steps.heat, flip.heat)
    assert flip_steps(np.array([[0, 0.5, 1]], np.float32)).tolist() == [[0, 128, 255]]
