"""Thumbnails for a panel: from the cache at once, else drawn by the engine one at a time while it has nothing to do.

Never in the way of a hand or a recording, rarely in that of a performance, and only of what somebody looks at (`want`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPixmap

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from viewer.engine_info import EngineInfo
from viewer.engine_thread import EngineThread
from viewer.performance.preset_file import Preset
from viewer.shelf.thumbnails import Origin, ThumbnailCache, origin_of, thumbnails
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine

LOOK_MS = 120  # how often to see whether the engine has nothing to do, as long as a thumbnail is missing
BESIDE_S = 0.6  # between two of them while something plays: each costs it about a frame
MOST_HELD = 400  # pictures in memory, 15 MB
log = logging.getLogger(__name__)


class PresetPictures(QObject):
    """Lives on the GUI thread. A picture belongs to an expression: presets may be renamed."""

    changed = Signal()  # more pictures, or none of them are up to date any longer
    _read = Signal(object, object)  # Origin, {Expression: PNG bytes, b"" where there is none}
    _drawn = Signal(object, object, object)  # Origin, Expression, PNG bytes: b"" if it could not be drawn

    def __init__(
        self,
        model: ViewerModel,
        engine_thread: EngineThread,
        beside: Callable[[Callable[[], None]], None],
        cache: ThumbnailCache | None = None,
    ) -> None:
        """`beside` runs something on a thread where the disk may take its time."""
        super().__init__(model)
        self._model, self._engine_thread, self._beside = model, engine_thread, beside
        self._cache = cache or ThumbnailCache()
        self._origin: Origin | None = None
        self._pictures: dict[Expression, QPixmap] = {}
        self._looked: set[Expression] = set()  # the cache has been asked for these
        self._settled: set[Expression] = set()  # nothing more is to be done about these
        self._wanted: tuple[Preset, ...] = ()
        self._is_drawing = False
        self._drawn_s = 0.0  # when the last one was
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._go_on)
        self._read.connect(self._on_read)
        self._drawn.connect(self._on_drawn)
        model.engine_changed.connect(self._on_engine)
        model.path_changed.connect(self._on_path)
        self._note_origin()

    def picture(self, expression: Expression) -> QPixmap | None:
        """The thumbnail, if there is one yet; until it is drawn anew, one of the generator before."""
        return self._pictures.get(expression)

    def want(self, presets: Sequence[Preset]) -> None:
        """What somebody looks at, most wanted first; nothing else is drawn."""
        self._wanted = tuple(presets)
        self._look_up()

    @property
    def is_waiting(self) -> bool:
        """Whether something wanted is missing."""
        return self._origin is not None and self._next() is not None

    # -- where pictures come from ------------------------------------------------------------------------------------
    def _on_engine(self, _engine: EngineInfo) -> None:
        self._note_origin()

    def _on_path(self, _state: object) -> None:
        self._note_origin()

    def _note_origin(self) -> None:
        engine = self._model.engine
        if engine is None:
            return
        generator = engine.generator.sha256 if engine.generator else "render"
        origin = Origin(engine.contract, generator, engine.state.engine)
        if origin == self._origin:
            return
        if self._origin is None or origin.contract != self._origin.contract:
            self._pictures.clear()  # another face: no picture is better than a wrong one
        self._origin = origin
        self._looked.clear()
        self._settled.clear()
        self.changed.emit()
        self._look_up()

    # -- the cache ---------------------------------------------------------------------------------------------------
    def _look_up(self) -> None:
        if self._origin is None:
            return
        new = [preset.expression for preset in self._wanted if preset.expression not in self._looked]
        if new:
            self._looked.update(new)
            self._beside(partial(self._read_cache, self._origin, tuple(new)))
        elif self.is_waiting:
            self._timer.start()

    def _read_cache(self, origin: Origin, expressions: tuple[Expression, ...]) -> None:
        """On the other thread."""
        self._read.emit(origin, {each: self._cache.get(origin.key(each)) or b"" for each in expressions})

    def _on_read(self, origin: Origin, found: dict[Expression, bytes]) -> None:
        if origin != self._origin:
            return
        for expression, data in found.items():
            self._take(expression, data)
        if any(found.values()):
            self.changed.emit()
        if self.is_waiting:
            self._timer.start()

    # -- the engine --------------------------------------------------------------------------------------------------
    def _next(self) -> Preset | None:
        return next((preset for preset in self._wanted if preset.expression not in self._settled), None)

    def _go_on(self) -> None:
        if self._is_drawing:
            return
        preset = self._next()
        if preset is None or self._origin is None or self._engine_thread.isFinished():
            self._timer.stop()
        elif self._may_draw() and preset.expression in self._looked:
            self._is_drawing = True
            self._engine_thread.run_job(partial(self._draw, self._origin, preset))

    def _may_draw(self) -> bool:
        is_handled = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if self._model.recording.running or is_handled or self._model.shown is None:
            return False
        rests = time.monotonic() - self._drawn_s >= BESIDE_S
        return self._model.rests or (self._model.playback.playing and rests)

    def _draw(self, origin: Origin, preset: Preset, engine: Engine) -> None:
        """On the engine's thread."""
        data = b""
        try:
            if origin_of(engine) == origin:
                data = thumbnails(engine, [preset], self._cache)[preset.name]
        except MienError as error:
            log.info("no thumbnail of %s: %s", preset.name, error)
        except Exception:
            log.exception("no thumbnail of %s", preset.name)
        self._drawn.emit(origin, preset.expression, data)

    def _on_drawn(self, origin: Origin, expression: Expression, data: bytes) -> None:
        self._is_drawing, self._drawn_s = False, time.monotonic()
        if origin == self._origin:
            self._settled.add(expression)  # also what cannot be drawn: it would fail again
            self._take(expression, data)
            self.changed.emit()
        self._go_on()

    def _take(self, expression: Expression, data: bytes) -> None:
        picture = QPixmap()
        if data and picture.loadFromData(data, "PNG"):
            self._pictures[expression] = picture
            self._settled.add(expression)
        if len(self._pictures) > MOST_HELD:
            self._forget_some()

    def _forget_some(self) -> None:
        """All that nobody looks at; the cache has them."""
        wanted = {preset.expression for preset in self._wanted}
        for expression in [each for each in self._pictures if each not in wanted]:
            del self._pictures[expression]
            self._settled.discard(expression)
            self._looked.discard(expression)
