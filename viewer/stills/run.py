"""A turntable being made beside the live face: one picture between two frames, then a longer rest.

GUI: next --> engine thread: draw --> writers' thread: encode, write --> GUI: count, rest, next
"""

from __future__ import annotations

import contextlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from viewer.engine_thread import EngineThread
from viewer.look.backdrop import Pixels
from viewer.stills.turntable import TurntableFolder, TurntableForm, draw_pose

if TYPE_CHECKING:
    from gpu_core.engine import Engine

log = logging.getLogger(__name__)

RESTS = 2.0  # for each moment that drawing took, so many are the live face's
LONGEST_REST_MS = 1000


class TurntableRun(QObject):
    """Lives on the GUI thread. Ends once: complete, given up, or failed; only complete ones leave a folder."""

    progressed = Signal(int, int)  # pictures written, of how many
    ended = Signal(str, str)  # what to say, and its level
    _written = Signal(float)  # seconds that drawing took; from the writers' thread
    _failed = Signal(str)
    _finished = Signal()

    def __init__(
        self, parent: QObject, thread: EngineThread, writers: ThreadPoolExecutor, form: TurntableForm, face: Expression
    ) -> None:
        super().__init__(parent)
        self.form, self.done, self._face = form, 0, face
        self._thread, self._writers = thread, writers
        self._folder: TurntableFolder | None = None
        self._is_cancelled = self._has_ended = False
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._ask)
        self._written.connect(self._on_written)
        self._failed.connect(self._on_failed)
        self._finished.connect(self._on_finished)

    def start(self) -> None:
        """Draw the first picture, unless the folder cannot be had."""
        try:
            self._folder = TurntableFolder(self.form)
        except MienError as error:
            self._end(str(error), "error")
            return
        self._ask()

    def cancel(self) -> None:
        """Give it up, when the picture at hand is done."""
        self._is_cancelled = True
        if self._rest.isActive():
            self._rest.stop()
            self._give_up()

    def discard(self) -> None:
        """Leave nothing behind: for when no signal will be heard any more."""
        if self._folder is not None:
            self._folder.discard()

    def _ask(self) -> None:
        index = self.done

        def job(engine: Engine) -> None:
            if self._is_cancelled:
                self._failed.emit("")
                return
            started_s = time.monotonic()
            try:
                pixels = draw_pose(engine, self.form, index, self._face)
            except Exception as error:
                self._tell(error)
                raise  # the engine's thread says it
            with contextlib.suppress(RuntimeError):  # closed: the window is going
                self._writers.submit(self._write, pixels, time.monotonic() - started_s)

        self._thread.run_job(job)

    def _write(self, pixels: Pixels, drawn_s: float) -> None:
        assert self._folder is not None
        try:
            self._folder.write(pixels)
            self._written.emit(drawn_s)
        except Exception as error:  # noqa: BLE001 - told as the turntable's end
            self._tell(error)

    def _finish(self) -> None:
        assert self._folder is not None
        try:
            self._folder.finish(self._face)
            self._finished.emit()
        except Exception as error:  # noqa: BLE001 - told as the turntable's end
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, MienError):
            log.error("a turntable failed", exc_info=error)
        self._failed.emit(str(error) if isinstance(error, MienError) else f"{type(error).__name__}: {error}")

    def _on_written(self, drawn_s: float) -> None:
        self.done += 1
        self.progressed.emit(self.done, self.form.frames)
        if self.done == self.form.frames:
            self._writers.submit(self._finish)
        elif self._is_cancelled:
            self._give_up()
        else:
            self._rest.start(min(round(RESTS * drawn_s * 1000), LONGEST_REST_MS))

    def _on_failed(self, text: str) -> None:
        if self._is_cancelled or not text:
            self._give_up()
        else:
            self._end(f"No turntable: {text}", "error")

    def _on_finished(self) -> None:
        self._end(f"{self.form.folder} holds {self.form.frames} pictures", "info")

    def _give_up(self) -> None:
        self._end(f"Turntable given up after {self.done} of {self.form.frames} pictures: nothing is left of it", "info")

    def _end(self, text: str, level: str) -> None:
        if not self._has_ended:
            self._has_ended = True
            self.discard()
            self.ended.emit(text, level)
            self.deleteLater()
