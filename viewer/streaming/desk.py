r"""StreamDesk: the streams as the window has them. State without widgets; it ticks only while there are streams.

    start(wish) -> errand's thread: a supervisor, start()  -> GUI thread: twice a second statuses()
    stop()      -> errand's thread: supervisor.stop()      -> GUI thread: idle again

The supervisor is part of the window: closed, or crashed, the window takes all streams with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.engine_info import EngineInfo
from viewer.streaming.judging import Judgement, judge
from viewer.streaming.status_text import OVER
from viewer.streaming.wish import StreamWish
from viewer.streams.admission import PlanOf
from viewer.streams.overload import Advice
from viewer.streams.values import StreamStatus
from viewer.takes.errands import Errand, Errands
from viewer.viewer_model import ViewerModel

POLL_MS = 500
STOP_S, CLOSE_S = 5.0, 2.0  # for the workers to end by themselves: asked by a person, who may wait, or at the end


class Supervising(Protocol):
    """What watches the streams, as the desk uses it: `viewer.streams.supervisor`."""

    def start(self) -> None:
        """Begin them all."""

    def statuses(self) -> tuple[StreamStatus, ...]:
        """How each one goes; from any thread, at once."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What somebody should know of them."""

    @property
    def advice(self) -> Advice:
        """Whether the machine keeps up with them."""

    def restart(self, number: int) -> None:
        """Begin one of them anew."""

    def stop(self, timeout_s: float = ...) -> None:
        """End them all, and wait."""


OpenSupervisor = Callable[[StreamWish, Judgement], Supervising]


class StreamDesk(QObject):
    """Lives on the GUI thread, which never waits for streams but when the window closes."""

    changed = Signal()  # `phase` or `problem`
    told = Signal()  # `statuses` or `note`

    def __init__(self, model: ViewerModel, open_supervisor: OpenSupervisor, plan_of: PlanOf) -> None:
        super().__init__(model)
        self._model, self._open, self._plan_of = model, open_supervisor, plan_of
        self._errands = Errands(self)
        self._supervisor: Supervising | None = None
        self.phase = "idle"  # idle | starting | running | stopping
        self.wish = StreamWish()  # the last that was started
        self.statuses: tuple[StreamStatus, ...] = ()
        self._refused: tuple[StreamStatus, ...] = ()  # of `wish`, before it started
        self.note = ""  # that the machine does not keep up with them
        self.problem = ""  # why the last start came to nothing
        self._is_closed = False
        model.engine_changed.connect(self._on_engine)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)

    def judge(self, wish: StreamWish) -> Judgement:
        """What would become of these streams."""
        return judge(wish, self._model.engine, self._plan_of)

    # -- what is asked for -------------------------------------------------------------------------------------------
    def start(self, wish: StreamWish) -> None:
        """Begin these streams, unless some are there already; `problem` says what speaks against it."""
        if self.phase != "idle":
            return
        judgement = self.judge(wish)
        self.problem = "" if judgement.forms else judgement.text
        if self.problem:
            self._model.post(self.problem, "error")
            self.changed.emit()
            return
        self.wish, self._refused = wish, judgement.refused
        self.statuses = judgement.refused

        def begin(_errand: Errand) -> None:
            self._supervisor = self._open(wish, judgement)  # the desk's already while it starts: `close` must find it
            self._supervisor.start()

        self._enter("starting")
        self.told.emit()
        self._errands.run(begin, self._on_started, self._on_refused)

    def stop(self) -> None:
        """End them all. Again is fine."""
        if self.phase not in ("starting", "running"):
            return
        was, supervisor = self.phase, self._supervisor
        self._enter("stopping")
        if was == "running" and supervisor is not None:  # else as soon as it has started
            self._end(supervisor)

    def forget_problem(self) -> None:
        """Something else is asked for: why the last start came to nothing is no longer of interest."""
        self.problem = ""

    def restart(self, number: int) -> None:
        """Begin one of them anew."""
        if self.phase == "running" and self._supervisor is not None:
            supervisor = self._supervisor
            self._errands.run(lambda _errand: supervisor.restart(number), lambda _: self.poll(), self._on_trouble)

    def toggle(self, wish: StreamWish) -> None:
        """Start or stop."""
        if self.phase == "idle":
            self.start(wish)
        else:
            self.stop()

    def poll(self) -> None:
        """Ask how the streams go; once all are over, they are cleared away and their last words stay."""
        if self._supervisor is None:
            return
        own = self._supervisor.statuses()
        statuses = (*own, *self._refused)
        note = self._supervisor.advice.note if self.phase == "running" else ""
        if statuses != self.statuses or note != self.note:
            self.statuses, self.note = statuses, note
            self.told.emit()
        if self.phase == "running" and own and all(status.state in OVER for status in own):
            self._model.post("All streams have ended", "warning")
            self.stop()

    def close(self) -> None:
        """End everything, and wait. May be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self._timer.stop()
        self._errands.close()  # waits for a start or a stop
        if self._supervisor is not None:
            self._supervisor.stop(CLOSE_S)

    # -- what came of it ---------------------------------------------------------------------------------------------
    def _end(self, supervisor: Supervising) -> None:
        self._errands.run(lambda _errand: supervisor.stop(STOP_S), self._on_stopped, self._on_stuck)

    def _on_started(self, _nothing: object) -> None:
        if self.phase == "stopping" and self._supervisor is not None:
            self._end(self._supervisor)
            return
        self._enter("running")
        if self._supervisor is not None and self._supervisor.notes:
            self._model.post("; ".join(self._supervisor.notes))
        self.poll()

    def _on_refused(self, text: str) -> None:
        supervisor, self.problem = self._supervisor, text
        self._model.post(text, "error")
        self._enter("stopping")
        if supervisor is None:
            self._enter("idle")
        else:
            self._end(supervisor)

    def _on_stopped(self, _nothing: object) -> None:
        self.poll()
        self._supervisor = None
        self._enter("idle")

    def _on_stuck(self, text: str) -> None:
        self._model.post(text, "error")
        self._on_stopped(None)

    def _on_trouble(self, text: str) -> None:
        self._model.post(text, "error")

    def _on_engine(self, _engine: EngineInfo) -> None:
        self.changed.emit()  # another face or generator: what is asked for is judged anew

    def _enter(self, phase: str) -> None:
        self.phase = phase
        if phase == "idle":
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self.changed.emit()
