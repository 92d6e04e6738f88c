"""What keeps pushers busy: numbered pictures at a rate, a tone, and a look at what arrived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any, Self

import av
import numpy as np

from tests.viewer.sessions.recording_process import number_of, picture
from viewer.push.pusher import Pusher

SIZE, FPS = 64, 25.0
PATIENCE_S = 30.0  # on a busy machine


class Tone:
    """440 Hz for ever."""

    rate = 22_050

    def samples(self, from_s: float, count: int) -> Any:
        times = from_s + np.arange(count) / self.rate
        return (0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


class Feeder:
    """Offers numbered pictures to pushers until it is left."""

    def __init__(self, *pushers: Pusher, fps: float = FPS, size: int = SIZE) -> None:
        self._pushers, self._fps, self._size = pushers, fps, size
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._feed, name="feeder")
        self.number = 0
        self.worst_s = 0.0  # that an offer took

    def _feed(self) -> None:
        start_s = time.monotonic()
        while not self._done.wait(max(0.0, start_s + self.number / self._fps - time.monotonic())):
            pixels = picture(self.number, self._size)
            for pusher in self._pushers:
                before_s = time.monotonic()
                pusher.offer(pixels, before_s)
                self.worst_s = max(self.worst_s, time.monotonic() - before_s)
            self.number += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()


def until(holds: Callable[[], object], what: str = "it") -> None:
    """Wait until something holds."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, f"{what} did not come"
        time.sleep(0.02)


def numbers_at(where: str, most: int, **options: str) -> list[int]:
    """The numbers of so many pictures that arrive there."""
    every = {"analyzeduration": "600000", "probesize": "100000", **options}
    with av.open(where, timeout=PATIENCE_S, options=every) as container:
        return list(islice(_numbers(container), most))


def _numbers(container: Any) -> Iterator[int]:
    for frame in container.decode(video=0):
        yield number_of(frame.to_ndarray(format="rgb24"))


def is_in_order(numbers: list[int]) -> bool:
    """Whether no picture came before an older one, and most came once."""
    steps = np.diff(numbers)
    return bool((steps >= 0).all() and (steps <= 6).all() and (steps == 1).mean() > 0.5)
