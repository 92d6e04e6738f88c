"""What the panels look at: the frames as they come, or frozen, with one of them picked. No widgets."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal

from gpu_core.frame_record import FrameRecord
from viewer.viewer_model import ViewerModel

TARGETS_FPS = (0.0, 24.0, 25.0, 30.0, 50.0, 60.0)  # to choose from; 0: as many as there can be, none is late
TARGET_KEY = "latency/deadline"
TARGET_FPS = 30.0  # a choice: below it people see steps


class FrameReview(QObject):
    """Freezes what is shown, not the face. Shared by the panels; lives on the window's thread."""

    changed = Signal()  # paused, resumed, or another frame picked

    def __init__(self, model: ViewerModel, memory: QSettings | None = None) -> None:
        """`memory` keeps the target."""
        super().__init__(model)
        self._model, self._memory = model, memory
        self._frozen: tuple[FrameRecord, ...] | None = None
        self._at = -1
        self.target_fps = self._remembered()  # what a frame is late for

    @property
    def is_paused(self) -> bool:
        """Whether what is shown stands still."""
        return self._frozen is not None

    @property
    def records(self) -> tuple[FrameRecord, ...]:
        """The frames to show, oldest first."""
        return self._frozen if self._frozen is not None else self._model.history.records()

    @property
    def row(self) -> int:
        """Which of `records` is picked; -1: none."""
        return self._at

    @property
    def picked(self) -> FrameRecord | None:
        """The picked frame."""
        return self.records[self._at] if self._at >= 0 else None

    def pause(self) -> None:
        """Freeze the frames as they are now."""
        if self._frozen is None:
            self._frozen = self._model.history.records()
            self.changed.emit()

    def resume(self) -> None:
        """Go on with what comes."""
        if self._frozen is not None:
            self._frozen, self._at = None, -1
            self.changed.emit()

    def set_target(self, fps: float) -> None:
        """The rate that frames are late for."""
        self.target_fps = fps
        if self._memory is not None:
            self._memory.setValue(TARGET_KEY, f"{fps:g}")
        self.changed.emit()

    def _remembered(self) -> float:
        """What was chosen before; a file that holds anything else holds nothing."""
        told = str(self._memory.value(TARGET_KEY, "")) if self._memory is not None else ""
        return next((fps for fps in TARGETS_FPS if f"{fps:g}" == told), TARGET_FPS)

    def toggle(self) -> None:
        """Pause or go on."""
        if self.is_paused:
            self.resume()
        else:
            self.pause()

    def pick(self, record: FrameRecord) -> None:
        """Look at one frame. While frames come, they are frozen first; one that is gone by then is not picked."""
        records = self.records
        for row in range(len(records) - 1, -1, -1):
            if records[row].index == record.index:
                self._frozen = records
                self._at = row
                self.changed.emit()
                return

    def step(self, count: int) -> None:
        """So many frames on (or back) from the picked one; without one, from the newest."""
        records = self.records
        if not records:
            return
        at = self._at if self._at >= 0 else len(records)
        self._frozen, self._at = records, min(max(at + count, 0), len(records) - 1)
        self.changed.emit()
