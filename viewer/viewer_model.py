"""ViewerModel: the only mutable state of the window. Signals, no widgets, no engine.

    slider, performance, file ---> edit(expression) ---> expression_changed ---> panels
                                                    \\--> request_changed ----> engine thread
    engine thread ---> show -> viewport ---> note_shown(frame) ---> frame_shown ---> panels, status bar

Everything that changes the face goes through `edit`, so that whatever has to see every change has one place to stand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gpu_core.expression import NEUTRAL, Expression
from gpu_core.frame_record import record_of
from gpu_core.settings import Frame, FrameRequest, StageTime, View
from gpu_core.timing import StageHistory
from viewer.engine_info import Choices, EngineInfo
from viewer.request_maker import RequestMaker
from viewer.sessions.recording import Recording
from viewer.view_values import Canvas, FaceEdit, KeyMaker, Message, Playback, Shown, ViewMode

if TYPE_CHECKING:
    from gpu_core.look import Look
    from gpu_core.path_state import PathState

ZOOM_LIMITS = (0.1, 16.0)
# Every repaint of a panel composes the whole window anew, so they all follow at once, with a frame, so often at most;
BEAT_S = 0.1
# and a last time when no frame has come for so long.
REST_MS = 300
FREE_VIEWS = {View.TEXTURE, View.RENDER}  # a look acts on them, never on what the generator makes
ONLY_ON_CPU = ("bf16", "int8")
# What becomes of an edit by hand, and which shapes it moves: (the face wanted, those touched) -> the same.
HandRule = Callable[[Expression, frozenset[str]], tuple[Expression, frozenset[str]]]


class ViewerModel(QObject):
    """The window's state. Lives on the GUI thread."""

    expression_changed = Signal(object, object)  # Expression, frozenset of ARKit names the user touched
    face_edited = Signal(object)  # FaceEdit, for every change by hand that can be taken back
    gesture_ended = Signal()  # the hand has let go
    request_changed = Signal(object)  # FrameRequest
    mode_changed = Signal(object)  # ViewMode
    canvas_changed = Signal(object)  # Canvas
    playback_changed = Signal(object)  # Playback
    recording_changed = Signal(object)  # Recording
    trace_changed = Signal(str)  # the file that a trace is being written to; "" when it is complete
    engine_changed = Signal(object)  # EngineInfo
    path_changed = Signal(object)  # PathState: which way the pixels take now, and how far a plan is
    choices_changed = Signal(object)  # Choices
    frame_shown = Signal(object)  # Shown, for every frame
    stages_told = Signal(int, object)  # Frame.index, its stages: what a GPU has told late
    work_told = Signal(object)  # [(Frame.index, StageTime)]: what was done beside frames, for a recording say
    utilisation_sampled = Signal(object)  # UtilisationSample, while somebody looks at it
    refreshed = Signal()  # time for panels to show what has changed; none comes while nothing changes
    message_posted = Signal(object)  # Message
    status_changed = Signal(str)  # what the viewport says while there is no picture

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.expression: Expression = NEUTRAL
        self._gesture = 0
        self.key_maker: KeyMaker | None = None
        self._hand_rule: HandRule | None = None
        self._life: Callable[[Expression], Expression] | None = None
        self.mode = ViewMode.GENERATED
        self._views: frozenset[View] | None = None  # asked for instead of the mode's
        self.canvas = Canvas()
        self.look: Look | None = None  # of the texture and render image; None: as the generator knows them
        self.playback = Playback()
        self.recording = Recording()
        self.trace = ""
        self.engine: EngineInfo | None = None
        self._knows_gpu = False  # it has served in this session, or a plan for it was being built
        self.choices = Choices()
        self.history = StageHistory()
        self.shown: Shown | None = None
        self.message = Message("")
        self.status = "Opening the engine …"
        self._request = FrameRequest()
        self._worked_on = 0  # stamp of the newest request that more than idle life has asked for
        self.requests = RequestMaker(self.mode.views)
        self._lost = (0, 0)  # requests dropped and pictures never shown, up to the frame on the screen
        self._beat_s = 0.0
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.refreshed)

    # -- the face ----------------------------------------------------------------------------------------------------
    def edit(
        self, expression: Expression, *, touched: frozenset[str] = frozenset(), by_hand: bool = True,
        undoable: bool = True, text: str = "", is_whole: bool = False, asked: FrameRequest | None = None,
    ) -> None:  # fmt: skip
        """Change the face: the one way in. Values beyond the limits are brought back.

        A hand stops the performance, unless it is being recorded into it.

        Args:
            undoable: whether the history hears of it and the hand's rule holds, if a hand did it. The history says no.
            text: what the history calls it; "": what changed says it.
            is_whole: a face of its own, such as a preset: nothing moves along with what it moves, locks hold.
            asked: the request of this face that the engine has already.
        """
        expression, _ = expression.clamped()
        if by_hand and self.playback.playing and not (self.key_maker is not None and self.key_maker.is_live):
            self.set_playback(replace(self.playback, playing=False))
        if by_hand and undoable and self._hand_rule is not None:
            expression, moved = self._hand_rule(expression, frozenset() if is_whole else touched)
            touched = touched if is_whole else moved
        if asked is not None:
            self._request, self._worked_on = asked, asked.stamp
        if expression == self.expression:
            return
        before, self.expression = self.expression, expression
        self.expression_changed.emit(expression, touched)
        self._rest.start()
        if asked is None:
            self._ask(by_hand=by_hand)
        if by_hand and undoable:
            edit = FaceEdit(before, expression, self._gesture, text)
            if self.key_maker is None or not self.key_maker.take(edit):
                self.face_edited.emit(edit)

    @property
    def gesture(self) -> int:
        """The number of the hand's movement."""
        return self._gesture

    def end_gesture(self) -> None:
        """The hand has let go: what it does next is another step of the history."""
        self._gesture += 1
        self.gesture_ended.emit()

    def set_hand_rule(self, rule: HandRule) -> None:
        """Let every edit by hand pass through a rule, whoever makes it: locks, links and the live mirror."""
        self._hand_rule = rule

    def show_only(self, names: frozenset[str]) -> None:
        """Let all other shapes rest in the picture; face and head stay as they are. No names: show them all."""
        if names != self.requests.shows_only:
            self.requests.shows_only = names
            self._ask(by_hand=True)

    def set_life(self, life: Callable[[Expression], Expression] | None) -> None:
        """Let something live in the picture that is not in the face: what sliders and history know stays as it is."""
        self._life = life

    def show_life(self) -> None:
        """Ask for a picture of the face as it lives now."""
        self._ask(by_hand=False, is_work=False)

    def edit_weights(self, changes: Mapping[str, float]) -> None:
        """Set some weights by ARKit name, by hand."""
        self.edit(self.expression.with_weights(changes), touched=frozenset(changes))

    def edit_head(self, *, yaw: float | None = None, pitch: float | None = None, roll: float | None = None) -> None:
        """Turn the head by hand, in degrees."""
        self.edit(self.expression.with_head(yaw=yaw, pitch=pitch, roll=roll))

    def edit_gaze(self, yaw: float, pitch: float) -> None:
        """Turn both eyes by hand, in degrees."""
        self.edit(self.expression.with_gaze(yaw, pitch))

    def reset(self) -> None:
        """Back to the neutral face."""
        self.end_gesture()
        self.edit(NEUTRAL, text="Neutral face")
        self.end_gesture()

    # -- what is shown -----------------------------------------------------------------------------------------------
    @property
    def request(self) -> FrameRequest:
        """The newest request: what should be on the screen."""
        return self._request

    @property
    def outstanding(self) -> int:
        """Requests made since the one that is on the screen, those that were dropped included."""
        return self._request.stamp - (self.shown.request.stamp if self.shown is not None else 0)

    @property
    def is_idle(self) -> bool:
        """Whether the screen shows what was asked for and nothing is moving."""
        return self.shown is not None and self.shown.request == self._request and not self.playback.playing

    @property
    def rests(self) -> bool:
        """Whether nobody and nothing works on the face; it may live in the picture, which then is soon another."""
        return self.shown is not None and self.shown.request.stamp >= self._worked_on and not self.playback.playing

    def set_mode(self, mode: ViewMode) -> None:
        """Show other pictures of the same face."""
        if mode is not self.mode:
            self.mode = mode
            self.mode_changed.emit(mode)
            self._ask(by_hand=True)

    def set_views(self, views: frozenset[View] | None) -> None:
        """Ask for these pictures instead of the mode's, for somebody who shows them in another way; None: no longer."""
        if views != self._views:
            self._views = views
            self._ask(by_hand=True)

    @property
    def _wanted_views(self) -> frozenset[View]:
        return frozenset(self.mode.views) if self._views is None else self._views

    def set_look(self, look: Look | None) -> None:
        """Another camera or other lights for the texture and render image; None for the generator's."""
        if look != self.look:
            self.look = look
            if FREE_VIEWS & self._wanted_views:
                self._ask(by_hand=True)

    def set_canvas(self, canvas: Canvas) -> None:
        """Zoom and pan."""
        low, high = ZOOM_LIMITS
        canvas = replace(canvas, zoom=min(max(canvas.zoom, low), high))
        if canvas != self.canvas:
            self.canvas = canvas
            self.canvas_changed.emit(canvas)

    def note_arrived(self) -> None:
        """A frame is about to be painted: the panels may use the occasion."""
        now_s = time.monotonic()
        self._rest.start()
        if now_s - self._beat_s >= BEAT_S:
            self._beat_s = now_s
            self.refreshed.emit()

    def note_shown(self, frame: Frame, *, painted_ns: int, shown_ns: int, dropped: int, unshown: int = 0) -> None:
        """A frame has reached the screen for the first time.

        Args:
            dropped: requests that newer ones have replaced, ever.
            unshown: finished frames that newer ones have replaced before they were painted, ever.
        """
        show = StageTime("show", painted_ns, (shown_ns - painted_ns) / 1e6)
        lost, never_shown = dropped - self._lost[0], unshown - self._lost[1]
        record = record_of(frame, stages=(show,), shown_ns=shown_ns, dropped=max(lost, 0), unshown=max(never_shown, 0))
        self._lost = (dropped, unshown)
        self.history.add(record)
        self.shown = Shown(
            frame.request, shown_ns, record.latency_ms, dropped, record.stages, frame.traffic, frame.index
        )
        self.frame_shown.emit(self.shown)

    def note_late_stages(self, told: Iterable[tuple[int, tuple[StageTime, ...]]]) -> None:
        """What a GPU says of frames that may be on the screen already: (`Frame.index`, stages)."""
        for index, stages in told:
            self.history.amend(index, stages)
            self.stages_told.emit(index, stages)

    def note_work_beside(self, told: Iterable[tuple[int, StageTime]]) -> None:
        """What was done with frames while nothing waited for it: (`Frame.index`, stage)."""
        told = tuple(told)
        for index, stage in told:
            self.history.amend(index, (stage,))
        self.work_told.emit(told)

    # -- everything else ---------------------------------------------------------------------------------------------
    def set_playback(self, playback: Playback) -> None:
        """Choose, start, stop or move a performance."""
        if playback != self.playback:
            if self.playback.playing and not playback.playing:
                self._rest.start()  # who shows a rate must hear of the end, also if nothing moved
            self.playback = playback
            self.playback_changed.emit(playback)

    def set_recording(self, recording: Recording) -> None:
        """Say what the recorder is doing."""
        if recording != self.recording:
            self.recording = recording
            self.recording_changed.emit(recording)

    def set_trace(self, path: str) -> None:
        """Say to which file a trace is being written, "" if to none."""
        if path != self.trace:
            self.trace = path
            self.trace_changed.emit(path)

    def set_engine(self, engine: EngineInfo) -> None:
        """Another engine, face or generator: the statistics start afresh."""
        self.engine = engine
        self.history.clear()
        self._knows_gpu |= _is_of_gpu(engine.state)
        self.engine_changed.emit(engine)
        self.path_changed.emit(engine.state)
        for warning in engine.warnings:
            self.post(warning, "warning")

    def set_path(self, state: PathState) -> None:
        """The path has changed by itself, or the plan it builds has come further."""
        if self.engine is None or state == self.engine.state:
            return
        if replace(state, building=None) != replace(self.engine.state, building=None):
            self.history.clear()
        description = {**self.engine.description, "engine": state.engine}
        self.engine = replace(self.engine, state=state, description=description)
        self._knows_gpu |= _is_of_gpu(state)
        self.path_changed.emit(state)

    @property
    def has_fallen(self) -> bool:
        """Whether the processor stands in for a GPU that was there in this session."""
        if self.engine is None or self.engine.path != "host" or not self._knows_gpu:
            return False
        settings = self.engine.settings
        return settings.path != "host" and settings.precision not in ONLY_ON_CPU and not self.engine.state.building

    def set_choices(self, choices: Choices) -> None:
        """What could run instead of what runs."""
        self.choices = choices
        self.choices_changed.emit(choices)

    def set_status(self, text: str) -> None:
        """What the viewport says while there is no picture."""
        self.status = text
        self.status_changed.emit(text)

    def post(self, text: str, level: str = "info") -> None:
        """Tell the user something, in one sentence."""
        self.message = Message(text, level)
        self.message_posted.emit(self.message)

    def _ask(self, *, by_hand: bool, is_work: bool = True) -> None:
        views = self._wanted_views
        self.requests.views, self.requests.look = views, self.look if FREE_VIEWS & views else None
        by_hand = by_hand and not self.playback.playing
        face = self._life(self.expression) if self._life is not None else self.expression
        self._request = self.requests.make(face, time.perf_counter_ns(), by_hand=by_hand)
        if is_work:
            self._worked_on = self._request.stamp
        self.request_changed.emit(self._request)


def _is_of_gpu(state: PathState) -> bool:
    return state.name == "cuda" or state.building is not None
