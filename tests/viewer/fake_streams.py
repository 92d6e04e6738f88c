"""A supervisor that does what a test tells it, and streams and plans to show."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from gpu_core.errors import MienError
from viewer.push.values import PushStatus
from viewer.streams.overload import Advice
from viewer.streams.plan import RESERVE, Plan, PlanKey, Point
from viewer.streams.values import StreamStatus


class FakeSupervisor:
    """Tells `now`. `gate` holds `start` and `stop` up until it is set, `refuses` makes `start` fail."""

    def __init__(self) -> None:
        self.now: tuple[StreamStatus, ...] = ()
        self.calls: list[Any] = []
        self.threads: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.refuses = ""
        self.advice = Advice()
        self.notes: tuple[str, ...] = ()

    def _note(self, call: Any) -> None:
        self.calls.append(call)
        self.threads.add(threading.current_thread().name)

    def start(self) -> None:
        self._note("start")
        assert self.gate.wait(10)
        if self.refuses:
            raise MienError(self.refuses)

    def statuses(self) -> tuple[StreamStatus, ...]:
        return self.now

    def restart(self, number: int) -> None:
        self._note(("restart", number))

    def stop(self, timeout_s: float | None = None) -> None:
        self._note("stop")
        assert self.gate.wait(10)
        self.now = tuple(replace(status, state="ended") for status in self.now)


def live(number: int, **changes: Any) -> StreamStatus:
    """A stream as it goes when all is well."""
    push = PushStatus(f"rtmp://127.0.0.1/live/face-{number}", "live", frames=700, kbps=830.4, queued=2)
    return replace(
        StreamStatus(
            number, "live", fps=24.8, frames=740, misses=3, worst_gap_s=0.21, age_ms=48.0, cpu_percent=45.3,
            memory_mb=310.0, pid=4000 + number, push=push,
        ),
        **changes,
    )  # fmt: skip


def a_plan() -> Plan:
    """A machine that holds two streams by a worker each, and three as a batch."""
    promised = {"workers": {1: 34.0, 2: 51.0, 4: 60.0}, "batch": {1: 26.0, 2: 56.0, 4: 96.0}}
    points = tuple(
        Point(way, faces, rate / RESERVE, 1000 * faces / rate, 1500 * faces / rate, 180.0, 400.0)
        for way, curve in promised.items()
        for faces, rate in curve.items()
    )
    return Plan(PlanKey("this", "swift", 512), points, "2026-01-02T03:04:05", "OpenVINO int8")
