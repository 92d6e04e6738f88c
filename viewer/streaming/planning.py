"""Planning: has this machine measured for streams, in a child process; knows what came of it. State without widgets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from viewer.streaming.capacity import Capacity
from viewer.takes.errands import Errand, Errands

Tell = Callable[[float, str], None]  # a share from 0 to 1, and what is being done
Measure = Callable[[Errand, Tell], Capacity]


class Planning(QObject):
    """Lives on the GUI thread. `measure_beside` runs on an errand's thread and leaves the work to a child process."""

    changed = Signal()

    def __init__(self, measure_beside: Measure, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._measure_beside = measure_beside
        self._errands = Errands(self)
        self._errand: Errand | None = None
        self.capacity: Capacity | None = None
        self.share, self.doing = 0.0, ""
        self.has_failed = False
        self.why_not = ""  # why nothing can be measured now

    @property
    def is_measuring(self) -> bool:
        """Whether a child is at it."""
        return self._errand is not None

    def forbid(self, why: str) -> None:
        """Nothing can be measured now, for this reason; "": it can."""
        if why != self.why_not:
            self.why_not = why
            self.changed.emit()

    def measure(self) -> None:
        """Begin, unless it is being done or cannot be."""
        if self.is_measuring or self.why_not:
            return
        self.share, self.doing, self.has_failed = 0.0, "Starting …", False

        def work(errand: Errand) -> Capacity:
            return self._measure_beside(errand, lambda share, doing: self._errands.tell(hear, (share, doing)))

        def hear(told: tuple[float, str]) -> None:
            if self._errand is errand:
                self.share, self.doing = told
                self.changed.emit()

        errand = self._errand = self._errands.run(work, self._on_measured, self._on_failed)
        self.changed.emit()

    def cancel(self) -> None:
        """Give it up."""
        if self._errand is not None:
            self._errand.interrupt()
            self._errand, self.doing = None, ""
            self.changed.emit()

    def close(self) -> None:
        """End the child, and wait."""
        self._errands.close()

    def _on_measured(self, capacity: Capacity) -> None:
        self._errand, self.capacity, self.doing = None, capacity, ""
        self.changed.emit()

    def _on_failed(self, text: str) -> None:
        self._errand, self.doing, self.has_failed = None, text.removeprefix("mien: "), True
        self.changed.emit()
