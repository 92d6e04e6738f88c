"""The status bar: what happened last on the left, the numbers of the picture on the right."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from viewer import path_text, theme
from viewer.elided_label import ElidedLabel
from viewer.view_values import Message, Shown
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.path_state import PathState

REFRESH_S = 0.25  # figures that change faster cannot be read
LONG = 70  # characters of a message: more are cut off in a window of 1280 pixels
_FOLDERS = re.compile(r"(?<!\S)/(?:[^/:;,\n]+/)+")
_FILE_NAME = re.compile(r"[^:;,]{1,80}\.[A-Za-z]\w{0,4}\b")
MESSAGE_MS = 8000
COLOURS = {"info": theme.DIM, "warning": theme.WARNING, "error": theme.ERROR}


class StatusLine(QStatusBar):
    """Shows the model's frames and messages."""

    def __init__(self, model: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setSizeGripEnabled(False)
        self.message = ElidedLabel()
        self.numbers = QLabel()
        self.numbers.setFont(theme.figures(theme.SMALL_PX))
        self.path = QLabel()
        self.path.setObjectName("badge")
        self.path.hide()
        self.engine = QLabel("opening the engine …")
        self.addWidget(self.message, 1)
        self.addPermanentWidget(self.numbers)
        self.addPermanentWidget(self.path)
        self.addPermanentWidget(self.engine)
        self._shown_s = 0.0
        self._forget = QTimer(self, singleShot=True, interval=MESSAGE_MS)
        self._forget.timeout.connect(self.message.clear)
        model.refreshed.connect(self._on_refreshed)
        model.path_changed.connect(self._on_path)
        model.message_posted.connect(self._on_message)

    def _on_refreshed(self) -> None:
        shown, now_s = self._model.shown, time.monotonic()
        if shown is None:
            return
        rate = self._model.history.rate(time.perf_counter_ns())
        if self._model.is_idle:
            self.numbers.setText(" · ".join(["idle", *_facts(shown)]))
        elif now_s - self._shown_s >= REFRESH_S:
            self._shown_s = now_s
            self.numbers.setText(" · ".join([f"{rate:.1f} fps delivered", *_facts(shown)]))

    def _on_path(self, state: PathState) -> None:
        """The path and, while a plan is being built, how far it is; what runs beside it."""
        text, progress = path_text.badge(state), state.building
        if progress is not None:
            text += " · building" + ("" if progress.fraction is None else f" {100 * progress.fraction:.0f} %")
        self.path.setText(text)
        whole = f"<p>{path_text.building(state)}</p>" if progress is not None else ""
        self.path.setToolTip(whole + path_text.tooltip(state, self._model.has_fallen))
        is_degraded = path_text.is_worse_tier(state) or self._model.has_fallen
        theme.set_state(self.path, "warning" if is_degraded else "")
        self.path.show()
        self._show_engine()

    def _show_engine(self) -> None:
        engine = self._model.engine
        if engine is None:
            return
        described = (engine.description.get(key, "") for key in ("size", "generator", "engine", "gl_renderer"))
        parts = [_short(part) for part in described if part]
        self.engine.setText(" · ".join(parts))
        self.engine.setToolTip("\n".join(f"{key}: {value}" for key, value in engine.description.items()))

    def _on_message(self, message: Message) -> None:
        self.message.setText(brief(message.text))
        self.message.setToolTip(message.text)
        self.message.setStyleSheet(f"color: {COLOURS[message.level]}")
        self._forget.stop()
        if message.level != "error":  # an error stays until something else is said
            self._forget.start()


def brief(text: str) -> str:
    """With a capital letter, but file names as they are; where it is long, the folders of its paths give way."""
    if len(text) > LONG:
        text = _FOLDERS.sub("…/", text)
    return text if _FILE_NAME.match(text) else text[:1].upper() + text[1:]


def _facts(shown: Shown) -> list[str]:
    age = [] if math.isnan(shown.age_ms) else [f"frame {shown.age_ms:.0f} ms old"]
    return [*age, f"{shown.dropped} dropped"]


def _short(text: str) -> str:
    """`llvmpipe (LLVM 15.0.6, 256 bits)` is llvmpipe here; the tooltip has the rest."""
    return text.split(" (", 1)[0].split("/", 1)[0]
