"""Tracing: what the window shows, written to a trace while it runs.

model.frame_shown, stages_told, utilisation_sampled, path_changed -> TraceWriter, on the GUI thread.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from gpu_core.errors import MienError
from gpu_core.frame_budget import worker_of
from gpu_core.settings import StageTime
from gpu_core.timing import BESIDE
from gpu_core.trace import TraceWriter
from viewer.filming.filming_choice import sessions_folder
from viewer.view_values import Shown
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.path_state import PathState
    from gpu_core.telemetry import UtilisationSample

FLUSH_MS = 1000
HOW_TO_OPEN = "open it at ui.perfetto.dev or in chrome://tracing"


class Tracing(QObject):
    """Starts and ends traces. `model.trace` is the file one is being written to."""

    def __init__(self, model: ViewerModel) -> None:
        super().__init__(model)
        self._model = model
        self.outcome = ""  # of the last trace, in a sentence
        self._writer: TraceWriter | None = None
        self._timer = QTimer(self, interval=FLUSH_MS)
        self._timer.timeout.connect(self._on_time)
        model.frame_shown.connect(self._on_shown)
        model.stages_told.connect(self._on_told)
        model.work_told.connect(self._on_work)
        model.utilisation_sampled.connect(self._on_sampled)
        model.path_changed.connect(self._on_path)

    def toggle(self) -> None:
        """Begin a trace among the user's sessions, or end it."""
        if self._writer is not None:
            self.stop()
            return
        try:
            self.start(sessions_folder() / f"trace_{datetime.now():%Y-%m-%d_%H-%M-%S}.json")
        except MienError as error:
            self._model.post(str(error), "error")

    def start(self, path: Path) -> None:
        """Begin a trace; one that was running ends.

        Raises:
            MienError: the file cannot be begun.
        """
        self.stop()
        self._writer = TraceWriter(path)
        self._timer.start()
        self._model.set_trace(str(path))
        self._model.post(f"Tracing to {path}")

    def stop(self) -> None:
        """Complete the file and say where it is; nothing if there is none."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self._timer.stop()
        writer.close()
        self._model.set_trace("")
        if writer.problem:
            rest = "; what there is of it can be opened" if writer.path.exists() else ""
            self.outcome = f"{writer.problem}{rest}"
        else:
            self.outcome = f"Trace of {writer.frames} frames: {writer.path} · {HOW_TO_OPEN}"
        self._model.post(self.outcome, "error" if writer.problem else "info")

    # -- what there is to trace --------------------------------------------------------------------------------------
    def _on_shown(self, shown: Shown) -> None:
        record = self._model.history.record(shown.index) if self._writer is not None else None
        if self._writer is not None and record is not None:
            stages = tuple(stage for stage in record.stages if stage.name not in BESIDE)  # they are told by themselves
            self._writer.frame(replace(record, stages=stages))
            self._look_for_trouble()

    def _on_told(self, index: int, stages: tuple[StageTime, ...]) -> None:
        if self._writer is not None:
            self._writer.amend(index, stages)

    def _on_work(self, told: Iterable[tuple[int, StageTime]]) -> None:
        if self._writer is None:
            return
        for index, stage in told:
            self._writer.span(worker_of(stage), stage.name, stage.start_ns, stage.duration_ms, {"frame": index})

    def _on_sampled(self, sample: UtilisationSample) -> None:
        if self._writer is not None:
            for name, values in readings(sample).items():
                self._writer.counter(name, values, sample.taken_ns)

    def _on_path(self, state: PathState) -> None:
        if self._writer is not None and state.building is None:
            details = {"engine": state.engine, "reason": state.reason, "tier": state.tier}
            self._writer.mark(f"{state.name}: {state.engine}", time.perf_counter_ns(), details)

    def _on_time(self) -> None:
        if self._writer is not None:
            self._writer.flush()
            self._look_for_trouble()

    def _look_for_trouble(self) -> None:
        if self._writer is not None and self._writer.problem:
            self.stop()


def readings(sample: UtilisationSample) -> Mapping[str, Mapping[str, float]]:
    """A sample as counters of a trace; of a GPU everything that its driver tells."""
    found: dict[str, Mapping[str, float]] = {
        "CPU %": {"machine": sample.machine_percent},
        "Mien, % of a core": {"process": sample.process_percent},
        "memory MB": {"Mien": sample.resident_mb},
    }
    for item in fields(sample.gpu) if sample.gpu is not None else ():
        value = getattr(sample.gpu, item.name)
        if isinstance(value, int | float):
            found[f"GPU {item.name.replace('_', ' ')}"] = {"GPU": float(value)}
    return found
