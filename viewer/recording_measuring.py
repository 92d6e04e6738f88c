"""What recording costs the window: spans with and without a recording take turns while something plays."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer

from viewer.filming.filming import Filming

PAIRS = 5
SETTLE_MS = 700  # of each span before it is counted: the first frame of a recording makes its files

Clocks = tuple[float, float, float]  # frames shown, seconds, core-seconds


class RecordingSpans(QObject):
    """`PAIRS` spans of `seconds` each way; `now` tells the clocks, `then` hears the figures."""

    def __init__(
        self, filming: Filming, seconds: float, now: Callable[[], Clocks], then: Callable[[dict[str, Any]], None]
    ) -> None:
        super().__init__(filming)
        self._filming, self._seconds, self._now, self._then = filming, seconds, now, then
        self._folder = Path(tempfile.mkdtemp(prefix="mien-bench-"))
        self._spans: dict[bool, list[tuple[float, float]]] = {False: [], True: []}  # frames a second, core-ms a frame
        self._order = [records for pair in range(PAIRS) for records in ((False, True), (True, False))[pair % 2]]
        self._dropped = 0
        filming.ended.connect(self._on_ended)

    def begin(self) -> None:
        """Go; the rest comes by itself."""
        self._next()

    def _next(self) -> None:
        if not self._order:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._then(told(self._spans) | {"dropped": self._dropped})
            return
        self._records = self._order.pop(0)
        if self._records:
            self._filming.start(self._folder)
        QTimer.singleShot(SETTLE_MS, self, self._count)

    def _count(self) -> None:
        self._begin = self._now()
        QTimer.singleShot(round(self._seconds * 1000), self, self._counted)

    def _counted(self) -> None:
        frames, wall_s, core_s = (now - then for now, then in zip(self._now(), self._begin, strict=True))
        self._spans[self._records].append((frames / wall_s, 1000 * core_s / max(frames, 1)))
        if self._records:
            self._filming.stop()  # and `ended` goes on
        else:
            self._next()

    def _on_ended(self, recording: Any) -> None:
        self._dropped += recording.dropped
        self._next()


def told(spans: dict[bool, list[tuple[float, float]]]) -> dict[str, Any]:
    """Medians with and without, and the median of what each pair lost."""
    off, on = np.array(spans[False]), np.array(spans[True])
    lost = 100 * (1 - on[:, 0] / np.maximum(off[:, 0], 1e-9))
    low, middle, high = np.percentile(lost, (25, 50, 75)).tolist()
    return {
        "fps_off": float(np.median(off[:, 0])), "fps_on": float(np.median(on[:, 0])),
        "core_ms_off": float(np.median(off[:, 1])), "core_ms_on": float(np.median(on[:, 1])),
        "loss_percent": middle, "loss_p25": low, "loss_p75": high,
    }  # fmt: skip
