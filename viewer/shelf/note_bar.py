"""A note inside a panel: one line, perhaps a button for what can be done about it, and a way to be rid of it."""

from __future__ import annotations

import html
from collections.abc import Callable

import qtawesome
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from viewer import theme

BREAK = "\u200b"  # where a line may end: long paths have no spaces
STAYS_MS = 8000  # what needs no answer goes by itself


class NoteBar(QWidget):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.text.setObjectName("dim")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = QPushButton()
        self.close_button = QToolButton()
        self.close_button.setObjectName("small")
        self.close_button.setIcon(qtawesome.icon("mdi6.close", color=theme.DIM))
        self.close_button.setToolTip("Close this note")
        self.close_button.setAccessibleName("Close this note")
        self._then: Callable[[], None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._timer.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        self.button.clicked.connect(self._on_button)
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def show_note(
        self, text: str, level: str = "info", *, offer: str = "", then: Callable[[], None] | None = None,
        details: str = "",
    ) -> None:  # fmt: skip
        """Say something; `level` is info, warning or error; `then` is what the button `offer` does."""
        self.text.setText(text.replace("/", f"/{BREAK}").replace("\\", f"\\{BREAK}"))
        self.text.setToolTip(html.escape(details).replace("\n", "<br>"))
        theme.set_state(self.text, "" if level == "info" else level)
        self.button.setText(offer)
        self.button.setVisible(bool(offer))
        self._then = then
        self.show()
        if level == "info" and not offer:
            self._timer.start()
        else:
            self._timer.stop()

    def _on_button(self) -> None:
        then, self._then = self._then, None
        self.hide()
        if then is not None:
            then()
