"""Python's cyclic garbage is collected on the GUI thread alone while other threads run.

The collector runs on whichever thread happens to allocate. On the engine thread it would destroy widgets, timers and
models beside the event loop that uses them: that crashed and hung the process, once in some dozen windows closed and
opened again. So it is switched off while an engine thread lives, and a timer of the GUI thread does its work.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1000
# Looks after which what there is by then counts as here to stay: modules and window, engine, what is imported late.
# Without it a whole collection takes 75 ms for nothing, and the hand on a slider waits.
FREEZE_AT = (2, 5, 20)


class GuiGarbage(QObject):
    """From `hold` to `release` garbage is collected here, on the thread that made this object."""

    _holders = 0  # the switch is the process's, so several have to share it
    _is_ours = True  # what is put aside, unless something was when the first came: it cannot be told apart

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = 0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def hold(self) -> None:
        """Collect here from now on. May be called twice."""
        if not self._timer.isActive():
            if not GuiGarbage._holders:
                GuiGarbage._is_ours = not gc.get_freeze_count()
            GuiGarbage._holders += 1
            gc.disable()
            self._timer.start()

    def look(self) -> None:
        """Collect if it is time; now and then put aside what is here to stay."""
        self._looks += 1
        if self._looks in FREEZE_AT:
            gc.freeze()
        else:
            collect_if_due()

    def release(self) -> None:
        """Leave it to the interpreter again, with what was put aside. May be called twice."""
        if self._timer.isActive():
            self._timer.stop()
            GuiGarbage._holders -= 1
            if not GuiGarbage._holders:
                if GuiGarbage._is_ours:
                    gc.unfreeze()
                gc.enable()


def collect_if_due() -> None:
    """Collect the oldest generation whose time has come by the interpreter's own thresholds; returns at once if none.

    A whole collection is due every 70 000 objects or so.
    """
    due = [generation for generation in range(3) if gc.get_count()[generation] > gc.get_threshold()[generation]]
    if due:
        gc.collect(due[-1])
