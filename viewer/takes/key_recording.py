"""Keys by hand: slider motion recorded live while the timeline plays, and keys set where it stands (auto-key).

While it records, what the hand holds overrides the timeline's tracks, the others play on. When the hand lets go, its
motion takes the place of the keys in the span in which it held them. One pass, from play to stop, is one step of the
history.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from gpu_core.expression import Expression
from viewer.edit_history import what_moved
from viewer.performance.easing import Ease
from viewer.performance.editing import frame_time, with_keys
from viewer.performance.keyframes import Key, value_of
from viewer.performance.punch_in import punched_in
from viewer.performance.recorded_keys import Sample
from viewer.performance.timeline import Timeline
from viewer.playback import PlaybackClock
from viewer.takes.face_channels import told_tracks, tracks_moved, with_channels
from viewer.timeline.model import TimelineModel
from viewer.timeline.transport import TimelineTransport
from viewer.view_values import FaceEdit, Playback
from viewer.viewer_model import ViewerModel

# A wheel or an arrow key lets nobody know when it is done: with no button down it is, after so long.
LET_GO_S = 0.4
# Motion becomes keys in pieces of at most so long, so that no piece takes long.
PIECE_S = 4.0
JUMP_S = 1.0  # between two samples: no hand moved meanwhile
RECORDED = "Recorded motion"


def _buttons() -> bool:
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton


class KeyRecording(QObject):
    """The model's `KeyMaker`. Lives on the GUI thread; `is_pressed` tells whether a mouse button is down."""

    changed = Signal()  # is_recording or is_auto

    def __init__(
        self, model: ViewerModel, timeline: TimelineModel, clock: PlaybackClock, transport: TimelineTransport,
        *, now_s: Callable[[], float] = time.monotonic, is_pressed: Callable[[], bool] = _buttons,
    ) -> None:  # fmt: skip
        super().__init__(timeline)
        self._model, self._timeline, self._clock, self._transport = model, timeline, clock, transport
        self._now_s, self._is_pressed = now_s, is_pressed
        self.is_recording = False
        self.is_auto = False
        self._samples: list[Sample] = []
        self._since: dict[str, int] = {}  # channels that the hand holds, and their first sample
        self._edited_s = 0.0
        model.key_maker = self
        clock.overlay = self._overlaid
        clock.ticked.connect(self._on_tick)
        model.playback_changed.connect(self._on_playback)
        model.gesture_ended.connect(self._on_gesture_ended)

    # -- what can be asked for ---------------------------------------------------------------------------------------
    def set_recording(self, on: bool) -> None:
        """Record what the hand moves into the timeline, which plays; or stop that, and go on playing."""
        if on == self.is_recording:
            return
        if on:
            self._timeline.end_gesture()
            self._transport.play()  # before: what else is chosen stops first
            self.is_recording = True
            self._model.post("Recording keys: what you move goes into the timeline until it stops, or Shift+K")
        else:
            self._end_pass()
        self.changed.emit()

    def toggle(self) -> None:
        """Start or end recording."""
        self.set_recording(not self.is_recording)

    def set_auto(self, on: bool) -> None:
        """Set keys at the playhead for whatever the hand moves while the timeline stands."""
        if on != self.is_auto:
            self.is_auto = on
            if on and not self._model.playback.playing:
                self._transport.choose()
            self.changed.emit()

    @property
    def is_live(self) -> bool:
        """See KeyMaker."""
        return self.is_recording and self._transport.is_playing

    def take(self, edit: FaceEdit) -> bool:
        """See KeyMaker."""
        if self.is_live:
            self._hold(edit)
            return True
        if self.is_auto and self._transport.is_chosen and not self._model.playback.playing:
            self._set_keys(edit)
            return True
        return False

    # -- auto-key ----------------------------------------------------------------------------------------------------
    def _set_keys(self, edit: FaceEdit) -> None:
        timeline, face = self._timeline.timeline, edit.after
        at_s = frame_time(timeline, self._clock.position_s)
        tracks = tracks_moved(timeline, face, what_moved(edit.before, face))
        keys = [(name, Key(at_s, value_of(name, face), _ease_at(timeline, name, at_s))) for name in tracks]
        self._timeline.edit(with_keys(timeline, keys), f"Key {told_tracks(tracks)}")
        if at_s != self._clock.position_s:
            self._transport.seek(at_s)

    # -- live --------------------------------------------------------------------------------------------------------
    def _hold(self, edit: FaceEdit) -> None:
        self._edited_s = self._now_s()
        for name in what_moved(edit.before, edit.after):
            self._since.setdefault(name, len(self._samples))
        self._sample(self._clock.position_s)

    def _sample(self, at_s: float) -> None:
        if self._samples and not 0.0 <= at_s - self._samples[-1][0] < JUMP_S:
            self._make_keys()  # a loop has begun anew, or somebody moved the playhead
        self._samples.append((at_s, self._model.expression))

    def _overlaid(self, face: Expression) -> Expression:
        return with_channels(face, self._model.expression, self._since.keys()) if self._since else face

    def _on_tick(self, at_s: float) -> None:
        if not self._since:
            return
        self._sample(at_s)
        if not self._is_pressed() and self._now_s() - self._edited_s > LET_GO_S:
            self._let_go()
        elif self._samples[-1][0] - self._samples[0][0] > PIECE_S:
            self._make_keys()

    def _on_gesture_ended(self) -> None:
        if self._since:
            self._let_go()
        elif self.is_auto:
            self._timeline.end_gesture()

    def _let_go(self) -> None:
        """The tracks play on, with what was recorded in them."""
        self._make_keys()
        self._since.clear()

    def _make_keys(self) -> None:
        """Keys of what was held until now; what is held goes on from here."""
        samples, self._samples = self._samples, []
        timeline = self._timeline.timeline
        for first in sorted(set(self._since.values())):
            channels = [name for name, since in self._since.items() if since == first]
            part = samples[first:]
            if part:
                tracks = tracks_moved(timeline, part[-1][1], channels)
                timeline = punched_in(timeline, part, tracks)
        self._since = dict.fromkeys(self._since, 0)
        self._timeline.edit(timeline, RECORDED, is_patient=True)

    def _on_playback(self, playback: Playback) -> None:
        if self.is_recording and not self.is_live:
            self._end_pass()
            self.changed.emit()

    def _end_pass(self) -> None:
        self.is_recording = False
        if self._since:
            self._let_go()
        self._samples.clear()
        self._timeline.end_gesture()


def _ease_at(timeline: Timeline, name: str, at_s: float) -> Ease:
    """That of the key there, else of the key before, else smooth."""
    track = timeline.track(name)
    key = track.key_at(at_s) or next((key for key in reversed(track.keys) if key.time_s < at_s), None)
    return key.ease if key else Ease.CUBIC
