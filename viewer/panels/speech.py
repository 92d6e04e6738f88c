"""The speech panel: type what the face is to say; see what was found in it; change how it is felt; hear it."""

from __future__ import annotations

import qtawesome
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer import theme
from viewer.hand_layer import HandLayer
from viewer.idle_overlay import IdleOverlay
from viewer.life_switches import LifeSwitches
from viewer.shelf.note_bar import NoteBar
from viewer.speech.voices import AUTO, installed_voices
from viewer.voice.speech_model import SpeechModel
from viewer.voice.speech_sliders import SpeechSliders
from viewer.voice.speech_text import SpeechText

HINT = "Type what the face is to say, in English or 中文, then press Enter. Markup of SSML works too."
NO_VOICES = "No voice is installed: pip install 'mien[speech]', then start Mien again"
TITLES = {AUTO: "Best voice", "hibari": "Hibari (English)", "espeak": "eSpeak NG (中文, English)"}
INPUT_LINES = 3


class SpeechInput(QPlainTextEdit):
    """Enter and Ctrl+Enter say it, Shift+Enter begins a line, Escape falls silent."""

    said = Signal()
    silenced = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(HINT)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Text to speak")
        self.setToolTip("Enter speaks, Shift+Enter begins a line, Escape falls silent")
        lines = INPUT_LINES * self.fontMetrics().lineSpacing()
        self.setFixedHeight(lines + 2 * round(self.document().documentMargin()) + 8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter is not for the text."""
        is_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_shift:
            self.said.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.silenced.emit()
        else:
            super().keyPressEvent(event)


class SpeechPanel(QWidget):
    """Shows the speech model."""

    def __init__(self, speech: SpeechModel, idle: IdleOverlay, hand: HandLayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._speech = speech
        self.input = SpeechInput()
        self.voice = QComboBox()
        self.button = QPushButton()
        self.text = SpeechText()
        self.about = QLabel()
        self.forget = QToolButton()
        self.sliders = SpeechSliders(speech)
        self.note = NoteBar()
        self.switches = LifeSwitches(idle, hand)
        self._icons = {name: qtawesome.icon(name, color=theme.TEXT) for name in ("mdi6.play", "mdi6.stop")}
        self._noted = ""
        self._build()
        self._connect()
        self._show()

    def _build(self) -> None:
        voices = installed_voices()
        for name in (AUTO, *voices):
            self.voice.addItem(TITLES.get(name, name), name)
        self.voice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.voice.setToolTip("Who speaks; the best voice is the best one that speaks all languages of the text")
        self.voice.setAccessibleName("Voice")
        self.about.setObjectName("dim")
        self.forget.setText("As the text says")
        self.forget.setObjectName("small")
        self.forget.setToolTip("Forget everything that was set by hand")
        speak = QHBoxLayout()
        speak.setSpacing(4)
        speak.addWidget(self.voice, 1)
        speak.addWidget(self.button)
        about = QHBoxLayout()
        about.addWidget(self.about, 1)
        about.addWidget(self.forget)
        top = QVBoxLayout()
        top.setContentsMargins(8, 8, 8, 0)
        top.setSpacing(4)
        top.addWidget(self.input)
        top.addLayout(speak)
        top.addWidget(self.text, 1)
        top.addLayout(about)
        self.bottom = QVBoxLayout(self)
        self.bottom.setContentsMargins(0, 0, 0, 4)
        self.bottom.setSpacing(0)
        self.bottom.addLayout(top, 1)
        self.bottom.addWidget(self.note)
        self.sliders.fill_last_place(self.switches)
        self.bottom.addWidget(self.sliders)
        if not voices:
            self.note.show_note(NO_VOICES, "warning")

    def _connect(self) -> None:
        speech = self._speech
        self.input.textChanged.connect(self._on_typed)
        self.input.said.connect(speech.speak)
        self.input.silenced.connect(speech.stop)
        self.voice.activated.connect(self._on_voice)
        self.button.clicked.connect(self._on_button)
        self.text.chosen.connect(speech.choose)
        self.forget.clicked.connect(self._on_forget)
        self.sliders.let_go.connect(speech.speak_changed)
        speech.changed.connect(self._show)

    # -- the hand ----------------------------------------------------------------------------------------------------
    def _on_typed(self) -> None:
        self._speech.set_text(self.input.toPlainText())

    def _on_voice(self, index: int) -> None:
        self._speech.set_voice(self.voice.itemData(index))
        self._speech.speak_changed()

    def _on_button(self) -> None:
        if self._speech.is_busy or self._speech.is_playing:
            self._speech.stop()
        else:
            self._speech.speak()

    def _on_forget(self) -> None:
        self._speech.forget_decisions()
        self._speech.speak_changed()

    # -- what is shown -----------------------------------------------------------------------------------------------
    def _show(self) -> None:
        speech = self._speech
        is_running = speech.is_busy or speech.is_playing
        self.button.setText("Stop" if is_running else "Speak")
        self.button.setIcon(self._icons["mdi6.stop" if is_running else "mdi6.play"])
        self.button.setToolTip("Fall silent (Escape)" if is_running else "Speak the text (Enter)")
        self.text.show_analysis(speech.analysis, speech.chosen)
        self.about.setText(self._about())
        order = speech.order
        self.forget.setEnabled(bool(order.overrides or order.emotions or order.rate != 1.0))
        self.sliders.show_values()
        self._show_note()

    def _about(self) -> str:
        if self._speech.chosen is None or self._speech.analysis is None:
            return "The whole text"
        start, end = self._speech.chosen
        text = self._speech.analysis.text[start:end].strip()
        room = self.about.fontMetrics()
        return f"“{room.elidedText(text, Qt.TextElideMode.ElideRight, 130)}”"

    def _show_note(self) -> None:
        speech = self._speech
        notes = "; ".join(speech.analysis.notes) if speech.analysis is not None else ""
        told = (speech.error, "error") if speech.error else (notes, "warning")
        if told[0] == self._noted:
            return
        self._noted = told[0]
        if told[0]:
            self.note.show_note(*told)
        else:
            self.note.hide()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: somebody looks, and may speak soon."""
        super().showEvent(event)
        self._speech.warm_up()
