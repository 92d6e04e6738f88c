r"""CaptureModel: live capture as the window has it. State without widgets; it ticks only while somebody is heard.

    receiver's thread -> inbox -> lane -> engine thread
                           \--> window: model.edit(by_hand=False, asked=...)

While a live face moves the face, no performance does: capture wins. What a hand moves meanwhile is held on top of it,
shape by shape, until it is let go; a neutral face lets go too.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gpu_core.expression import NEUTRAL, Expression
from gpu_core.settings import FrameRequest
from viewer.capture.addresses import Address, CaptureError, phone_address
from viewer.capture.captured import Captured
from viewer.capture.live_face import LiveSettings
from viewer.capture.own_address import own_address
from viewer.capture.protocols import PROTOCOLS
from viewer.capture.receiver import Receiver
from viewer.capture.senders import SourceFigures, SourceKey
from viewer.edit_history import what_moved
from viewer.garbage import GuiGarbage
from viewer.live.capture_inbox import CaptureInbox
from viewer.live.live_lane import LiveLane
from viewer.view_values import FaceEdit, Playback
from viewer.viewer_model import ViewerModel

TICK_MS = 33  # easing out and in, while no face comes
FIGURES_MS = 500
MOST_DELAYS = 300


class CaptureModel(QObject):
    """Lives on the GUI thread. `ports` are used instead of the protocols' own.

    `ask` gives a request to the engine thread, from any thread; without it faces wait for the window.
    """

    changed = Signal()  # what is listened to, or how it is shown
    recorded = Signal(object)  # Captured: what a recording has gathered
    figures_changed = Signal()  # what is heard; twice a second while anything is listened to

    def __init__(
        self,
        model: ViewerModel,
        ports: Mapping[str, int] | None = None,
        *,
        ask: Callable[[FrameRequest], None] | None = None,
    ) -> None:
        super().__init__(model)
        self._model, self._ports = model, ports or {}
        self._receivers: dict[str, Receiver] = {}
        self._lane = LiveLane(model.requests, ask)
        self._inbox = CaptureInbox(self._lane, self)
        self._chosen: SourceKey | None = None
        self._delays_ms: deque[float] = deque(maxlen=MOST_DELAYS)
        self._is_posing = False
        self.is_open = False
        self.drives = True
        self.is_live = False  # a live face moves the face
        self._tick = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._on_tick)
        self._garbage = GuiGarbage(self)  # the threads that listen may run the collector, too
        self._figures = QTimer(self, interval=FIGURES_MS)
        self._figures.timeout.connect(self.figures_changed)
        self._inbox.filled.connect(self._on_filled, Qt.ConnectionType.QueuedConnection)
        model.expression_changed.connect(self._on_expression)
        model.face_edited.connect(self._on_hand)
        model.playback_changed.connect(self._on_playback)

    # -- listening ---------------------------------------------------------------------------------------------------
    def listens_to(self, key: str) -> bool:
        """Whether a protocol is listened to."""
        return key in self._receivers

    def port(self, key: str) -> int:
        """Where a protocol is listened to, or would be."""
        receiver = self._receivers.get(key)
        return receiver.address[1] if receiver else self._ports.get(key, PROTOCOLS[key].port)

    def hears(self, address: Address) -> bool:
        """Whether what is sent to an address as VMC would be heard here."""
        if not self.listens_to("vmc") or address[1] != self.port("vmc"):
            return False
        return address[0].startswith("127.") or address[0] in ("0.0.0.0", own_address())

    def listen(self, key: str, *, phone: str = "") -> bool:
        """Begin to listen; False: it cannot, and the message says why.

        Args:
            phone: address of the phone that wants to be greeted; "": none does.
        """
        protocol = PROTOCOLS[key]
        self.stop(key)
        self._garbage.hold()
        try:
            greeted = phone_address(phone, protocol, is_open=self.is_open) if phone else None
            receiver = Receiver(protocol, self._inbox.put, port=self.port(key), is_open=self.is_open, phone=greeted)
            receiver.start()
        except CaptureError as error:
            self._model.post(str(error), "error")
            self._rest()
            self.changed.emit()
            return False
        self._receivers[key] = receiver
        self._figures.start()
        self._model.post(f"Listening for {protocol.title} on port {self.port(key)}")
        self.changed.emit()
        return True

    def stop(self, key: str) -> None:
        """Listen to a protocol no longer."""
        receiver = self._receivers.pop(key, None)
        if receiver is None:
            return
        receiver.stop()
        self._rest()
        self.changed.emit()

    def _rest(self) -> None:
        """With nothing to listen to, nothing runs."""
        if not self._receivers:
            self._figures.stop()
            self._inbox.follow(self._chosen)
            self._garbage.release()

    def set_open(self, *, is_open: bool) -> None:
        """Listen to the network, or to this machine only. What is listened to begins anew."""
        if is_open == self.is_open:
            return
        self.is_open = is_open
        for key in tuple(self._receivers):
            self.listen(key)
        self.changed.emit()

    def close(self) -> None:
        """End every thread, close every port. Again is fine."""
        self._tick.stop()
        for key in tuple(self._receivers):
            self.stop(key)
        self._inbox.captured = None
        self._lane.close()

    # -- what is heard -----------------------------------------------------------------------------------------------
    def sources(self) -> tuple[SourceFigures, ...]:
        """What is known of everybody who sends."""
        return tuple(told for receiver in self._receivers.values() for told in receiver.sources())

    @property
    def source(self) -> SourceKey | None:
        """Who drives the face."""
        return self._inbox.source

    @property
    def is_chosen(self) -> bool:
        """Whether the user has chosen it, rather than who was heard first."""
        return self._chosen is not None

    def choose(self, source: SourceKey | None) -> None:
        """Let a source drive the face; None: whoever is heard first."""
        self._chosen = source
        if source != self._inbox.source:
            self._inbox.follow(source)
            self._lane.forget()
        self.changed.emit()

    @property
    def delay_ms(self) -> float:
        """From a packet's arrival until the engine thread has its request: 95 % are quicker. NaN: none came yet."""
        delays = sorted(self._delays_ms)
        return delays[int(0.95 * (len(delays) - 1))] if delays else math.nan

    @property
    def is_recording(self) -> bool:
        """Whether what is heard is gathered for a take."""
        return self._inbox.captured is not None

    def set_recording(self, *, on: bool) -> None:
        """Gather every face of one source, as it was sent; or end that: `recorded` follows if there was one."""
        captured, self._inbox.captured = self._inbox.captured, Captured(self._chosen) if on else None
        if captured is not None and not on:
            if captured.faces:
                self.recorded.emit(captured)
            else:
                self._model.post("Nothing was heard: no take was kept", "warning")
        self.changed.emit()

    # -- how it is shown ---------------------------------------------------------------------------------------------
    @property
    def settings(self) -> LiveSettings:
        """As they are."""
        return self._lane.settings

    def configure(self, settings: LiveSettings) -> None:
        """Show it in another way from the next face on."""
        self._lane.configure(settings)
        self.changed.emit()

    def calibrate(self) -> None:
        """Take the performer's face of now as neutral."""
        settings = self._lane.calibrated()
        if settings is None:
            self._model.post("No live face to take as neutral: nothing is heard", "warning")
            return
        self.configure(settings)
        self._model.post("The performer's face of now is neutral")

    def forget_neutral(self) -> None:
        """Take what is sent as it is."""
        self.configure(replace(self.settings, neutral=NEUTRAL))

    def set_driving(self, *, drives: bool) -> None:
        """Let what is heard move the face, or only listen."""
        self.drives = drives
        if not drives:
            self._end()
        self.changed.emit()

    # -- the face ----------------------------------------------------------------------------------------------------
    def _on_filled(self) -> None:
        taken = self._inbox.take()
        if taken is None or not self._receivers or not self.drives:
            return
        arrival, asked = taken
        if asked is None:  # the first of them: from now on they need not wait for us
            self._begin()
            self._show(self._lane.face(time.perf_counter()))
            self._delays_ms.append((time.perf_counter() - arrival.arrived_s) * 1000)
        elif self.is_live:
            self._show(asked.face, asked.request)
            self._delays_ms.append(asked.delay_ms)

    def _begin(self) -> None:
        if not self.is_live:
            self.is_live = True
            self._tick.start()
            self._on_playback(self._model.playback)
            self._lane.is_armed = True
            self.changed.emit()

    def _end(self) -> None:
        self._lane.is_armed = False
        self._tick.stop()
        if self.is_live:
            self.is_live = False
            self.let_go()

    def _on_tick(self) -> None:
        """What comes in or goes, moves by itself; every face that comes moves what is there."""
        now_s = time.perf_counter()
        level = self._lane.level(now_s)
        if level < 1.0:
            self._show(self._lane.face(now_s))
        if level == 0.0:
            self._inbox.follow(self._chosen)  # who was heard first is gone: the next may drive
            self._end()

    def _show(self, face: Expression, asked: FrameRequest | None = None) -> None:
        self._is_posing = True
        try:
            self._model.edit(face, by_hand=False, asked=asked)
        finally:
            self._is_posing = False

    # -- the hand and the performances -------------------------------------------------------------------------------
    @property
    def held(self) -> frozenset[str]:
        """Shapes and angles that the hand has moved, and that capture leaves alone."""
        return frozenset(self._lane.held)

    def let_go(self) -> None:
        """Let capture move everything again."""
        self._hold({})

    def _hold(self, held: Mapping[str, Expression]) -> None:
        before = self.held
        self._lane.hold(held)
        if before != self.held:
            self.changed.emit()

    def _on_expression(self, face: Expression, _touched: frozenset[str]) -> None:
        """What an undo has moved back is held no longer."""
        if self.is_live and not self._is_posing:
            held = self._lane.held
            self._hold({name: hand for name, hand in held.items() if name not in what_moved(hand, face)})

    def _on_hand(self, edit: FaceEdit) -> None:
        if not self.is_live:
            return
        if edit.after == NEUTRAL:
            self.let_go()
            return
        self._hold({**self._lane.held, **dict.fromkeys(what_moved(edit.before, edit.after), edit.after)})

    def _on_playback(self, playback: Playback) -> None:
        if self.is_live and playback.playing:
            self._model.set_playback(replace(playback, playing=False))
            self._model.post('A live face is on: take it off the face to play ("Drive the face", Capture)', "warning")
