"""Sound out: what is played, how far it has been heard, and what happens when the device is not there or goes.

GUI thread: play, stop, position_s --> SoundPlayer --> its own thread opens and closes the device, which may take long
device's thread: SoundPlayer.fill(count) -> samples, noting when: the clock that a picture follows
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import MienError
from viewer.sound.sound_clock import SoundClock

log = logging.getLogger(__name__)

Samples = NDArray[np.float32]  # (n,) mono, -1..1
NO_DEVICE = "No sound device: speaking silently"
GONE = "The sound device has gone: going on silently"
# A device that asks for nothing for so long has gone; and so long the picture waits for one that is being opened.
GONE_S, PATIENCE_S = 0.4, 1.0


class SoundError(MienError):
    """No device, or one that does not work; the text is for users."""


class SoundOut(Protocol):
    """Plays one sound at a time."""

    def play(self, samples: Samples, rate: int, from_s: float) -> None:
        """Play from a place on, in place of what plays; never waits for a device."""

    def stop(self) -> None:
        """Fall silent."""

    @property
    def position_s(self) -> float | None:
        """What is heard now, in seconds into the samples; None: nothing is, whoever follows keeps his own time."""


class Device(Protocol):
    """What sounds: asks `fill(count)` for (count,) samples on a thread of its own, until it is closed."""

    @property
    def latency_s(self) -> float:
        """How long after it was asked for a sample is heard, about."""

    def close(self) -> None:
        """Fall silent and let go. Waits for its thread."""


OpenDevice = Callable[[int, Callable[[int], Samples]], Device]  # (rate, fill) -> a device that asks; or SoundError


@dataclass(frozen=True)
class _Order:
    """What is to be heard. A new one for every jump."""

    samples: Samples
    rate: int
    from_s: float
    since_s: float


class SoundPlayer:
    """A `SoundOut` on a device that is opened when something is first played, and kept. Owners close.

    `say` hears, on any thread, what the user should know: each once.
    """

    def __init__(
        self, open_device: OpenDevice, say: Callable[[str], object] = log.warning,
        *, now_s: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self._open_device, self._say, self._now_s = open_device, say, now_s
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._order: _Order | None = None
        self._cursor = 0  # sample of the order that the device gets next
        self._clock: SoundClock | None = None
        self._device: Device | None = None
        self._rate = 0
        self._is_silent = self._is_closed = False
        self._said: set[str] = set()
        self._thread: threading.Thread | None = None

    # -- on the thread that owns this --------------------------------------------------------------------------------
    def play(self, samples: Samples, rate: int, from_s: float) -> None:
        """See SoundOut."""
        with self._lock:
            self._order = _Order(samples, rate, from_s, self._now_s())
            self._cursor, self._clock = round(from_s * rate), None
            needs_device = self._device is None or self._rate != rate
            if needs_device:
                self._is_silent = False  # somebody may have plugged one in
        if needs_device:
            self._wake()

    def stop(self) -> None:
        """See SoundOut."""
        with self._lock:
            self._order = self._clock = None

    @property
    def position_s(self) -> float | None:
        """See SoundOut."""
        now_s = self._now_s()
        with self._lock:
            order, clock = self._order, self._clock
            if order is None or self._is_silent:
                return None
            if clock is None:
                if now_s - order.since_s < PATIENCE_S:
                    return order.from_s
            elif clock.age_s(now_s) < GONE_S:
                return clock.at(now_s)
            had_device, self._is_silent = self._device is not None, True
        self._tell(GONE if clock is not None or had_device else NO_DEVICE)
        self._wake()  # to close it
        return None

    def close(self) -> None:
        """Let go of the device. A driver that hangs is left behind. May be called twice."""
        self.stop()
        self._is_closed = True
        thread, self._thread = self._thread, None
        if thread is not None:
            self._wanted.set()
            thread.join(2.0)

    def _wake(self) -> None:
        if self._thread is None and not self._is_closed:
            self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()
        self._wanted.set()

    def _tell(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._say(text)

    # -- on its own thread -------------------------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._is_closed:
            self._wanted.wait()
            self._wanted.clear()
            self._renew()
        self._drop()

    def _renew(self) -> None:
        """Open the device that the order needs, or close one that has gone."""
        with self._lock:
            order, is_fine = self._order, self._device is not None and not self._is_silent
        if is_fine and order is not None and order.rate == self._rate:
            return
        self._drop()
        if order is None or self._is_silent or self._is_closed:
            return
        try:
            device = self._open_device(order.rate, self.fill)
        except SoundError as error:
            log.info("%s", error)
            with self._lock:
                self._is_silent = True
            self._tell(NO_DEVICE)
            return
        with self._lock:
            self._device, self._rate = device, order.rate

    def _drop(self) -> None:
        with self._lock:
            device, self._device, self._rate = self._device, None, 0
        if device is not None:
            device.close()

    # -- on the device's thread --------------------------------------------------------------------------------------
    def fill(self, count: int) -> Samples:
        """The next samples for the device: silence where there is nothing to play."""
        now_s, out = self._now_s(), np.zeros(count, np.float32)
        with self._lock:
            order, device = self._order, self._device
            if order is None or device is None or order.rate != self._rate:
                return out
            if self._clock is None:
                self._clock = SoundClock(order.from_s)
            # What is asked for now is heard so much later.
            self._clock.note(now_s, self._cursor / order.rate - device.latency_s)
            part = order.samples[self._cursor : self._cursor + count]
            out[: len(part)] = part
            self._cursor += count
        return out
