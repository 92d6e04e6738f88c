"""pyqtgraph's box around the data, in which the mouse points instead of moving the view."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGraphicsSceneWheelEvent


class PointedBox(pg.ViewBox):  # type: ignore[misc]
    """Tells where it is clicked or dragged over, and how the wheel is turned."""

    pointed = Signal(float)  # place, the newest frame's is 0
    turned = Signal(int)  # +1: the wheel, upwards

    def __init__(self) -> None:
        super().__init__(enableMenu=False, enableMouse=False, defaultPadding=0.0)

    def mouseClickEvent(self, event: pg.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        """pyqtgraph: pressed and let go."""
        self._point(event)

    def mouseDragEvent(self, event: pg.GraphicsScene.mouseEvents.MouseDragEvent, axis: int | None = None) -> None:
        """pyqtgraph: moved while pressed, here or on an axis."""
        self._point(event)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Qt: turned."""
        event.accept()
        if event.delta():
            self.turned.emit(1 if event.delta() > 0 else -1)

    def _point(self, event: pg.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            event.accept()
            self.pointed.emit(self.mapSceneToView(event.scenePos()).x())
