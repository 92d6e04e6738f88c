"""The short way of a live face: from the thread that listens straight to the engine, past whatever the window does.

A window that paints with a processor is busy for 10 ms and more at a time. A face that waited for it would be late
before the engine began with it; so the window hears of it after the engine (`ViewerModel.edit`, `asked`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gpu_core.expression import Expression
from gpu_core.settings import FrameRequest
from viewer.capture.live_face import LiveFace, LiveSettings
from viewer.capture.receiver import Arrival
from viewer.request_maker import RequestMaker
from viewer.takes.face_channels import with_channels


@dataclass(frozen=True)
class Asked:
    """A live face that the engine has been asked for, and the milliseconds from its packet's arrival until then."""

    face: Expression
    request: FrameRequest
    delay_ms: float


class LiveLane:
    """A live face with what the hand holds on top of it. Any thread.

    It holds none of the window's objects, so that the collector need not take it apart together with any.

    Args:
        requests: makes them.
        ask: gives it to the engine thread; None: nobody does, the window has to.
    """

    def __init__(self, requests: RequestMaker, ask: Callable[[FrameRequest], None] | None = None) -> None:
        self._requests, self._ask = requests, ask
        self._live, self._lock = LiveFace(), threading.Lock()
        self._held: Mapping[str, Expression] = {}
        self.is_armed = False  # live faces may go to the engine

    def hear(self, arrival: Arrival) -> Asked | None:
        """A face has come; if it may, it goes to the engine at once."""
        face = arrival.heard.expression
        if face is None:
            return None
        with self._lock:
            self._live.hear(face, arrival.arrived_s)
            ask = self._ask if self.is_armed else None
            if ask is None:
                return None
            shown = self._face(time.perf_counter())
        request = self._requests.make(shown, int(arrival.arrived_s * 1e9))
        ask(request)
        return Asked(shown, request, (time.perf_counter() - arrival.arrived_s) * 1000)

    def close(self) -> None:
        """Ask nobody any more."""
        self._ask = None

    def face(self, now_s: float) -> Expression:
        """The face of a moment, with what is held."""
        with self._lock:
            return self._face(now_s)

    def level(self, now_s: float) -> float:
        """See LiveFace."""
        with self._lock:
            return self._live.level(now_s)

    def forget(self) -> None:
        """See LiveFace."""
        with self._lock:
            self._live.forget()

    @property
    def held(self) -> Mapping[str, Expression]:
        """By shape or axis, the face in which the hand left it."""
        return self._held

    def hold(self, held: Mapping[str, Expression]) -> None:
        """Leave these shapes and axes as they are in these faces."""
        self._held = dict(held)

    @property
    def settings(self) -> LiveSettings:
        """See LiveFace."""
        return self._live.settings

    def configure(self, settings: LiveSettings) -> None:
        """See LiveFace."""
        with self._lock:
            self._live.configure(settings)

    def calibrated(self) -> LiveSettings | None:
        """Settings that take the performer's face of now as neutral; None: nothing is heard."""
        with self._lock:
            return self._live.calibrated() if self._live.is_heard else None

    def _face(self, now_s: float) -> Expression:
        face = self._live.at(now_s)
        for name, hand in self._held.items():
            face = with_channels(face, hand, (name,))
        return face
