"""The cockpit: one model, one engine thread, one window, wired together; and what the window can command."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtWidgets import QWidget

from gpu_core.settings import View
from gpu_core.telemetry import open_sampler
from viewer.engine_thread import EngineThread
from viewer.filming import Filming, sessions_folder
from viewer.panels.expressions import ExpressionsPanel
from viewer.panels.head import HeadPanel
from viewer.panels.latency import LatencyPanel
from viewer.panels.path_badge import PathBadge
from viewer.panels.performances import PerformancesPanel
from viewer.panels.recording import RecordingPanel
from viewer.panels.utilisation import UtilisationPanel
from viewer.performance.builtin import BUILTIN
from viewer.picture_file import save_picture
from viewer.playback import PlaybackClock
from viewer.raster_viewport import RasterViewport
from viewer.viewer_model import EngineInfo, Shown, ViewerModel
from viewer.viewport import GLViewport
from viewer.window import BOTTOM, LEFT, RIGHT, MainWindow

if TYPE_CHECKING:
    from gpu_core.engine import Engine

log = logging.getLogger(__name__)


class Cockpit(QObject):
    """Owns everything between `open` and `close`.

    `remembers` False leaves the user's settings alone; `software_gl` paints pixels instead of composing with OpenGL.
    """

    def __init__(self, open_engine: Callable[[], Engine], *, remembers: bool = True, software_gl: bool = False) -> None:
        super().__init__()
        self.model = ViewerModel()
        self.engine_thread = EngineThread(open_engine, reads_back=software_gl)
        self.playback = PlaybackClock(self.model, BUILTIN)
        self.filming = Filming(self.model, self.engine_thread)
        screen = RasterViewport if software_gl else GLViewport
        self.viewport = screen(self.model, self.engine_thread.give_back)
        self._started_ns = time.perf_counter_ns()
        self._closed = False
        titles = {key: performance.title for key, performance in BUILTIN.items()}
        memory = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Mien", "Mien") if remembers else None
        self.window = MainWindow(self.model, self, self.viewport, self._panels(titles), titles, memory)
        self._connect()

    def _panels(self, titles: dict[str, str]) -> dict[str, tuple[QWidget, Qt.DockWidgetArea]]:
        sampler, description = open_sampler()
        self.utilisation = UtilisationPanel(self.model, sampler, description, os.cpu_count() or 1)
        return {
            "Expressions": (ExpressionsPanel(self.model), LEFT),
            "Head and gaze": (HeadPanel(self.model), LEFT),
            "Path": (PathBadge(self.model), RIGHT),
            "Latency": (LatencyPanel(self.model), RIGHT),
            "Utilisation": (self.utilisation, RIGHT),
            "Performance": (PerformancesPanel(self.model, titles), BOTTOM),
            "Recording": (RecordingPanel(self.model), BOTTOM),
        }

    def _connect(self) -> None:
        self.model.request_changed.connect(self.engine_thread.request)
        self.engine_thread.frame_ready.connect(self.viewport.show_frame)
        self.engine_thread.opened.connect(self._on_opened)
        self.engine_thread.failed.connect(self._on_failed)
        self.engine_thread.trouble.connect(self._on_trouble)
        self.engine_thread.paused.connect(self._on_trouble)
        self.model.frame_shown.connect(self._on_first_picture)

    def open(self, performance: str | None = None) -> None:
        """Show the window, start the engine, ask for the first picture; play `performance` if there is one."""
        self.window.show()
        self.engine_thread.start()
        self.engine_thread.request(self.model.request)
        name = performance or next(iter(BUILTIN))
        if name not in BUILTIN:
            self.model.post(f"There is no performance {name}; there are {', '.join(BUILTIN)}", "warning")
            return
        self.model.set_playback(replace(self.model.playback, name=name, playing=performance is not None))

    def time_first_picture(self, started_ns: int) -> None:
        """Count the first picture's time from here."""
        self._started_ns = started_ns

    # -- what the window can command ---------------------------------------------------------------------------------
    def open_face(self, path: Path) -> None:
        """Show another face; the old one stays if that fails."""
        self.model.post(f"Loading {path.name} …")
        self.engine_thread.change(lambda engine: engine.load_face(path))

    def open_generator(self, path: Path) -> None:
        """Use another generator; the old one stays if that fails."""
        self.model.post(f"Loading {path.name} …")
        self.engine_thread.change(lambda engine: engine.load_generator(path))

    def toggle_recording(self) -> None:
        """Start or end a recording of what is shown."""
        self.filming.toggle()

    def record_performance(self) -> None:
        """Record the chosen performance frame by frame, none dropped."""
        name = self.model.playback.name
        if not self.model.recording.running and name in BUILTIN:
            self.model.set_playback(replace(self.model.playback, playing=False))
            self.filming.film_performance(BUILTIN[name], sessions_folder())

    def save_picture(self, path: Path) -> None:
        """Save the face as it is now as a PNG with transparency."""
        request = replace(self.model.request, views=frozenset({View.GENERATED}))
        self.engine_thread.run_job(lambda engine: save_picture(engine, request, path))

    def resume(self) -> None:
        """Let the engine try again after a pause."""
        self.engine_thread.resume()

    def close(self) -> None:
        """Stop everything that draws, first the engine, then the viewport. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self.model.set_playback(replace(self.model.playback, playing=False))
        self.filming.stop()
        self.engine_thread.stop()
        self.viewport.release()
        self.utilisation.close_sampler()

    # -- what the engine thread says ---------------------------------------------------------------------------------
    def _on_opened(self, engine: EngineInfo) -> None:
        self.model.set_status("Drawing the first picture …")
        self.model.set_engine(engine)
        self.window.setWindowTitle(f"{engine.face} · Mien")

    def _on_failed(self, text: str) -> None:
        self.viewport.forget()
        self.model.set_status(f"The engine has stopped: {text}")
        self.model.post(text, "error")

    def _on_trouble(self, text: str) -> None:
        self.model.post(text, "error")

    def _on_first_picture(self, shown: Shown) -> None:
        self.model.frame_shown.disconnect(self._on_first_picture)
        seconds = (shown.shown_ns - self._started_ns) / 1e9
        self.window.notes.append(f"first picture after {seconds:.1f} s")
        log.info("first picture after %.2f s", seconds)
