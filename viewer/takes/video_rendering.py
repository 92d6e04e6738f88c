"""Renders what is chosen to a video, in a process of its own: `mien render TAKE`, with progress and cancel."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from viewer.engine_info import EngineInfo
from viewer.sessions.layout import CSV_NAME
from viewer.takes.errands import Errand
from viewer.takes.take_files import TakeFiles
from viewer.viewer_model import ViewerModel

CHILD = "viewer"
TELL_S = "1"
_FRAME = re.compile(r"mien: (frame (\d+) of (\d+).*)")


@dataclass(frozen=True)
class Rendering:
    """How it stands. `text` is how far it is, or how it ended."""

    out: Path
    share: float = 0.0  # 0..1
    text: str = "Opening the engine …"
    running: bool = True
    failed: bool = False


class VideoRendering(QObject):
    """One video at a time. Lives on the GUI thread."""

    changed = Signal(object)  # Rendering

    def __init__(self, model: ViewerModel, files: TakeFiles) -> None:
        super().__init__(files)
        self._model, self._files = model, files
        self._errand: Errand | None = None
        self.now: Rendering | None = None
        self._given_up: Path | None = None  # what was cancelled

    @property
    def is_running(self) -> bool:
        """Whether one is being made."""
        return self.now is not None and self.now.running

    def start(self, out: Path) -> None:
        """Render what is chosen, with the window's face and generator; the file has its name once it is whole."""
        if self.is_running:
            self._model.post("A video is being rendered already: wait, or cancel it", "warning")
            return
        options, sound = render_options(self._model.engine), self._files.sound

        def film(source: str, video: Path, errand: Errand) -> None:
            folder = Path(source)
            take = str(folder / CSV_NAME) if folder.is_dir() else source
            try:
                errand.ask(
                    CHILD, ["render", "--take", take, "--out", str(video), "--progress-s", TELL_S, *options],
                    hear=lambda line: self._files.errands.tell(self._on_line, line),
                )  # fmt: skip
            finally:
                # Whoever cancels does not want to go on; closing the window keeps the parts. A video that gets sound
                # afterwards has another name each time.
                if self._given_up == out or video != out:
                    from viewer.clips.parts import parts_folder  # brings FFmpeg, which no window waits for

                    shutil.rmtree(parts_folder(video), ignore_errors=True)

        def render(source: str, errand: Errand) -> None:
            if sound is None:
                film(source, out, errand)
                return
            from viewer.speech.sound_file import filmed_with_sound  # not before: the window starts without FFmpeg

            with filmed_with_sound(out, sound) as silent:
                film(source, silent, errand)

        self._given_up = None
        self._show(Rendering(out))
        self._errand = self._files.with_source(render, self._on_done, self._on_failed)

    def cancel(self) -> None:
        """Give it up; nothing is left of it."""
        if self._errand is not None and self.is_running and self.now is not None:
            self._given_up = self.now.out
            self._errand.interrupt()
            self._show(Rendering(self.now.out, text="Cancelled", running=False))

    def _on_line(self, line: str) -> None:
        found = _FRAME.fullmatch(line)
        if found and self.now is not None and self.now.running:
            self._show(Rendering(self.now.out, int(found[2]) / max(int(found[3]), 1), found[1].capitalize()))

    def _on_done(self, _nothing: object) -> None:
        if self.now is not None:
            self._show(Rendering(self.now.out, 1.0, f"{self.now.out} rendered", running=False))
            self._model.post(self.now.text)

    def _on_failed(self, text: str) -> None:
        if self.now is not None:
            told = text.removeprefix("mien: ")
            self._show(Rendering(self.now.out, self.now.share, told, running=False, failed=True))
            self._model.post(told, "error")

    def _show(self, now: Rendering) -> None:
        self.now = now
        self.changed.emit(now)


def render_options(engine: EngineInfo | None) -> list[str]:
    """The face, the generator and the precision of the window, as options of `mien render`."""
    if engine is None:
        return []
    options = ["--precision", engine.settings.precision]
    if engine.face_file is not None:
        options += ["--face", str(engine.face_file)]
    if engine.generator is not None and engine.generator.path is not None:
        options += ["--generator", str(engine.generator.path)]
    return options
