"""Pictures of the face for elsewhere: files, the clipboard, turntables.

    GUI: what is wanted --> engine thread: pixels --> a thread of its own: PNG, EXR --> GUI: said, or on the clipboard

The engine's thread only draws, a picture between two frames; what takes long, making files of pictures, is done beside.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from viewer.engine_thread import EngineThread
from viewer.look.backdrop import Pixels
from viewer.look.model import LookModel
from viewer.picture_file import write_png
from viewer.stills.run import TurntableRun
from viewer.stills.still import StillForm, draw_still, save_still, straight
from viewer.stills.turntable import TurntableForm
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine

log = logging.getLogger(__name__)


class Stills(QObject):
    """Lives on the GUI thread. `close` waits for files that are being written."""

    turntable_began = Signal(object)  # TurntableRun
    _told = Signal(str, str)  # text and level, from whichever thread
    _copied = Signal(bytes, str)  # a PNG file, what it shows

    def __init__(self, model: ViewerModel, look: LookModel, thread: EngineThread) -> None:
        super().__init__(model)
        self._model, self._look, self._thread = model, look, thread
        self._writers = ThreadPoolExecutor(1, "stills")
        self.run: TurntableRun | None = None
        self._told.connect(model.post)
        self._copied.connect(self._on_copied)

    def as_shown(self, *, with_background: bool = False) -> StillForm:
        """The views on the screen, in the size they are drawn in."""
        backdrop = self._look.backdrop if with_background else None
        return StillForm(self._model.mode.views, None, backdrop, self._model.look)

    def save(self, path: Path, form: StillForm) -> None:
        """Save the face as it is now, as PNG or EXR."""

        def write(pixels: Pixels) -> None:
            save_still(pixels, path)
            height, width = pixels.shape[:2]
            self._told.emit(f"{path} saved, {width}×{height}", "info")

        self._draw(form, write)

    def copy(self, *, with_background: bool) -> None:
        """Put what is shown on the clipboard, transparent or on its background."""

        def encode(pixels: Pixels) -> None:
            buffer = io.BytesIO()
            write_png(straight(pixels), buffer)
            height, width = pixels.shape[:2]
            self._copied.emit(buffer.getvalue(), f"{width}×{height}")

        self._draw(self.as_shown(with_background=with_background), encode)

    def turn(self, form: TurntableForm) -> None:
        """Make a turntable of the face as it is now; `turntable_began` follows, or one line says why not."""
        if self.run is not None:
            self._model.post("A turntable is being made already: wait for it, or cancel it", "warning")
            return
        if self._is_stopped():
            return
        self.run = TurntableRun(self, self._thread, self._writers, form, self._model.request.expressions[0])
        self.run.ended.connect(self._on_turned)
        self.turntable_began.emit(self.run)
        self.run.start()

    def _draw(self, form: StillForm, then: Callable[[Pixels], None]) -> None:
        expression: Expression = self._model.request.expressions[0]  # as it is shown: some shapes may be alone
        if self._is_stopped():
            return

        def job(engine: Engine) -> None:
            pixels = draw_still(engine, expression, form)
            try:
                self._writers.submit(self._guarded, then, pixels)
            except RuntimeError:  # closed: the window is going, what was asked for before is still done
                self._guarded(then, pixels)

        self._thread.run_job(job)

    def _is_stopped(self) -> bool:
        if self._thread.isFinished():
            self._model.post("The engine has stopped: start Mien again", "error")
        return self._thread.isFinished()

    def _guarded(self, then: Callable[[Pixels], None], pixels: Pixels) -> None:
        try:
            then(pixels)
        except MienError as error:
            self._told.emit(str(error), "error")
        except Exception as error:
            log.exception("a picture could not be made")
            self._told.emit(f"The picture cannot be made: {type(error).__name__}: {error}", "error")

    def _on_copied(self, png: bytes, size: str) -> None:
        data = QMimeData()
        data.setData("image/png", png)  # for those who look for alpha
        data.setImageData(QImage.fromData(png))
        QGuiApplication.clipboard().setMimeData(data)
        self._model.post(f"Picture copied, {size}")

    def _on_turned(self, text: str, level: str) -> None:
        self.run = None
        self._model.post(text, level)

    def close(self) -> None:
        """Give a turntable up, wait for what is being written. May be called twice."""
        if self.run is not None:
            self.run.cancel()
        self._writers.shutdown(wait=True)
        if self.run is not None:
            self.run.discard()
            self.run = None
