"""A field of all directions around the face, with a point for every light: drag one to where it should stand.

Left to right goes once around the head, from behind by the character's right, the front in the middle, to behind; up is
up. As in the picture, the right of the field is the character's left.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gpu_core.settings import Light, Lighting
from viewer import theme
from viewer.look.light_presets import NAMES, place_of

HEIGHT = 96
EDGE = 10.0  # around the field, so that a light at its border is whole
REACH = 12.0  # pixels from a light within which a click takes it
STEP_DEG = 5.0


class LightPad(QWidget):
    """Shows where lights stand. `moved` is emitted by the user's hand only."""

    moved = Signal(int, float, float)  # which light, azimuth and elevation in degrees
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = 0  # of the chosen light
        self._lights: tuple[Light, ...] = ()
        self._places: list[tuple[float, float]] = []
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Where the lights stand")
        self.setToolTip(
            "Where the lights stand, in degrees around the head and up; the middle is the front.\n"
            "Drag one, or move it with the arrow keys by 5°"
        )

    def show_lights(self, lighting: Lighting, index: int) -> None:
        """Show these, one of them chosen, without telling anybody."""
        if (lighting.lights, index) != (self._lights, self.index):
            self._lights, self.index = lighting.lights, index
            self._places = [place_of(light) for light in lighting.lights]
            self.update()

    def _point(self, azimuth: float, elevation: float) -> QPointF:
        width, height = self.width() - 2 * EDGE, self.height() - 2 * EDGE
        return QPointF(EDGE + width * (azimuth / 360.0 + 0.5), EDGE + height * (0.5 - elevation / 180.0))

    def _put(self, azimuth: float, elevation: float) -> None:
        self.moved.emit(self.index, min(max(azimuth, -180.0), 180.0), min(max(elevation, -90.0), 90.0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: take the nearest light."""
        for index, place in enumerate(self._places):
            away = self._point(*place) - event.position()
            if away.x() ** 2 + away.y() ** 2 <= REACH**2:
                self.chosen.emit(index)
                return
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: the chosen light follows the mouse."""
        x, y = event.position().x() - EDGE, event.position().y() - EDGE
        width, height = self.width() - 2 * EDGE, self.height() - 2 * EDGE
        self._put(360.0 * (x / width - 0.5), 180.0 * (0.5 - y / height))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows move the chosen light."""
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self.index >= len(self._places):
            super().keyPressEvent(event)
            return
        azimuth, elevation = self._places[self.index]
        self._put(azimuth + step[0] * STEP_DEG, elevation + step[1] * STEP_DEG)

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        return QSize(240, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the field, the front, the lights as bright as they are."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.ACCENT if self.hasFocus() else theme.LINE))
        painter.setBrush(QColor(theme.VIEWPORT))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(QColor(theme.LINE))
        painter.drawLine(self._point(-180, 0), self._point(180, 0))
        for azimuth in (-90, 0, 90):
            painter.drawLine(self._point(azimuth, -90), self._point(azimuth, 90))
        self._write_directions(painter)
        for index in sorted(range(len(self._lights)), key=lambda index: index == self.index):
            self._paint_light(painter, index)

    def _write_directions(self, painter: QPainter) -> None:
        painter.setFont(theme.figures(theme.SMALL_PX))
        painter.setPen(QColor(theme.FAINT))
        for azimuth, text in ((-90, "right"), (0, "front"), (90, "left")):
            below = self._point(azimuth, -90)
            painter.drawText(QRectF(below.x() - 40, below.y() - 12, 80, 16), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_light(self, painter: QPainter, index: int) -> None:
        light, at = self._lights[index], self._point(*self._places[index])
        is_chosen = index == self.index
        # As it looks: the cube root is near enough to the eye's lightness.
        bright = min(light.intensity / 2.0, 1.0) ** (1 / 3)
        colour = QColor.fromRgbF(*(max(tone, 0.0) ** (1 / 2.2) * bright for tone in light.colour))
        painter.setPen(QColor(theme.ACCENT if is_chosen else theme.DIM))
        painter.setBrush(colour)
        painter.drawEllipse(at, 8.0 if is_chosen else 7.0, 8.0 if is_chosen else 7.0)
        painter.setPen(QColor(theme.VIEWPORT if bright > 0.55 else theme.TEXT))
        letter = "KFRL"[index] if index < len(NAMES) else "?"
        painter.drawText(QRectF(at.x() - 8, at.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, letter)
