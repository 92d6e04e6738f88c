"""One face, live to one target: whoever draws offers pictures and hears of nothing that goes wrong beyond it.

    offer -> Newest -> [thread: constant rate, conversion, H.264, AAC] -> PacketQueue -> [thread: Sender] -> process

A picture waits for at most a frame. What is encoded waits in a queue that is bounded (see `packet_queue` for what is
dropped when it is full); a server that hangs or is gone costs neither the face nor the encoder a moment. Nothing is
encoded while nobody is connected.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from dataclasses import replace
from fractions import Fraction
from statistics import median
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from gpu_core.thread_load import name_thread
from viewer.push.encoding import CameraOutput, Encoding
from viewer.push.form import checked_rate
from viewer.push.grid import Grid
from viewer.push.newest import Newest
from viewer.push.sound import Sound
from viewer.push.target import PushError, parse_target
from viewer.push.values import PushStatus, VideoForm
from viewer.push.virtual_camera import VirtualCamera

log = logging.getLogger(__name__)

Pixels = NDArray[np.uint8]
COSTS = 100  # frames whose cost is told
BEAT_S = 0.25
_SIZES = range(16, 4097)


class Output(Protocol):
    """Where frames at a constant rate go."""

    def begin(self, at_s: float) -> None:
        """The first picture is of this moment."""

    def write(self, pixels: Pixels | None, number: int) -> bool:
        """The `number`th frame; None: as before. Returns whether it went on its way."""

    def watch(self) -> None:
        """Called with every frame."""

    @property
    def process_id(self) -> int:
        """Of the process that sends; 0: there is none."""

    def status(self) -> PushStatus:
        """What it knows."""

    def wait_live(self, timeout_s: float) -> bool:
        """Wait until it is live."""

    def finish(self) -> None:
        """Hand over what is held back; on the thread that wrote the frames."""

    def end(self) -> None:
        """No more frames, however it came to that."""

    def close(self, timeout_s: float) -> None:
        """End, in this time."""


def open_pusher(to: str, form: VideoForm, size: int, *, sound: Sound | None = None) -> Pusher:
    """Open a pusher of pictures of `size` x `size` to the target that a person wrote; it connects with the first.

    Raises:
        PushError: nothing can be pushed there, or not in this form. A server that is not there is none: see `status`.
    """
    target = parse_target(to)
    if size not in _SIZES:
        raise PushError(f"pictures of {size} pixels a side cannot be pushed: {_SIZES[0]} to {_SIZES[-1]} can")
    rate = checked_rate(form)
    if target.is_camera:
        return Pusher(CameraOutput(target, VirtualCamera(target, size, form.fps)), size, rate)
    return Pusher(Encoding(target, size, rate, form, sound), size, rate)


class Pusher:
    """Takes pictures from one thread; the rest may be called from any. To be closed."""

    def __init__(self, output: Output, size: int, rate: Fraction) -> None:
        self._output, self._rate, self._problem = output, rate, ""
        self._fitting = ((size, size, 4), (size * 3 // 2, size)) if size % 2 == 0 else ((size, size, 4),)
        self._newest = Newest()
        self._unfit = self._repeated = self._given_up = 0
        self._grid: Grid | None = None
        self._costs_ms: deque[float] = deque(maxlen=COSTS)
        self._closing = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="pusher")
        self._thread.start()

    def offer(self, pixels: Pixels, at_s: float) -> None:
        """Show this from now on: (size, size, 4) uint8 premultiplied sRGB, top row first; or NV12, see `FrameMaker`.

        Never waits and never raises; keeps nothing of `pixels`. `at_s`: the moment that it shows, on time.monotonic's
        clock. One that does not fit is dropped.
        """
        if pixels.shape not in self._fitting or pixels.dtype != np.uint8:
            self._unfit += 1
        elif not self._closing.is_set():
            self._newest.offer(pixels, at_s)

    def status(self) -> PushStatus:
        """How it goes; cheap."""
        told, costs, grid = self._output.status(), tuple(self._costs_ms), self._grid
        dropped = self._unfit + self._newest.missed + self._given_up + (grid.left_out if grid is not None else 0)
        if self._problem:
            told = replace(told, state="failed", note=self._problem)
        return replace(
            told, repeated=self._repeated, dropped=told.dropped + dropped, cost_ms=median(costs) if costs else 0.0
        )

    @property
    def process_id(self) -> int:
        """Of the process that sends, for whoever counts processor time; 0: there is none just now."""
        return self._output.process_id

    def connected(self, timeout_s: float) -> bool:
        """Wait until it is live, at most for this long; needs pictures."""
        return self._output.wait_live(timeout_s)

    def close(self, timeout_s: float = 5.0) -> None:
        """Send what is under way and end; whatever takes longer than this is given up. Again is fine."""
        if self._is_closed:
            return
        self._is_closed = True
        end_s = time.monotonic() + timeout_s
        self._closing.set()
        self._thread.join()
        self._output.close(max(0.0, end_s - time.monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _run(self) -> None:
        name_thread("pusher")
        try:
            while not self._newest.wait(BEAT_S):
                if self._is_over():
                    return
            self._grid = Grid(self._rate, time.monotonic())
            while not self._closing.wait(max(0.0, self._grid.wait_s(time.monotonic()))):
                if self._is_over():
                    break
                self._step(self._grid)
            self._output.finish()
        except Exception as error:  # noqa: BLE001  # a mistake in what sounds, too: who watches has to hear of it
            # Not its text: an error of FFmpeg's may name the target.
            self._problem = f"pictures cannot be encoded any more: {getattr(error, 'strerror', None) or 'see the log'}"
            where = "".join(traceback.format_tb(error.__traceback__)[-2:])
            log.warning("%s: %s (%s)\n%s", self._output.status().where, self._problem, type(error).__name__, where)
        finally:
            self._output.end()

    def _is_over(self) -> bool:
        """Whether it was closed, or will not be: the program has ended in an error before it could."""
        return self._closing.is_set() or not threading.main_thread().is_alive()

    def _step(self, grid: Grid) -> None:
        self._output.watch()
        start_s = time.thread_time()
        taken = self._newest.take()
        number = grid.step(time.monotonic())
        if taken is not None:
            grid.heed(taken.came_s)
            if number == 0:
                self._output.begin(taken.at_s)
        is_sent = self._output.write(None if taken is None else taken.pixels, number)
        if taken is None:
            self._repeated += is_sent
        elif not is_sent:
            self._given_up += 1
        if is_sent:
            self._costs_ms.append((time.thread_time() - start_s) * 1000)
