"""The head panel: yaw, pitch and roll as sliders, and a pad for where the eyes look."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gpu_core.expression import GAZE_DOWN_DEG, GAZE_UP_DEG, GAZE_YAW_DEG, HEAD_LIMITS_DEG, Expression
from viewer import theme
from viewer.sliders.marks import Marks
from viewer.sliders.menu import SliderMenu
from viewer.sliders.rules import HEAD_TITLES, SliderRules
from viewer.sliders.shape_slider import ShapeSlider
from viewer.viewer_model import ViewerModel

TIPS = {
    "yaw": "Yaw in degrees: positive turns to the character's left",
    "pitch": "Pitch in degrees: positive looks down",
    "roll": "Roll in degrees: positive tilts the top of the head to the character's right",
}
PAD_PX = 112
STEP_DEG = 1.0


class GazePad(QWidget):
    """A field to drag a point in. Right in the pad is the character's left: the eyes follow the mouse."""

    moved = Signal(float, float)  # yaw, pitch in degrees
    let_go = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gaze = (0.0, 0.0)
        self.setFixedSize(PAD_PX, PAD_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Gaze")
        self.setToolTip("Where the eyes look. Drag, or use the arrow keys; double-click looks ahead")

    def show_gaze(self, yaw: float, pitch: float) -> None:
        """Move the point without telling anybody."""
        if (yaw, pitch) != self.gaze:
            self.gaze = (yaw, pitch)
            self.update()

    def _look(self, yaw: float, pitch: float) -> None:
        yaw = min(max(yaw, -GAZE_YAW_DEG), GAZE_YAW_DEG)
        pitch = min(max(pitch, -GAZE_UP_DEG), GAZE_DOWN_DEG)
        self.show_gaze(yaw, pitch)
        self.moved.emit(yaw, pitch)

    def _look_at(self, point: QPointF) -> None:
        reach = PAD_PX / 2 - 8
        x, y = (point.x() - PAD_PX / 2) / reach, (point.y() - PAD_PX / 2) / reach
        self._look(x * GAZE_YAW_DEG, y * (GAZE_DOWN_DEG if y > 0 else GAZE_UP_DEG))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: look there."""
        self._look_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: follow the mouse."""
        self._look_at(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Qt: let go."""
        self.let_go.emit()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Qt: look ahead."""
        self._look(0.0, 0.0)
        self.let_go.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows turn the eyes."""
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._look(self.gaze[0] + step[0] * STEP_DEG, self.gaze[1] + step[1] * STEP_DEG)

    def sizeHint(self) -> QSize:
        """Qt: its size."""
        return QSize(PAD_PX, PAD_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the field, its cross hairs, the point."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.ACCENT if self.hasFocus() else theme.LINE))
        painter.setBrush(QColor(theme.VIEWPORT))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(QColor(theme.LINE))
        middle, reach = PAD_PX / 2, PAD_PX / 2 - 8
        painter.drawLine(QPointF(middle, 8), QPointF(middle, PAD_PX - 8))
        painter.drawLine(QPointF(8, middle), QPointF(PAD_PX - 8, middle))
        yaw, pitch = self.gaze
        x = middle + reach * yaw / GAZE_YAW_DEG
        y = middle + reach * pitch / (GAZE_DOWN_DEG if pitch > 0 else GAZE_UP_DEG)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawEllipse(QPointF(x, y), 5.0, 5.0)


class HeadPanel(QWidget):
    """Turns the model's head and eyes; follows whatever else turns them."""

    def __init__(self, model: ViewerModel, rules: SliderRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model, self._rules = model, rules
        self.slider_menu = SliderMenu(rules, model.end_gesture, self)
        self.sliders = {axis: self._slider(axis) for axis in TIPS}
        self.pad = GazePad()
        self.pad.moved.connect(self._on_gaze)
        self.pad.let_go.connect(model.end_gesture)
        self.figures = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self.figures.setObjectName("dim")
        self.figures.setFont(theme.figures(theme.SMALL_PX))
        self._build()
        model.expression_changed.connect(self._on_expression)
        model.refreshed.connect(self._show)
        rules.changed.connect(self._on_rules)
        self._on_rules()

    def _slider(self, axis: str) -> ShapeSlider:
        limit = HEAD_LIMITS_DEG[axis]
        slider = ShapeSlider(axis, f"{HEAD_TITLES[axis]}, °", low=-limit, high=limit, step=0.5, decimals=1, parent=self)
        slider.moved.connect(self._on_moved)
        self.slider_menu.attach(slider)
        return slider

    def _build(self) -> None:
        angles = QVBoxLayout()
        angles.setSpacing(0)
        for slider in self.sliders.values():
            angles.addWidget(slider)
        angles.addStretch(1)
        eyes = QVBoxLayout()
        eyes.setSpacing(4)
        eyes.addWidget(self.pad)
        eyes.addWidget(self.figures)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 8, 8)
        layout.addLayout(angles, 1)
        layout.addLayout(eyes)

    def _on_moved(self, axis: str, degrees: float) -> None:
        self._model.edit_head(**{axis: degrees})
        self._show()  # what the rules have made of it

    def _on_gaze(self, yaw: float, pitch: float) -> None:
        self._model.edit_gaze(yaw, pitch)
        self._show()

    def _on_expression(self, _expression: Expression, touched: frozenset[str]) -> None:
        if touched or not self._model.playback.playing:
            self._show()

    def _on_rules(self) -> None:
        for axis, slider in self.sliders.items():
            slider.show_marks(self._rules.marks(axis))
            slider.setToolTip(_tip(axis, slider.marks))
        self._show()

    def _show(self) -> None:
        expression = self._model.expression
        outside = self._rules.trained.outside(expression)
        for axis, slider in self.sliders.items():
            slider.show_number(getattr(expression, axis))
            slider.light(axis in outside)
        yaw, pitch = expression.gaze
        self.pad.show_gaze(yaw, pitch)
        self.figures.setText(f"Gaze {yaw:z.0f}°, {-pitch:z.0f}° up")
        theme.set_state(self.figures, "warning" if any(name.startswith("eyeLook") for name in outside) else "")


def _tip(axis: str, marks: Marks) -> str:
    lines = [TIPS[axis]]
    if marks.trained is not None:
        low, high = marks.trained
        lines.append(f"The generator was trained from {low:z.1f}° to {high:z.1f}°: the lamp is on beyond")
    if marks.is_locked:
        lines.append("Locked: no hand moves it (L unlocks)")
    return "\n".join(lines)
