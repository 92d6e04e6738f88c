"""Takes of what is captured: written beside the window, then opened to be played or edited as keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from viewer.capture.captured import Captured
from viewer.live.capture_model import CaptureModel
from viewer.sessions.take import save_take, take_of
from viewer.takes.take_files import TakeFiles
from viewer.viewer_model import ViewerModel


class CaptureTakes(QObject):
    """Lives on the GUI thread. `folder` tells where takes go, when one is kept."""

    def __init__(self, model: ViewerModel, capture: CaptureModel, takes: TakeFiles, folder: Callable[[], Path]) -> None:
        super().__init__(capture)
        self._model, self._capture, self._takes, self._folder = model, capture, takes, folder
        capture.recorded.connect(self._keep)

    def _keep(self, captured: Captured) -> None:
        path = self._folder() / time.strftime("capture-%Y-%m-%d-%H%M%S.csv")
        self._model.post(f"Writing {path.name} …")
        self._takes.errands.run(lambda _errand: _write(captured, path), partial(self._on_written, path), self._refuse)

    def _on_written(self, path: Path, _nothing: object) -> None:
        if self._capture.is_live:
            self._model.post(f"Captured take kept in {path}")
        else:
            self._takes.open(path)

    def _refuse(self, text: str) -> None:
        self._model.post(text, "error")


def _write(captured: Captured, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_take(take_of(captured.rows, path), path)
