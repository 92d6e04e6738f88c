"""How long the GUI thread keeps its event loop waiting: a timer whose lateness is the stall.

Beside the time that passed it notes what the thread itself worked: on a machine that does other things as well, that
is what the program can be blamed for.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

BEAT_MS = 5
NO_STALL_MS = 1.0  # a timer of Qt's is as late as that by itself


class Heartbeat(QObject):
    """Beats on the thread that made it, from `start` to `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.late_ms: list[float] = []
        self.worked_ms: list[float] = []  # processor time of the thread since the beat before
        self._last_s = self._cpu_s = 0.0
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin anew."""
        self.late_ms.clear()
        self.worked_ms.clear()
        self._last_s, self._cpu_s = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> dict[str, float]:
        """The stalls in milliseconds: see `stalls`."""
        self._timer.stop()
        return stalls(self.late_ms, self.worked_ms)

    def _beat(self) -> None:
        now_s, cpu_s = time.perf_counter(), time.thread_time()
        self.late_ms.append(max(0.0, 1000 * (now_s - self._last_s) - BEAT_MS))
        self.worked_ms.append(1000 * (cpu_s - self._cpu_s))
        self._last_s, self._cpu_s = now_s, cpu_s


def stalls(late_ms: Sequence[float], worked_ms: Sequence[float]) -> dict[str, float]:
    """What beats that came so late come to: p50, p99 and worst, how many beats, how many of them stalled.

    Each beat counts once, however long it was waited for: a p99 of 20 ms is one event in a hundred that waited so long.
    `worked`: the same of what the thread worked from beat to beat.
    """
    found: dict[str, float] = {"count": len(late_ms), "stalled": sum(late > NO_STALL_MS for late in late_ms)}
    for prefix, values in {"": late_ms, "worked_": worked_ms}.items():
        told = np.percentile(values or [float("nan")], (50, 99, 100)).tolist()
        found |= {f"{prefix}{name}": value for name, value in zip(("p50", "p99", "worst"), told, strict=True)}
    return found
