"""A slider with its name and its value in figures, painted in one go: fifty of them must cost nothing.

    Blink, left        0.32
    ━━━━━━━━━●─────────────

Arrow keys step, Shift makes everything fine, a double-click goes back to zero, a click on the figures (or Return)
lets a number be typed. It is a QAbstractSlider in thousandths, so screen readers know what it is.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDoubleValidator, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QLineEdit, QWidget

from viewer import theme

STEPS = 1000  # per unit
HEIGHT = 36
TRACK_Y = 26.0
KNOB = 5.0
PAD = 8.0
FIGURES_WIDTH = 34.0


class ShapeSlider(QAbstractSlider):
    """One number between `low` and `high`. `moved` is emitted by the user's hand only, with the value."""

    moved = Signal(str, float)  # key, value

    def __init__(
        self, key: str, title: str, *, low: float = 0.0, high: float = 1.0, step: float = 0.01, decimals: int = 2,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.key, self.title = key, title
        self._decimals = decimals
        self._grab: tuple[float, int] | None = None  # where the mouse was, what the value was
        self._highlighted = False
        self._editor: _NumberField | None = None
        self.setRange(round(low * STEPS), round(high * STEPS))
        self.setSingleStep(round(step * STEPS))
        self.setPageStep(round(step * STEPS * 10))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setMinimumSize(96, HEIGHT)
        self.setFixedHeight(HEIGHT)
        self.valueChanged.connect(self._on_value)
        self._quiet = False

    @property
    def number(self) -> float:
        """The value in its own unit."""
        return self.value() / STEPS

    def show_number(self, number: float) -> None:
        """Set the value without telling anybody: it came from elsewhere."""
        value = round(number * STEPS)
        if value != self.value():
            self._quiet = True
            self.setValue(value)
            self._quiet = False

    def highlight(self, on: bool) -> None:
        """Mark this as what moved last."""
        if on != self._highlighted:
            self._highlighted = on
            self.update()

    def _on_value(self, value: int) -> None:
        self.update()
        if not self._quiet:
            self.moved.emit(self.key, value / STEPS)

    # -- the hand ----------------------------------------------------------------------------------------------------
    def _track(self) -> tuple[float, float]:
        return PAD + KNOB, self.width() - PAD - KNOB

    def _at(self, x: float) -> int:
        left, right = self._track()
        share = min(max((x - left) / max(right - left, 1.0), 0.0), 1.0)
        return round(self.minimum() + share * (self.maximum() - self.minimum()))

    def _knob_x(self) -> float:
        left, right = self._track()
        return left + (right - left) * (self.value() - self.minimum()) / max(self.maximum() - self.minimum(), 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: take the knob, or bring it here; the figures open for typing."""
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x, y = event.position().x(), event.position().y()
        if y < TRACK_Y - 2 * KNOB and x > self.width() - PAD - FIGURES_WIDTH:
            self.type_number()
            return
        if y >= TRACK_Y - 2 * KNOB and abs(x - self._knob_x()) > 2 * KNOB:
            self.setValue(self._at(x))
        self._grab = (x, self.value())
        self.setSliderDown(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: drag; with Shift a tenth as fast."""
        if self._grab is None:
            return
        start_x, start = self._grab
        left, right = self._track()
        per_px = (self.maximum() - self.minimum()) / max(right - left, 1.0)
        fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        self.setValue(round(start + (event.position().x() - start_x) * per_px * fine))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Qt: let go."""
        self._grab = None
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Qt: back to zero."""
        self._grab = None
        self.setValue(0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: the wheel scrolls the panel, unless this slider was chosen before."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows step, Shift finely; Return types; Delete is zero."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.type_number()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.setValue(0)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in _ARROWS:
            self.setValue(self.value() + _ARROWS[Qt.Key(event.key())] * max(self.singleStep() // 10, 1))
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()  # plays and pauses
        else:
            super().keyPressEvent(event)

    # -- typing ------------------------------------------------------------------------------------------------------
    def type_number(self) -> None:
        """Open a small field over the figures."""
        if self._editor is not None or not self.isEnabled():
            return
        self._editor = editor = _NumberField(f"{self.number:.{self._decimals}f}", self)
        editor.setValidator(QDoubleValidator(self.minimum() / STEPS, self.maximum() / STEPS, 3, editor))
        editor.setGeometry(self.width() - 60, 0, 56, 24)
        editor.editingFinished.connect(self._finish_typing)
        editor.given_up.connect(self._give_up_typing)
        editor.selectAll()
        editor.show()
        editor.setFocus()

    def _finish_typing(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            number, ok = editor.locale().toDouble(editor.text())
            if ok:
                self.setValue(round(number * STEPS))
            editor.deleteLater()
            self.setFocus()

    def _give_up_typing(self) -> None:
        if self._editor is not None:
            self._editor.setText("")  # no number: the value stays
        self._finish_typing()

    # -- the picture -------------------------------------------------------------------------------------------------
    def sizeHint(self) -> QSize:
        """Qt: the width it likes."""
        return QSize(150, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: name, figures, track, knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_text(painter)
        self._paint_track(painter)
        if self.hasFocus():
            painter.setPen(QColor(theme.ACCENT))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 0.5, -2.5, -0.5), 4, 4)

    def _paint_text(self, painter: QPainter) -> None:
        enabled = self.isEnabled()
        painter.setFont(theme.figures(theme.SMALL_PX))
        text = QRectF(PAD, 0, self.width() - 2 * PAD, TRACK_Y - KNOB)
        name = text.adjusted(0, 0, -FIGURES_WIDTH, 0)
        colour = theme.FAINT if not enabled else theme.ACCENT if self._highlighted else theme.TEXT
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(name.width()))
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.setPen(QColor(theme.FAINT if not enabled or not self.value() else theme.TEXT))
        figures = f"{self.number:z.{self._decimals}f}" if enabled else "–"  # z: no minus before a zero
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figures)

    def _paint_track(self, painter: QPainter) -> None:
        left, right = self._track()
        zero = left + (right - left) * (0 - self.minimum()) / max(self.maximum() - self.minimum(), 1)
        knob = self._knob_x()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.LINE))
        painter.drawRoundedRect(QRectF(left, TRACK_Y - 1.5, right - left, 3), 1.5, 1.5)
        painter.drawRect(QRectF(zero - 0.5, TRACK_Y - 4, 1, 8))
        if not self.isEnabled():
            return
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawRect(QRectF(min(zero, knob), TRACK_Y - 1.5, abs(knob - zero), 3))
        painter.setBrush(QColor(theme.ACCENT if self._highlighted or self.isSliderDown() else theme.TEXT))
        painter.drawEllipse(QPointF(knob, TRACK_Y), KNOB, KNOB)


class _NumberField(QLineEdit):
    """Keeps Return and Escape to itself: passed on to the slider, Return would open the next field."""

    given_up = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Return takes the number, Escape leaves it as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.accept()


_ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
