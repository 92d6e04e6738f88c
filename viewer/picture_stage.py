"""What every viewport is: pictures laid out, captions beneath them, the mouse, and frames kept in order.

    show_frame(frame) -> update() -> paint -> the screen has it: note it

How pictures get onto the screen differs: `viewport.GLViewport` draws textures, `raster_viewport.RasterViewport` pixels.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QWidget

from gpu_core.settings import Frame, FrameRequest, View
from viewer.compare.layers import Arrangement, Layer
from viewer.face_grid import columns
from viewer.failures import Failures
from viewer.look.backdrop import Backdrop
from viewer.picture_layout import MARGIN, Cell, lay_out
from viewer.stage_mouse import StageMouse
from viewer.view_values import Canvas, ViewMode
from viewer.viewer_model import ViewerModel

log = logging.getLogger(__name__)

GiveBack: TypeAlias = Callable[[Frame, Any], None]
CAPTIONS = {View.TEXTURE: "Texture", View.RENDER: "Render", View.GENERATED: "Generated"}


# Mixed in before the widget's own class: only the type checker sees it as a widget itself.
if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object


class PictureStage(_Widget):
    """Mixed into a widget. `painted` counts paints, `failures` what went wrong in them."""

    def set_stage(self, model: ViewerModel, give_back: GiveBack) -> None:
        """Finish what the widget's constructor began."""
        self.painted = 0
        self.failures = Failures(log)
        self.give_back = give_back
        self.frame: Frame | None = None  # on the screen
        self.next_frame: Frame | None = None  # to be painted
        self.arrangement: Arrangement | None = None  # of the pictures, in place of the mode's
        self.backdrop: Backdrop | None = None  # behind every picture
        self._model = model
        self._dropped = self._unshown = 0  # requests, as the engine thread counts; frames that were never painted
        self._painted_ns = 0  # when the paint of a frame not yet on the screen began; 0: there is none
        self.mouse = StageMouse(self, model)
        self.setMouseTracking(True)
        self._captions = {view: self._caption(text) for view, text in CAPTIONS.items()}
        self._status = self._caption(model.status, "status")
        self.setMinimumSize(160, 160)
        self.setToolTip("")
        model.canvas_changed.connect(self._on_canvas)
        model.mode_changed.connect(self._on_mode)
        model.status_changed.connect(self._on_status)

    def _caption(self, text: str, name: str = "caption") -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(name)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(name == "status")
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.setVisible(name == "status")
        return label

    # -- frames ------------------------------------------------------------------------------------------------------
    def show_frame(self, frame: Frame, dropped: int) -> None:
        """Paint a frame as soon as possible, in place of one that is still waiting."""
        if self.next_frame is not None:
            self.give_back(self.next_frame, None)
            self._unshown += 1
        self.next_frame, self._dropped = frame, dropped
        if self._status.isVisible():
            self._status.hide()
        self.update()
        self._model.note_arrived()

    def set_backdrop(self, backdrop: Backdrop | None) -> None:
        """Put something else behind the pictures, as large as they are; None: what is around them."""
        self.backdrop = backdrop
        self.update()

    def forget(self) -> None:
        """The engine is gone, and every frame's pictures with it."""
        self.next_frame = self.frame = None
        self.update()

    def take_next(self, started_ns: int) -> Frame | None:
        """Make the waiting frame the one on the screen; returns the one it replaces."""
        if self.next_frame is None:
            return None
        former, self.frame, self.next_frame = self.frame, self.next_frame, None
        self._painted_ns = started_ns
        return former

    def note_on_screen(self) -> None:
        """What was painted last has reached the screen."""
        if self._painted_ns and self.frame is not None:
            painted_ns, self._painted_ns = self._painted_ns, 0
            shown_ns = time.perf_counter_ns()
            self._model.note_shown(
                self.frame, painted_ns=painted_ns, shown_ns=shown_ns, dropped=self._dropped, unshown=self._unshown
            )

    def add_others(self, request: FrameRequest, others: Mapping[Any, Any]) -> None:
        """What other ways through the generator made of a frame that has come without."""
        if self.next_frame is not None and self.next_frame.request == request:
            self.next_frame = replace(self.next_frame, others=others)
        elif self.frame is not None and self.frame.request == request:
            self.frame = replace(self.frame, others=others)
            self.update()

    def layers(self, frame: Frame, there: Collection[View]) -> list[Layer]:
        """What to draw of a frame that has these pictures."""
        if self.arrangement is not None and self.arrangement.count:
            return self.arrangement.layers(frame, there)
        views = self.views_of(there)
        return [Layer(view, cell) for view, cell in zip(views, self.cells(len(views)), strict=True)]

    def cells_behind(self, layers: Sequence[Layer]) -> list[Cell]:
        """Where the background lies, if there is one: once for pictures that lie over each other."""
        return list(dict.fromkeys(layer.cell for layer in layers)) if self.backdrop is not None else []

    def views_of(self, there: Collection[View]) -> list[View]:
        """What the mode asks for, of the pictures that are there."""
        views = [view for view in self._model.mode.views if view in there]
        # The mode has just changed and its first frame is on the way: keep the face on the screen.
        return views or [view for view in reversed(View) if view in there][:1]

    def attempt(self, step: Callable[[], None]) -> None:
        """An exception that leaves a paint event would be printed a thousand times a second."""
        if self.failures.pausing:
            return
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the edge to Qt's C++ caller
            if self.failures.note(error):
                self._model.post(f"The picture cannot be drawn: {error}", "error")
        else:
            self.failures.forget()

    # -- geometry ----------------------------------------------------------------------------------------------------
    def device_size(self) -> tuple[int, int]:
        """Width and height in device pixels, at least 1."""
        size = self.size() * self.devicePixelRatio()
        return max(size.width(), 1), max(size.height(), 1)

    def cells(self, count: int) -> tuple[Cell, ...]:
        """Where `count` pictures lie, zoomed and moved as the model says."""
        canvas = self._model.canvas
        return lay_out(*self.device_size(), count, ratio=self.devicePixelRatio(), zoom=canvas.zoom, pan=canvas.pan)

    def fitted(self) -> Cell:
        """Where the first picture would lie at zoom 1, not moved."""
        count = self.arrangement.count if self.arrangement is not None else 0
        count = count or len(self._model.mode.views)
        return lay_out(*self.device_size(), count, ratio=self.devicePixelRatio())[0]

    def zoom_for_pixels(self) -> float:
        """The zoom at which a pixel of the picture is a pixel of the screen."""
        if self.frame is None:
            return 1.0
        pictures = next(iter(self.frame.pictures.values()))
        return pictures[0].size * columns(len(pictures)) / self.fitted().side

    def place_captions(self) -> None:
        """Put captions where the pictures are now."""
        ratio, views = self.devicePixelRatio(), self._model.mode.views
        for label in self._captions.values():
            label.hide()
        if len(views) > 1 and not (self.arrangement is not None and self.arrangement.count):
            for view, cell in zip(views, self.cells(len(views)), strict=True):
                x, y, w, h = (round(value / ratio) for value in cell.clip)
                self._captions[view].setGeometry(x, y + h, w, 24)
                self._captions[view].show()
        self._status.setGeometry(self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the captions move with the pictures."""
        super().resizeEvent(event)
        self.place_captions()
        if self.arrangement is not None:
            self.arrangement.place_marks()

    # -- the model ---------------------------------------------------------------------------------------------------
    def _on_canvas(self, _canvas: Canvas) -> None:
        self.update()

    def _on_mode(self, _mode: ViewMode) -> None:
        self.place_captions()
        self.update()

    def _on_status(self, text: str) -> None:
        self._status.setText(text)
        self._status.setVisible(bool(text))

    # -- the mouse ---------------------------------------------------------------------------------------------------
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: zoom."""
        self.mouse.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: begin a drag."""
        self.mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: go on with it, or point at something."""
        self.mouse.move(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Qt: let go."""
        self.mouse.release()

    def leaveEvent(self, event: QEvent) -> None:
        """Qt: nothing is pointed at any more."""
        self.mouse.leave()
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: a tool's, or fit the picture in again."""
        self.mouse.double_click(event)
