"""The cockpit: one model, one engine thread, one window, wired together; and what the window can command."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtWidgets import QWidget

from gpu_core.assets import resources_root, shipped_faces
from gpu_core.settings import EngineSettings
from gpu_core.telemetry import open_sampler
from viewer import path_text
from viewer.artist_desk import ArtistDesk
from viewer.artist_menus import build_artist_menus
from viewer.choice_menus import ChoiceMenus
from viewer.closing import close_all
from viewer.compare.comparing import Comparing
from viewer.compare.picture_difference import PictureDifference
from viewer.dock_places import BOTTOM, LEFT, RIGHT
from viewer.engine_info import EngineInfo
from viewer.engine_thread import EngineThread
from viewer.figures.panel_cost import PanelCost
from viewer.figures.review import FrameReview
from viewer.filming.filming import Filming
from viewer.filming.session_desk import SessionDesk
from viewer.filming.timings_dialog import show_timings
from viewer.generator_dialog import GeneratorDialog
from viewer.opening import Opening
from viewer.panels.frame import FramePanel
from viewer.panels.latency import LatencyPanel
from viewer.panels.path_badge import PathBadge
from viewer.panels.performances import PerformancesPanel
from viewer.panels.recording import RecordingPanel
from viewer.panels.switches import SwitchesPanel
from viewer.panels.utilisation import UtilisationPanel
from viewer.performance.builtin import BUILTIN
from viewer.playable import TIMELINE, Playable
from viewer.playback import PlaybackClock
from viewer.raster_viewport import RasterViewport
from viewer.recent_files import RecentFiles
from viewer.switch_text import CLASSIC_WAY, change_text, fast_way
from viewer.tracing import Tracing
from viewer.view_values import Shown
from viewer.viewer_model import ViewerModel
from viewer.viewport import GLViewport
from viewer.window import MainWindow

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.neural.inspection import NetworkFacts
    from gpu_core.neural.signature import Signature
    from gpu_core.path_state import PathState

log = logging.getLogger(__name__)


class Cockpit(QObject):
    """Owns everything between `open` and `close`.

    `remembers` False leaves the user's settings alone; `software_gl` paints pixels instead of composing with OpenGL;
    `egl_device` is the GPU the engine draws on where the window cannot, see `desktop.gpu_beside_window`;
    `face_file` is the face that `open_engine` opens, None the first that is shipped; `layout` as in MainWindow.
    """

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        *,
        remembers: bool = True,
        software_gl: bool = False,
        egl_device: int | None = None,
        face_file: Path | None = None,
        layout: str = "",
    ) -> None:
        super().__init__()
        self.model = ViewerModel()
        self.engine_thread = EngineThread(open_engine, reads_back=software_gl, egl_device=egl_device)
        self.opening = Opening(self.model, self.engine_thread, face_file or next(iter(shipped_faces().values()), None))
        self.playable = Playable(BUILTIN)
        self.playback = PlaybackClock(self.model, self.playable)
        self.comparing = Comparing(self.model, self.engine_thread)
        self.tracing = Tracing(self.model)
        screen = RasterViewport if software_gl else GLViewport
        self.viewport = screen(self.model, self.engine_thread.give_back)
        self._started_ns = time.perf_counter_ns()
        self._closed, self._remembers = False, remembers
        self._before_classic: EngineSettings | None = None
        self._wanted: Path | None = None
        titles = {key: performance.title for key, performance in BUILTIN.items()} | {TIMELINE: "Timeline"}
        memory = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Mien", "Mien") if remembers else None
        self.filming = Filming(self.model, self.engine_thread, memory)
        self.sessions = SessionDesk(self.model, self.engine_thread, self.playable)
        self.recent = RecentFiles(memory, "recent/generators")
        self.review = FrameReview(self.model, memory)
        self.desk = ArtistDesk(
            self.model, self.engine_thread, self.viewport, self.playable, memory, clock=self.playback
        )
        panels = self._panels(titles, memory)
        self.window = MainWindow(self.model, self, self.viewport, panels, titles, memory, layout)
        build_artist_menus(self.window, self.desk)
        self.menus = ChoiceMenus(self.window, self.model, self, self.recent)
        self._connect()

    def _panels(self, titles: dict[str, str], memory: QSettings | None) -> dict[str, tuple[QWidget, Qt.DockWidgetArea]]:
        cost = PanelCost()
        self.performances = PerformancesPanel(self.model, titles)
        self.latency = LatencyPanel(self.model, self.review, cost, memory)
        self.utilisation = UtilisationPanel(self.model, open_sampler(), os.cpu_count() or 1, cost, memory)
        return {
            **self.desk.panels(),
            "Path": (PathBadge(self.model), LEFT),
            "Switches": (SwitchesPanel(self.model), LEFT),
            "Latency": (self.latency, RIGHT),
            "Utilisation": (self.utilisation, RIGHT),
            "Performance": (self.performances, BOTTOM),
            "Recording": (RecordingPanel(self.model, self.filming.choice), BOTTOM),
            "Frame": (FramePanel(self.review, cost), BOTTOM),
        }

    def _connect(self) -> None:
        self.model.request_changed.connect(self.engine_thread.request)
        self.engine_thread.frame_ready.connect(self.viewport.show_frame)
        self.engine_thread.opened.connect(self._on_opened)
        self.engine_thread.failed.connect(self._on_failed)
        self.engine_thread.trouble.connect(self._on_trouble)
        self.engine_thread.paused.connect(self._on_trouble)
        self.engine_thread.path_changed.connect(self._on_path)
        self.engine_thread.late_stages.connect(self.model.note_late_stages)
        self.comparing.compared.connect(self._on_compared)
        self.comparing.switched.connect(self.desk.compare.note_before)
        self.model.frame_shown.connect(self._on_first_picture)
        self.review.changed.connect(self._on_review)
        self.desk.takes.opened.connect(self.sessions.note)
        self.opening.asked.connect(self._ask_about)
        self.desk.takes.opened.connect(self.performances.add)
        self.playback.ticked.connect(self.filming.note_played)
        self.filming.sound_now = lambda: self.desk.sounding.spoken
        self.desk.speech.spoken.connect(self.performances.add)
        self.desk.takes.face_found.connect(self.open_face)
        self.desk.takes.session_found.connect(self.open_session)
        self.opening.generator_opened.connect(self._on_generator)

    def open(self, performance: str | None = None) -> None:
        """Show the window, start the engine, ask for the first picture; play `performance` if there is one."""
        self.window.show()
        self.engine_thread.start()
        self.engine_thread.request(self.model.request)
        self.desk.open()
        if self._remembers:
            self.filming.recover_lost()
        name = performance or next(iter(BUILTIN))
        if name not in BUILTIN:
            self.model.post(f"There is no performance {name}; there are {', '.join(BUILTIN)}", "warning")
            return
        self.model.set_playback(replace(self.model.playback, name=name, playing=performance is not None))

    def try_generator(self, path: Path) -> None:
        """Open this generator as soon as the engine is there, unless it runs already."""
        self._wanted = path

    def time_first_picture(self, started_ns: int) -> None:
        """Count the first picture's time from here."""
        self._started_ns = started_ns

    # -- what the window can command ---------------------------------------------------------------------------------
    def open_face(self, path: Path) -> None:
        """Show another face; the old one stays if that fails."""
        self.opening.open_face(path)

    def open_session(self, folder: Path) -> None:
        """Play what a session recorded, exactly."""
        self.desk.takes.open_session(folder)

    def open_take(self, path: Path) -> None:
        """Open a take, a timeline, or a face in a file that might have been one."""
        self.desk.takes.open(path)

    def check_session(self, folder: Path) -> None:
        """Say in a line whether a session is whole."""
        self.sessions.check(folder)

    def show_timings(self) -> None:
        """Show the open session's timings beside those of now."""
        show_timings(self.sessions, self.model, self.window)

    @property
    def sessions_folder(self) -> Path:
        """Where recordings go."""
        return self.filming.choice.settings.folder

    def open_generator(self, path: Path) -> None:
        """Use another generator; the old one stays if that fails."""
        self.opening.open_generator(path)

    def set_precision(self, precision: str) -> None:
        """Run the generator in another precision, and say how much that changes the picture."""
        self.configure({"precision": precision})

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change the engine's settings while it runs, and say how much that changes the picture."""
        if self.engine_thread.isFinished():
            self.model.post("The engine has stopped: start Mien again", "error")
            return
        self.model.post(f"Changing to {change_text(changes)} …")
        self.comparing.switch(changes)

    def toggle_classic(self) -> None:
        """Throw all switches at once, and back to how they were."""
        engine = self.model.engine
        if engine is None:
            return
        if engine.settings.path == "classic":
            self.configure(fast_way(self._before_classic, EngineSettings()))
            return
        self._before_classic = engine.settings
        self.configure(CLASSIC_WAY)

    def cancel_building(self) -> None:
        """Give up the plan that is being built; whatever shows the face meanwhile goes on."""
        self.model.post("Giving up the plan …")
        self.engine_thread.run_job(lambda engine: engine.cancel_building())

    def show_difference(self) -> None:
        """Show where the picture differs from how it was before the last change of precision, or of a switch."""
        self.desk.compare.show_before()

    def toggle_recording(self) -> None:
        """Start or end a recording of what is shown."""
        self.filming.toggle()

    def record_performance(self) -> None:
        """Record the chosen performance frame by frame, none dropped."""
        name = self.model.playback.name
        if not self.model.recording.running and name in self.playable:
            self.model.set_playback(replace(self.model.playback, playing=False))
            self.filming.film_performance(self.playable[name])

    def toggle_trace(self) -> None:
        """Begin a trace of every frame's stages, or end it."""
        self.tracing.toggle()

    def pause_figures(self) -> None:
        """Freeze what the panels show, not the face; or go on."""
        self.review.toggle()

    def step_frame(self, count: int) -> None:
        """Look at a frame so many after the picked one."""
        self.review.step(count)

    @property
    def deadline_fps(self) -> float:
        """The rate that frames are late for; 0: none."""
        return self.review.target_fps

    def set_deadline(self, fps: float) -> None:
        """Choose it."""
        self.review.set_target(fps)

    def copy_figures(self) -> None:
        """Put the figures on the clipboard as Markdown."""
        self.latency.copy_figures()

    def resume(self) -> None:
        """Let the engine try again after a pause."""
        self.engine_thread.resume()

    def close(self) -> None:
        """Stop everything that draws, first the engine, then the viewport. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self.model.set_playback(replace(self.model.playback, playing=False))
        close_all(
            self.desk.close, self.filming.close, self.opening.close, self.sessions.close, self.engine_thread.stop,
            self.filming.wait, self.tracing.stop, self.viewport.release, self.playable.close,
            self.utilisation.close_sampler,
        )  # fmt: skip

    # -- what the engine thread says ---------------------------------------------------------------------------------
    def _on_opened(self, engine: EngineInfo) -> None:
        if self.viewport.frame is None:  # else the face stays until the next picture replaces it
            self.model.set_status("Drawing the first picture …")
        engine = self.opening.with_face(engine)
        if self.model.engine is not None:
            shown = " · ".join(filter(None, map(engine.description.get, ("generator", "engine"))))
            self.model.post(f"{engine.face} · {shown}")
        self.model.set_engine(engine)
        self.opening.find_choices(engine)
        wanted, self._wanted = self._wanted, None
        if wanted is not None and (engine.generator is None or engine.generator.path != wanted):
            self.open_generator(wanted)

    def _on_path(self, state: PathState) -> None:
        if self.model.engine is None:
            return
        text, level = path_text.change(self.model.engine.state, state)
        self.model.set_path(state)
        if text:
            self.model.post(text, level)

    def _on_compared(self, difference: PictureDifference) -> None:
        before, after = difference.titles
        what = f"{after} instead of {before}"
        where = "; Ctrl+D shows where" if difference.largest else ""
        self.model.post(f"{what}: {difference.sentence}{where}")  # what comes last is cut off first in a narrow window

    def _on_review(self) -> None:
        """The picked frame has a dock of its own, as long as one is picked."""
        self.window.show_frame_dock(wanted=self.review.picked is not None)

    def _on_failed(self, text: str) -> None:
        self.viewport.forget()
        self.model.set_status(f"The engine has stopped: {text}")
        self.model.post(text, "error")

    def _on_trouble(self, text: str) -> None:
        self.model.post(text, "error")

    def _ask_about(self, facts: NetworkFacts, guess: Signature) -> None:
        dialog = GeneratorDialog(facts, guess, self.window)
        dialog.answered.connect(partial(self._on_answer, facts.path))
        dialog.open()

    def _on_answer(self, path: Path, signature: Signature, remember: bool) -> None:
        self.opening.open_generator(path, signature, remember=remember)

    def _on_generator(self, path: Path) -> None:
        if not path.is_relative_to(resources_root()):
            self.recent.add(path)
            self.menus.show_recent()

    def _on_first_picture(self, shown: Shown) -> None:
        self.model.frame_shown.disconnect(self._on_first_picture)
        seconds = (shown.shown_ns - self._started_ns) / 1e9
        self.window.notes.append(f"first picture after {seconds:.1f} s")
        log.info("first picture after %.2f s", seconds)
