"""The status bar: what happened last on the left, the numbers of the picture on the right."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from viewer import theme
from viewer.viewer_model import EngineInfo, Message, Shown, ViewerModel

REFRESH_MS = 250  # a fourth of a second: figures that change faster cannot be read
IDLE_AFTER_MS = 400
MESSAGE_MS = 8000
COLOURS = {"info": theme.DIM, "warning": theme.WARNING, "error": theme.ERROR}


class StatusLine(QStatusBar):
    """Shows the model's frames and messages. No timer runs while nothing happens."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setSizeGripEnabled(False)
        self.message = QLabel()
        self.numbers = QLabel()
        self.numbers.setFont(theme.figures(theme.SMALL_PX))
        self.engine = QLabel("opening the engine …")
        self.addWidget(self.message, 1)
        self.addPermanentWidget(self.numbers)
        self.addPermanentWidget(self.engine)
        self._refresh = self._timer(REFRESH_MS, self._show_frame)
        self._rest = self._timer(IDLE_AFTER_MS, self._show_idle)
        self._forget = self._timer(MESSAGE_MS, self.message.clear)
        model.frame_shown.connect(self._on_frame)
        model.engine_changed.connect(self._on_engine)
        model.message_posted.connect(self._on_message)

    def _timer(self, interval_ms: int, slot: object) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=interval_ms)
        timer.timeout.connect(slot)
        return timer

    def _on_frame(self, _shown: Shown) -> None:
        self._rest.start()
        if not self._refresh.isActive():
            self._refresh.start()

    def _show_frame(self) -> None:
        shown = self._model.shown
        if shown is not None and self._rest.isActive():
            rate = self._model.history.rate(time.perf_counter_ns())
            self.numbers.setText(f"{rate:.1f} fps delivered · {_age(shown)} · {shown.dropped} dropped")

    def _show_idle(self) -> None:
        shown = self._model.shown
        if shown is not None:
            self.numbers.setText(f"idle · {_age(shown)} · {shown.dropped} dropped")

    def _on_engine(self, engine: EngineInfo) -> None:
        described = (engine.description.get(key, "") for key in ("size", "generator", "engine", "gl_renderer"))
        parts = [_short(part) for part in described if part]
        self.engine.setText(" · ".join(parts))
        self.engine.setToolTip("\n".join(f"{key}: {value}" for key, value in engine.description.items()))

    def _on_message(self, message: Message) -> None:
        self.message.setText(message.text)
        self.message.setToolTip(message.text)
        self.message.setStyleSheet(f"color: {COLOURS[message.level]}")
        self._forget.stop()
        if message.level != "error":  # an error stays until something else is said
            self._forget.start()


def _age(shown: Shown) -> str:
    return "" if math.isnan(shown.age_ms) else f"frame {shown.age_ms:.0f} ms old"


def _short(text: str) -> str:
    """`llvmpipe (LLVM 15.0.6, 256 bits)` is llvmpipe here; the tooltip has the rest."""
    return text.split(" (", 1)[0].split("/", 1)[0]
