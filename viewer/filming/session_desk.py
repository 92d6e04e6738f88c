"""Sessions in the window: checked, and the timings of the one that was opened last beside those of now.

All files are read beside the window, on a thread of their own. Who opens and plays sessions is
`viewer.takes.take_files`.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gpu_core.errors import MienError
from viewer.engine_thread import EngineThread
from viewer.filming.session_facts import changes, engine_facts
from viewer.filming.stage_comparison import StageShift, compare_stages
from viewer.playable import Playable
from viewer.sessions.session import Session, open_session
from viewer.sessions.session_performance import SessionPerformance
from viewer.sessions.stages import recorded_stages
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine

MOST_FRAMES = 2000  # of the recorded ones: medians need no more, and an hour has a hundred thousand


@dataclass(frozen=True)
class Timings:
    """A session's stages beside those of the frames since it was opened."""

    title: str
    changes: tuple[str, ...]  # what is not as it was recorded
    shifts: tuple[StageShift, ...]
    frames: int  # of now


class SessionDesk(QObject):
    """Lives on the GUI thread."""

    noted = Signal()  # another session is the one to compare with
    compared = Signal(object)  # Timings
    _done = Signal(object)  # a function to call on the GUI thread

    def __init__(self, model: ViewerModel, thread: EngineThread, playable: Playable) -> None:
        super().__init__(model)
        self._model, self._thread, self._playable = model, thread, playable
        self._turn = 0
        self._session: Session | None = None
        self._recorded: tuple[Path, Mapping[str, list[float]]] | None = None  # once they were read
        self._facts: dict[str, Any] | None = None  # of what runs, until that changes
        self._is_comparing = False
        self._opened_after = -1  # `Frame.index` of the last frame that has nothing to do with it
        self._workers: list[threading.Thread] = []
        self._done.connect(self._call)
        model.path_changed.connect(self._forget_facts)  # comes with every change of the engine

    @property
    def session(self) -> Session | None:
        """The one that was opened last."""
        return self._session

    def note(self, key: str, _title: str) -> None:
        """What was opened can be compared with from now on, if it is a session."""
        if isinstance(self._playable.get(key), SessionPerformance):
            self._turn += 1
            self._beside(partial(self._read, self._turn, Path(key)))

    def check(self, folder: Path) -> None:
        """Say in a line whether a session is whole, or what it lacks."""
        self._beside(partial(self._check, folder))

    def compare(self) -> None:
        """Set the timings of the open session beside those of now; `compared` follows. Nothing without one."""
        if self._session is None or self._is_comparing:
            return
        self._is_comparing = True
        if self._facts is None:
            self._thread.run_job(self._ask_facts)
        else:
            self._begin_comparing(self._facts)

    def close(self) -> None:
        """Wait for what is being read; nothing comes of it."""
        self._turn += 1
        for worker in self._workers:
            worker.join()
        self._workers.clear()

    def _beside(self, work: Callable[[], object]) -> None:
        self._workers = [worker for worker in self._workers if worker.is_alive()]
        worker = threading.Thread(target=work, name="session")
        self._workers.append(worker)
        worker.start()

    def _call(self, function: Callable[[], None]) -> None:
        function()

    # -- on a thread of its own --------------------------------------------------------------------------------------
    def _read(self, turn: int, folder: Path) -> None:
        try:
            self._done.emit(partial(self._use, turn, open_session(folder)))
        except MienError as error:
            self._done.emit(partial(self._model.post, str(error), "error"))

    def _check(self, folder: Path) -> None:
        from viewer.sessions.checking import shortcomings

        try:
            found = shortcomings(folder)
        except MienError as error:
            self._done.emit(partial(self._model.post, str(error), "error"))
            return
        more = f" (and {len(found) - 1} more: mien session check {folder})" if len(found) > 1 else ""
        text, level = (f"{folder.name}: {found[0]}{more}", "warning") if found else (f"{folder.name} is whole", "info")
        self._done.emit(partial(self._model.post, text, level))

    def _compare(self, session: Session, facts: dict[str, Any], now: Mapping[str, list[float]], frames: int) -> None:
        try:
            if self._recorded is None or self._recorded[0] != session.folder:
                self._recorded = session.folder, recorded_stages(session, most=MOST_FRAMES)
        except MienError as error:
            self._done.emit(partial(self._end_comparing, None, str(error)))
            return
        shifts = tuple(compare_stages(self._recorded[1], now))
        timings = Timings(session.folder.name, tuple(changes(session, facts)), shifts, frames)
        self._done.emit(partial(self._end_comparing, timings, ""))

    # -- on the engine thread ----------------------------------------------------------------------------------------
    def _ask_facts(self, engine: Engine) -> None:
        self._done.emit(partial(self._begin_comparing, engine_facts(engine)))

    # -- on the GUI thread again -------------------------------------------------------------------------------------
    def _use(self, turn: int, session: Session) -> None:
        if turn == self._turn:
            self._session, self._recorded = session, None
            self._opened_after = self._model.shown.index if self._model.shown is not None else -1
            self.noted.emit()

    def _forget_facts(self) -> None:
        self._facts = None

    def _begin_comparing(self, facts: dict[str, Any]) -> None:
        self._facts = facts
        assert self._session is not None
        records = [one for one in self._model.history.records() if one.steady and one.index > self._opened_after]
        now: dict[str, list[float]] = defaultdict(list)
        for record in records:
            for stage in record.stages:
                now[stage.name].append(stage.duration_ms)
        self._beside(partial(self._compare, self._session, facts, now, len(records)))

    def _end_comparing(self, timings: Timings | None, problem: str) -> None:
        self._is_comparing = False
        if timings is not None:
            self.compared.emit(timings)
        else:
            self._model.post(problem, "error")
