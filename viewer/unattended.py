"""Windows that close by themselves: `--seconds`, `--screenshot`, `--demo`."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer

from gpu_core.errors import MienError
from viewer.cockpit import Cockpit
from viewer.options import DesktopOptions
from viewer.performance.builtin import BUILTIN
from viewer.picture_file import write_whole
from viewer.sessions.layout import CSV_NAME, VIDEO_NAMES
from viewer.sessions.recording import Recording

DEFAULT_PERFORMANCE = "talk"
DEFAULT_SECONDS = 3.0
DEMO_SECONDS = 6.0
SETTLE_MS = 700  # after the last frame, so that the panels have drawn what they know
EXIT_REFUSED = 2
PATIENCE_MS = 300_000  # a machine that shows nothing after so long never will


class Unattended(QObject):
    """Waits for the first picture, does what was asked, closes the window. `exit_code` 1: it could not."""

    def __init__(self, cockpit: Cockpit, options: DesktopOptions) -> None:
        super().__init__(cockpit)
        self.exit_code = 1
        self._cockpit, self._options = cockpit, options
        cockpit.model.frame_shown.connect(self._on_first_picture)
        cockpit.engine_thread.failed.connect(self._on_failed)
        cockpit.filming.ended.connect(self._on_filmed)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience)
        self._patience.start()

    def _on_first_picture(self, _shown: object) -> None:
        self._cockpit.model.frame_shown.disconnect(self._on_first_picture)
        if self._options.demo is not None:
            performance = BUILTIN[self._options.performance or DEFAULT_PERFORMANCE]
            self._cockpit.model.set_playback(replace(self._cockpit.model.playback, playing=False))
            self._cockpit.filming.film_performance(performance, self._options.demo, seconds=DEMO_SECONDS)
            return
        plays_already = self._options.session is not None or self._options.take is not None
        if self._options.screenshot is not None and not plays_already:
            self._play(self._options.performance or DEFAULT_PERFORMANCE)
        seconds = self._options.seconds or DEFAULT_SECONDS
        QTimer.singleShot(round(seconds * 1000), self._finish)

    def _play(self, name: str) -> None:
        model = self._cockpit.model
        model.set_playback(replace(model.playback, name=name, playing=True))

    def _on_filmed(self, recording: Recording) -> None:
        if self._options.demo is None:
            return
        _say(f"{recording.frames} frames, {recording.seconds:.1f} s")
        for path in _named_plainly(Path(recording.folder), self._options.demo):
            _say(str(path))
        QTimer.singleShot(SETTLE_MS, self._finish)

    def _finish(self) -> None:
        path = self._options.screenshot
        if self._options.demo is not None:
            path = self._options.demo / "mien.png"
        try:
            if path is not None:
                self._grab(path)
            self.exit_code = 0
        except MienError as error:
            self.exit_code = EXIT_REFUSED
            _say(f"mien: {error}", sys.stderr)
        self._cockpit.window.close()

    def _grab(self, path: Path) -> None:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not self._cockpit.window.grab().save(buffer, "PNG"):
            raise MienError("the window could not be grabbed")
        write_whole(path, lambda file: file.write(bytes(buffer.data().data())))
        _say(str(path))

    def _on_patience(self) -> None:
        self._give_up("no picture came")

    def _on_failed(self, _text: str) -> None:
        self.exit_code = EXIT_REFUSED  # the engine thread has said why
        self._cockpit.window.close()

    def _give_up(self, text: str) -> None:
        _say(f"mien: {text}", sys.stderr)
        self._cockpit.window.close()


def _named_plainly(session: Path, folder: Path) -> list[Path]:
    """Move a session's take and video to `folder`/mien.* : a demo is made again and again, and they are looked for."""
    moved = [(session / name).replace(folder / f"mien{Path(name).suffix}") for name in (CSV_NAME, VIDEO_NAMES["h264"])]
    shutil.rmtree(session)
    return moved


def _say(text: str, stream: TextIO = sys.stdout) -> None:
    print(text, file=stream)
