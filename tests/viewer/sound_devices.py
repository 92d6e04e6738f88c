"""A sound device of the tests' own: at a rate of its own, with jitter, in a time that tests move on."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viewer.sound.sound import Samples, SoundError

BLOCK_S = 0.02


@dataclass
class Clock:
    """Time that goes on when a test says so."""

    now_s: float = 100.0

    def __call__(self) -> float:
        return self.now_s


class FakeDevice:
    """Asks for blocks as hardware does: a constant number of samples at its own rate, on a thread that comes late."""

    latency_s = 0.04

    def __init__(
        self, rate: int, fill: Callable[[int], Samples], clock: Clock, *, speed: float = 1.0, jitter_s: float = 0.0
    ) -> None:
        self.rate, self._fill, self._clock = rate, fill, clock
        self._speed, self._jitter_s = speed, jitter_s
        self._chance = random.Random(7)
        self._born_s = clock.now_s
        self._asked = 0  # blocks
        self._due_s = clock.now_s
        self.heard: list[Samples] = []
        self.starts: list[float] = []  # when each block begins to be heard
        self.is_gone = self.is_closed = False

    def go_on(self) -> None:
        """Ask for everything that is due by now."""
        while not self.is_gone and self._due_s <= self._clock.now_s:
            now_s, self._clock.now_s = self._clock.now_s, self._due_s
            self.heard.append(self._fill(round(BLOCK_S * self.rate)))
            self._clock.now_s = now_s
            self.starts.append(self._born_s + self._asked * BLOCK_S / self._speed + self.latency_s)
            self._asked += 1
            due_s = self._born_s + self._asked * BLOCK_S / self._speed + self._chance.uniform(0, self._jitter_s)
            self._due_s = max(due_s, self._due_s)

    def heard_sample(self) -> float:
        """The value that sounds now; 0 before anything does."""
        now_s = self._clock.now_s
        index = int(np.searchsorted(self.starts, now_s, side="right")) - 1
        if index < 0:
            return 0.0
        block = self.heard[index]
        place = int((now_s - self.starts[index]) * self._speed * self.rate)
        return float(block[min(place, len(block) - 1)])

    def close(self) -> None:
        self.is_closed = True


class Shop:
    """Opens fake devices, or has none; the last one is remembered."""

    def __init__(self, clock: Clock, *, speed: float = 1.0, jitter_s: float = 0.0, is_empty: bool = False) -> None:
        self._clock, self._speed, self._jitter_s, self.is_empty = clock, speed, jitter_s, is_empty
        self.made: list[FakeDevice] = []
        self.opened = threading.Event()

    def __call__(self, rate: int, fill: Callable[[int], Samples]) -> FakeDevice:
        if self.is_empty:
            raise SoundError("there is none")
        self.made.append(FakeDevice(rate, fill, self._clock, speed=self._speed, jitter_s=self._jitter_s))
        self.opened.set()
        return self.made[-1]

    @property
    def last(self) -> FakeDevice:
        return self.made[-1]
