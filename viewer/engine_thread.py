"""The engine thread: the only file that knows which GL context belongs to which thread.

The engine lives on its own thread with its own context, so that GUI work never shows up in the latency measured, and
the GUI never waits for a frame. Where the window's OpenGL is software and a GPU is there all the same (Xvfb on a
server), the engine draws in an EGL context of its own on that GPU, which shares nothing with Qt; pictures then cross as
pixels. While somebody compares, rivals run beside the engine: see viewer.rivals.

    GUI thread                         mailbox of one                 engine thread
    request(FrameRequest)  ----------> newest wins ----------------->  submit  -> ... -> collect
    frame_ready (signal)   <------------------------------------------ Frame
    give_back(frame, fence) ---------> wake -------------------------> recycle
    run_job(job)           ----------> wake -------------------------> job(engine)
    others_ready (signal)  <------------------------------------------ what rivals made of a frame that is shown already
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QObject, QThread, Signal

from gpu_core.errors import MienError
from gpu_core.settings import Frame, FrameRequest, Traffic
from gpu_core.timing import StageTimer
from viewer.engine_context import EngineContext
from viewer.engine_info import describe
from viewer.failures import Failures
from viewer.frame_pixels import with_pixels
from viewer.garbage import GuiGarbage
from viewer.mailbox import Mailbox
from viewer.rivals import Rivals

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.path_state import PathState

    Job: TypeAlias = Callable[[Engine], None]
    Tap: TypeAlias = Callable[[Engine, Frame], int]  # returns the bytes it copied from the GPU

log = logging.getLogger(__name__)

LOOK_S = 0.25  # how often to look at what nobody is woken by


class EngineThread(QThread):
    """Runs an engine. Signals are emitted from its thread: connect them to methods of QObjects, never to lambdas."""

    opened = Signal(object)  # EngineInfo; again after every change of face or generator
    failed = Signal(str)  # the engine could not be opened; the thread ends
    frame_ready = Signal(object, int)  # Frame, requests dropped so far
    trouble = Signal(str)  # something went wrong, said once
    all_drawn = Signal()  # the requests of `draw_all` have all been delivered
    paused = Signal(str)  # too many equal failures: nothing is drawn until `resume`
    path_changed = Signal(object)  # PathState: it has changed by itself, or a plan has come further
    others_ready = Signal(object, object)  # FrameRequest, {OtherWay: RivalPicture}: of a frame delivered without them
    rivals_lost = Signal(str)  # one of them failed; none runs any more
    late_stages = Signal(object)  # [(Frame.index, stages)]: what a GPU has told of frames after they were delivered

    def __init__(
        self,
        open_engine: Callable[[], Engine],
        *,
        reads_back: bool = False,
        egl_device: int | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reads_back = reads_back  # frames carry their pictures as pixels: the window draws without OpenGL
        self._context = EngineContext(egl_device)  # with a device it shares nothing: `reads_back` is then a must
        self._open_engine = open_engine
        self._mailbox: Mailbox[FrameRequest] = Mailbox()
        self._jobs: deque[Job] = deque()
        self._returned: deque[tuple[Frame, Any]] = deque()
        self._waiting: tuple[Iterator[FrameRequest], Tap] | None = None  # until what is in flight has landed
        self._every: Iterator[FrameRequest] | None = None
        self._undelivered: list[FrameRequest] = []  # of those: in flight
        self._tap: Tap | None = None
        self._last: FrameRequest | None = None
        self._path: PathState | None = None  # as it was told last
        self._path_told_s = 0.0
        self._is_owed = False  # stages of frames delivered just now may come without anything waking this thread
        self.rivals = Rivals(self._mailbox.wake)  # this thread's own: jobs may use it
        self._failures = Failures(log)
        self._stopping = False
        self._garbage = GuiGarbage(self)

    # -- called from the GUI thread ----------------------------------------------------------------------------------
    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Qt: run; from here to `stop` no object of Qt's is destroyed by the garbage collector on that thread."""
        self._garbage.hold()
        self._context.hand_over(self)
        super().start(priority)

    def request(self, request: FrameRequest) -> None:
        """Ask for a frame; a request still waiting is dropped."""
        self._mailbox.post(request)

    def draw_all(self, requests: Iterator[FrameRequest], tap: Tap) -> None:
        """Draw each of these, none dropped, before anything else, and tap these alone. `all_drawn` follows."""

        def job(_engine: Engine) -> None:
            self._waiting = (requests, tap)
            self._mailbox.wake()

        self.run_job(job)

    def cancel_all(self) -> None:
        """Draw no more of `draw_all`'s requests; `all_drawn` follows when those in flight have landed."""

        def job(_engine: Engine) -> None:
            if self._waiting is not None or self._every is not None:
                self._waiting, self._every = None, iter(())

        self.run_job(job)

    def give_back(self, frame: Frame, fence: Any) -> None:
        """The window is done with a frame once the GPU has passed `fence` (None: it never drew it)."""
        self._returned.append((frame, fence))
        self._mailbox.wake()

    def run_job(self, job: Job) -> None:
        """Run something with the engine on its thread, between two frames. MienErrors become `trouble`."""
        self._jobs.append(job)
        self._mailbox.wake()

    def change(self, job: Job) -> None:
        """Run a job that changes the engine (another face, another generator) and say what it is now.

        If the job fails, the engine keeps what it had.
        """

        def changed(engine: Engine) -> None:
            job(engine)
            self._failures.forget()
            self._introduce(engine)
            self.draw_again()

        self.run_job(changed)

    def set_tap(self, tap: Tap | None) -> None:
        """Call `tap(engine, frame)` on the engine thread for every finished frame. It is dropped if it raises."""
        self._tap = tap

    def resume(self) -> None:
        """Try again after a pause."""

        def job(_engine: Engine) -> None:
            self._failures.forget()
            self.draw_again()

        self.run_job(job)

    def stop(self, timeout_ms: int = 10_000) -> bool:
        """End the loop, close the engine and wait. False if it did not end in time."""
        self._stopping = True
        self._mailbox.wake()
        has_ended = bool(self.wait(timeout_ms))
        if has_ended:
            self._garbage.release()
        else:
            log.error("the engine has not ended within %g s", timeout_ms / 1000)
        return has_ended

    # -- on the engine thread ----------------------------------------------------------------------------------------
    def run(self) -> None:
        """Open the engine, serve requests until `stop`, close it."""
        try:
            with ExitStack() as current:
                self._context.make_current(current)
                engine = current.enter_context(self._open_engine())
                current.callback(self.rivals.close, engine)
                engine.on_ready(self._mailbox.wake)
                self._introduce(engine)
                self._serve(engine)
        except MienError as error:
            log.error("%s", error)
            self.failed.emit(str(error))
        except Exception as error:
            log.exception("the engine stopped")
            self.failed.emit(f"{type(error).__name__}: {error}")

    def _serve(self, engine: Engine) -> None:
        while not self._stopping:
            # A GPU that is lost calls nobody back: what is in flight has to be looked at, or it would never be missed.
            self._mailbox.wait(LOOK_S if engine.in_flight else self._patience_s())
            self._guard(self._recycle, engine)
            self._work(engine)
            self._guard(self._deliver, engine)
            self._guard(self._submit, engine)
            self._compare(engine)
            self._guard(self._look_at_path, engine)
        self._work(engine)  # the last of them complete a recording

    def _patience_s(self) -> float | None:
        """How long to sleep if nothing happens: for ever, unless something comes along that wakes nobody."""
        if self._path is not None and self._path.building is not None:
            return LOOK_S
        return LOOK_S if self._is_owed or self.rivals.are_waiting else None

    def _introduce(self, engine: Engine) -> None:
        info = describe(engine)
        self._path = info.state
        self.opened.emit(info)

    def _look_at_path(self, engine: Engine) -> None:
        """Say what has changed by itself: the path, a plan that is being built, times that a GPU tells late."""
        state, now_s = engine.path_state, time.monotonic()
        comes_along = self._path is not None and self._path.building is not None and state.building is not None
        if state != self._path and (not comes_along or now_s - self._path_told_s >= LOOK_S):
            if self._path is not None and state.engine != self._path.engine:
                self.draw_again()  # what is on the screen comes from the one before
            self._path, self._path_told_s = state, now_s
            self.path_changed.emit(state)
        told = engine.late_stages()
        if told:
            self.late_stages.emit(told)

    def _recycle(self, engine: Engine) -> None:
        while self._returned:
            frame, fence = self._returned.popleft()
            engine.recycle(frame, fence)

    def _work(self, engine: Engine) -> None:
        while self._jobs:
            flying = engine.in_flight
            try:
                self._jobs.popleft()(engine)
            except MienError as error:
                self.trouble.emit(str(error))
            except Exception as error:
                log.exception("a job failed")  # a bad job must not end the thread
                self.trouble.emit(f"{type(error).__name__}: {error}")
            if flying and not engine.in_flight:  # a still of its own, or a change, even one that was refused
                self._ask_again()

    def _deliver(self, engine: Engine) -> None:
        if self.rivals.are_awaited:
            return
        frames = deque(engine.collect(wait=False))
        self._is_owed = bool(frames)
        try:
            while frames:
                self._failures.forget()
                wants_pixels = self._reads_back or self.rivals.watched
                frame = self._tap_frame(engine, with_pixels(engine, frames[0]) if wants_pixels else frames[0])
                frames.popleft()  # the window's from here on, or the rivals'
                self._undelivered = [request for request in self._undelivered if request is not frame.request]
                if not self.rivals.take(frame, may_hold=self._every is None and not frame.request.by_hand):
                    self.frame_ready.emit(frame, self._mailbox.dropped)
        finally:
            for frame in frames:  # one could not be read: nobody would give them back
                engine.recycle(frame)

    def _compare(self, engine: Engine) -> None:
        """Let the rivals go on, and deliver what they have made."""
        try:
            frames, late = self.rivals.advance(engine, is_idle=not engine.in_flight)
        except Exception as error:  # noqa: BLE001 - the face goes on without it
            log.warning("what was compared with has failed: %s", error)
            self._mailbox.wake()  # for the frames they held
            self.rivals_lost.emit(str(error))
            return
        for frame in frames:
            self.frame_ready.emit(frame, self._mailbox.dropped)
        for request, others in late:
            self.others_ready.emit(request, others)
        if frames:
            self._mailbox.wake()  # the next may be finished already

    def _tap_frame(self, engine: Engine, frame: Frame) -> Frame:
        """Let the tap see a frame; returns it with the bytes and the time that took."""
        if self._tap is None:
            return frame
        try:
            with (timer := StageTimer()).stage("record"):
                recorded = Traffic(recorded_bytes=self._tap(engine, frame))
            return replace(frame, stages=(*frame.stages, *timer.take()), traffic=frame.traffic + recorded)
        except MienError as error:
            self._tap = None
            self.trouble.emit(str(error))
            return frame

    def _submit(self, engine: Engine) -> None:
        """Hand the next request over, if there is room for another batch; else it stays where it is.

        There is none while the generator is behind, nor while the window has not given its frames back.
        """
        if self._failures.pausing or self.rivals.are_awaited or not engine.can_submit:
            return
        request = self._next_request(engine)
        if request is not None:
            self._last = request
            engine.submit(request)
            self._mailbox.wake()  # there may be room for one more

    def _next_request(self, engine: Engine) -> FrameRequest | None:
        """One of `draw_all`'s if there are any, else the newest from the mailbox unless it is what was drawn last."""
        if self._waiting is not None:
            if engine.in_flight:
                return None
            (self._every, self._tap), self._waiting = self._waiting, None
        if self._every is not None:
            return self._next_of_all(engine, self._every)
        # Latency first: what a hand asks for gets the engine to itself, the newest of it. A performance fills the
        # pipeline.
        request = self._mailbox.take(lambda waiting: not (waiting.by_hand and engine.in_flight))
        return None if request == self._last else request

    def _next_of_all(self, engine: Engine, requests: Iterator[FrameRequest]) -> FrameRequest | None:
        request = next(requests, None)
        if request is not None:
            self._undelivered.append(request)
        elif not engine.in_flight:
            self._every, self._tap, self._undelivered = None, None, []
            self._mailbox.wake()  # for a request that came meanwhile
            self.all_drawn.emit()
        return request

    def draw_again(self) -> None:
        """For jobs: the last picture is out of date. Ask for it once more, unless a newer request waits anyway."""
        request = self._mailbox.take() or self._last
        self._last = None
        if request is not None:
            self._mailbox.post(request)

    def _ask_again(self) -> None:
        """What was in flight has been given up without being delivered."""
        if self._every is None:
            self.draw_again()
        else:
            self._every, self._undelivered = chain(self._undelivered, self._every), []

    def _guard(self, step: Job, engine: Engine) -> None:
        try:
            step(engine)
        except Exception as error:  # noqa: BLE001 - one bad frame must not end the thread
            self._last = None
            if self._failures.note(error):
                self.trouble.emit(str(error))
            if self._failures.pausing:
                self.paused.emit(f"Paused after {self._failures.count} equal failures: {error}")
