"""A slider with its name and its value in figures, painted in one go: fifty of them must cost nothing.

Arrow keys step, Shift makes everything fine, a double-click goes back to zero, a click on the figures (or Return)
lets a number be typed. It is a QAbstractSlider in thousandths, so screen readers know what it is.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QWidget

from viewer import theme
from viewer.sliders.marks import Marks
from viewer.sliders.number_field import NumberField
from viewer.sliders.picture import FIGURES_WIDTH, HEIGHT, KNOB, PAD, TRACK_Y, SliderLook, paint_slider, track

STEPS = 1000  # per unit
FINE = 0.1  # of the usual way, while Shift is held
NOTCH = 120  # of a wheel, in Qt's eighths of a degree


class Wish(Enum):
    """What a key on a slider asks for, besides a value. The value is the key's name in menus."""

    LOCK = "L"
    ALONE = "S"
    STAR = "*"
    ACROSS = "M"
    CHOOSE = "C"
    RESET = "Del"


class ShapeSlider(QAbstractSlider):
    """One number between `low` and `high`. `moved` is emitted by the user's hand only, with the value."""

    moved = Signal(str, float)  # key, value
    let_go = Signal()  # the hand has: what it does next is something else
    wished = Signal(str, object)  # key, Wish
    menu_asked = Signal(str, QPoint)  # key, where on the screen

    def __init__(
        self, key: str, title: str, *, low: float = 0.0, high: float = 1.0, step: float = 0.01, decimals: int = 2,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.key, self.title = key, title
        self.marks = Marks()
        self._decimals = decimals
        self._held: tuple[float, int, float] | None = None  # where the mouse was, the value there, how fine it goes
        self._wheel = 0.0  # what is left of the last step
        self._highlighted, self._is_lit, self._quiet = False, False, False
        self._editor: NumberField | None = None
        self.setRange(round(low * STEPS), round(high * STEPS))
        self.setSingleStep(round(step * STEPS))
        self.setPageStep(round(step * STEPS * 10))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setMinimumSize(96, HEIGHT)
        self.setFixedHeight(HEIGHT)
        self.valueChanged.connect(self._on_value)

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

    def light(self, on: bool) -> None:
        """Switch the lamp: the value is one that the generator was not trained for."""
        if on != self._is_lit:
            self._is_lit = on
            self.update()

    def show_marks(self, marks: Marks) -> None:
        """Show the rules that hold for it."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    def _on_value(self, value: int) -> None:
        self.update()
        if not self._quiet:
            self.moved.emit(self.key, value / STEPS)

    # -- the hand ----------------------------------------------------------------------------------------------------
    def _go(self, value: float) -> None:
        if not self.marks.is_locked:
            self.setValue(round(value))

    def _go_at_once(self, value: float) -> None:
        self._go(value)
        self.let_go.emit()

    def _share(self, value: float) -> float:
        return (value - self.minimum()) / max(self.maximum() - self.minimum(), 1)

    def _per_px(self) -> float:
        left, right = track(self.width())
        return (self.maximum() - self.minimum()) / max(right - left, 1.0)

    def _knob_x(self) -> float:
        left, right = track(self.width())
        return left + (right - left) * self._share(self.value())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: take the knob, or bring it here; the figures open for typing; with Ctrl, choose."""
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x, is_above = event.position().x(), event.position().y() < TRACK_Y - 2 * KNOB
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.wished.emit(self.key, Wish.CHOOSE)
            return
        if is_above and x > self.width() - PAD - FIGURES_WIDTH:
            self.type_number()
            return
        if not is_above and abs(x - self._knob_x()) > 2 * KNOB:
            self._go(self.value() + (x - self._knob_x()) * self._per_px())
        self._hold(x, event.modifiers())
        self.setSliderDown(True)

    def _hold(self, x: float, modifiers: Qt.KeyboardModifier) -> None:
        self._held = (x, self.value(), _fineness(modifiers))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: drag; with Shift a tenth as fast, from where the knob is when it is pressed."""
        if self._held is None:
            return
        x = event.position().x()
        if _fineness(event.modifiers()) != self._held[2]:
            self._hold(x, event.modifiers())
        start_x, start, fineness = self._held
        self._go(start + (x - start_x) * self._per_px() * fineness)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Qt: let go."""
        if self._held is not None:
            self._held = None
            self.setSliderDown(False)
            self.let_go.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: back to zero; twice with Ctrl is choosing twice."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.mousePressEvent(event)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._held = None
            self._go_at_once(0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: the wheel scrolls the panel, unless this slider was chosen before; with Shift it is fine."""
        if not self.hasFocus():
            event.ignore()
            return
        turned = event.angleDelta().y() or event.angleDelta().x()  # some desktops turn it aside with a key
        self._wheel += turned / NOTCH * self.singleStep() * _fineness(event.modifiers())
        whole = int(self._wheel)
        self._wheel -= whole
        self._go(self.value() + whole)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: everything that can be done with it."""
        self.setFocus()
        self.menu_asked.emit(self.key, event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Qt: its own letters go before shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _wish(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrows step, Shift finely; Return types; Delete is zero; letters are wishes."""
        wish = _wish(event)
        if wish is not None:
            self.wished.emit(self.key, wish)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.type_number()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.wished.emit(self.key, Wish.RESET)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in _ARROWS:
            self._go(self.value() + _ARROWS[Qt.Key(event.key())] * max(self.singleStep() // 10, 1))
        elif event.key() == Qt.Key.Key_Space or (self.marks.is_locked and event.key() in _MOVING):
            event.ignore()  # Space plays and pauses
        else:
            super().keyPressEvent(event)

    # -- typing ------------------------------------------------------------------------------------------------------
    def type_number(self) -> None:
        """Open a small field over the figures."""
        if self._editor is not None or not self.isEnabled() or self.marks.is_locked:
            return
        text = f"{self.number:z.{self._decimals}f}"
        self._editor = editor = NumberField(text, self.minimum() / STEPS, self.maximum() / STEPS, self)
        editor.setObjectName("number")
        editor.setFont(theme.figures(theme.SMALL_PX))
        editor.setGeometry(self.width() - 54, 0, 52, 20)
        editor.done.connect(self._finish_typing)
        editor.show()
        editor.setFocus()

    def _finish_typing(self, number: float | None) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        if number is not None:
            self._go_at_once(number * STEPS)
        if editor.hasFocus():
            self.setFocus()
        editor.hide()
        editor.deleteLater()

    # -- the picture -------------------------------------------------------------------------------------------------
    def sizeHint(self) -> QSize:
        """Qt: the width it likes."""
        return QSize(150, HEIGHT)

    def look(self) -> SliderLook:
        """What is to be painted."""
        is_enabled = self.isEnabled()
        low, high = self.marks.trained or (self.minimum() / STEPS, self.maximum() / STEPS)
        return SliderLook(
            title=self.title,
            figures=f"{self.number:z.{self._decimals}f}" if is_enabled else "–",  # z: no minus before a zero
            zero=self._share(0),
            knob=self._share(self.value()),
            trained=(self._share(low * STEPS), self._share(high * STEPS)),
            marks=self.marks,
            is_zero=not self.value(),
            is_enabled=is_enabled,
            is_hot=self._highlighted or self.isSliderDown(),
            is_lit=self._is_lit and is_enabled,
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: paint it, and a frame around it if it has the keyboard."""
        painter = QPainter(self)
        paint_slider(painter, self.look(), self.width())
        if self.hasFocus():
            painter.setPen(theme.ACCENT)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 0.5, -2.5, -0.5), 4, 4)


def _fineness(modifiers: Qt.KeyboardModifier) -> float:
    return FINE if modifiers & Qt.KeyboardModifier.ShiftModifier else 1.0


def _wish(event: QKeyEvent) -> Wish | None:
    others = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    if others:  # Ctrl+C is not C
        return None
    text = event.text().upper()
    return Wish(text) if text in _WISHES else None


_WISHES = {wish.value for wish in Wish}
_ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
_MOVING = {*_ARROWS, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
