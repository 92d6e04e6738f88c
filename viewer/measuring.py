"""A window that measures itself: `mien bench window` starts it. It plays, moves a slider, rests, and writes a report.

first picture -> play (frame rate, stages) -> record (what it costs) -> sliders (latency) -> rest (idle cost)
-> drag (stalls) -> report, close
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QObject, QTimer

from viewer.cockpit import Cockpit
from viewer.drag_measuring import Drag, open_docks
from viewer.options import DesktopOptions
from viewer.panels.expressions import ExpressionsPanel
from viewer.picture_file import write_whole
from viewer.recording_measuring import RecordingSpans
from viewer.view_values import Shown

_SHAPE = "jawOpen"
_SETTLE_MS = 2000
_MOVE_MS = 180  # between two moves of the slider: longer than any frame takes, so that each is answered by itself
_MOVES = 60


class Measurement(QObject):
    """Drives the window through its parts; `exit_code` 1: it never showed a picture."""

    def __init__(self, cockpit: Cockpit, options: DesktopOptions) -> None:
        super().__init__(cockpit)
        self.exit_code = 1
        self._cockpit, self._options = cockpit, options
        self._process = psutil.Process()
        self._figures: dict[str, Any] = {}
        self._shown = 0
        self._ages: list[float] = []
        self._seconds = options.measure_seconds
        cockpit.model.frame_shown.connect(self._on_shown)
        cockpit.engine_thread.failed.connect(self._give_up)

    def _on_shown(self, shown: Shown) -> None:
        self._shown += 1
        if self._shown == 1:
            self._figures["first_face_s"] = (time.monotonic_ns() - self._options.measure_from) / 1e9
            self._after(_SETTLE_MS, self._play) if self._seconds else self._report()
        elif np.isfinite(shown.age_ms):
            self._ages.append(shown.age_ms)

    def _after(self, milliseconds: float, step: Callable[[], None]) -> None:
        QTimer.singleShot(round(milliseconds), self, step)

    # -- the parts ---------------------------------------------------------------------------------------------------
    def _play(self) -> None:
        model = self._cockpit.model
        model.set_playback(replace(model.playback, name="talk", playing=True, loop=True))
        self._after(_SETTLE_MS, self._count)

    def _count(self) -> None:
        self._cockpit.model.history.clear()
        self._ages.clear()
        self._begin = self._now()
        self._after(self._seconds * 1000, self._counted)

    def _counted(self) -> None:
        frames, wall, cpu = (now - then for now, then in zip(self._now(), self._begin, strict=True))
        model = self._cockpit.model
        self._figures |= {
            "fps_delivered": frames / wall,
            "playing_frame_age_ms": _percentiles(self._ages),
            "playing_core_ms_per_frame": 1000 * cpu / max(frames, 1),
            "stages_ms": {name: asdict(found) for name, found in model.history.table().items()},
        }
        spans = RecordingSpans(self._cockpit.filming, self._seconds / 3, self._now, self._recorded)
        spans.begin()

    def _recorded(self, figures: dict[str, Any]) -> None:
        self._figures["recording"] = figures
        model = self._cockpit.model
        model.set_playback(replace(model.playback, playing=False))
        self._after(_SETTLE_MS, self._move)

    def _move(self) -> None:
        self._ages.clear()
        panel = self._cockpit.window.findChild(ExpressionsPanel)
        assert panel is not None
        self._slider = panel.sliders[_SHAPE]
        self._random = random.Random(0)
        self._step_slider(_MOVES)

    def _step_slider(self, left: int) -> None:
        if not left:
            self._figures["slider_to_frame_ms"] = _percentiles(self._ages)
            self._after(_SETTLE_MS, self._rest)
            return
        low, high = self._slider.minimum(), self._slider.maximum()
        value = self._slider.value()
        while value == self._slider.value():
            value = self._random.randint(low, high)
        self._slider.setValue(value)
        self._after(_MOVE_MS, lambda: self._step_slider(left - 1))

    def _rest(self) -> None:
        self._begin = self._now()
        self._after(self._seconds * 1000, self._rested)

    def _rested(self) -> None:
        frames, wall, cpu = (now - then for now, then in zip(self._now(), self._begin, strict=True))
        self._figures |= {"idle_cpu_percent": 100 * cpu / wall, "idle_frames": frames}
        self._figures["rss_mb"] = self._process.memory_info().rss / 2**20
        self._figures["drag_docks"] = open_docks(self._cockpit.window)
        self._drag = Drag(self._cockpit.window, self._slider, self._seconds, self._dragged)
        self._after(_SETTLE_MS, self._drag.begin)

    def _dragged(self, stalls: dict[str, float]) -> None:
        self._figures["drag_stall_ms"] = stalls
        self._report()

    # -- bookkeeping -------------------------------------------------------------------------------------------------
    def _now(self) -> tuple[float, float, float]:
        return self._shown, time.perf_counter(), self._cpu_seconds()

    def _cpu_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _report(self) -> None:
        engine = self._cockpit.model.engine
        if engine is not None:
            self._figures["engine"] = {"path": engine.path, **engine.description}
        text = json.dumps(self._figures, indent=2)
        assert self._options.measure is not None
        write_whole(self._options.measure, lambda file: file.write(text.encode()))
        self.exit_code = 0
        self._cockpit.window.close()

    def _give_up(self, _text: str) -> None:
        self._cockpit.window.close()


def _percentiles(values: list[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(values or [float("nan")], (50, 95, 99))
    return {"p50": float(p50), "p95": float(p95), "p99": float(p99), "count": len(values)}
