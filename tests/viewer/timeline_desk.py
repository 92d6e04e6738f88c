"""A timeline with all that works on it, around a model: for tests of the timeline's widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from viewer.edit_history import EditHistory
from viewer.performance.easing import Ease
from viewer.performance.keyframes import Key, Track
from viewer.performance.timeline import Timeline
from viewer.playable import Playable
from viewer.playback import PlaybackClock
from viewer.takes.key_recording import KeyRecording
from viewer.timeline.model import TimelineModel
from viewer.timeline.sheet import TimelineSheet
from viewer.timeline.tools import TimelineTools
from viewer.timeline.transport import TimelineTransport
from viewer.viewer_model import ViewerModel

JAW = Track("jawOpen", (Key(1.0, 0.2), Key(2.0, 0.8, Ease.STEP), Key(4.0, 0.4, Ease.CUBIC)))
TURN = Track("yaw", (Key(1.0, -4.0), Key(3.0, 4.0)))
TIMELINE = Timeline.of([JAW, TURN], duration_s=10.0, fps=30.0)
NO_KEYS = Qt.KeyboardModifier.NoModifier


@dataclass
class Desk:
    """Everything, wired as in the window."""

    model: ViewerModel
    timeline: TimelineModel
    clock: PlaybackClock
    transport: TimelineTransport
    keys: KeyRecording
    history: EditHistory
    sheet: TimelineSheet
    tools: TimelineTools

    def times(self, track: str = "jawOpen") -> list[float]:
        """When a track has keys."""
        return [round(time_s, 6) for time_s in self.timeline.timeline.track(track).times]

    def steps(self) -> list[str]:
        """The history in words."""
        return [self.history.stack.text(index) for index in range(self.history.stack.count())]


def desk_of(model: ViewerModel) -> Desk:
    """Around a model, on `TIMELINE`, which is what plays."""
    timeline, playable = TimelineModel(model), Playable({})
    timeline.timeline = TIMELINE
    playable.timeline = lambda: timeline.timeline
    clock = PlaybackClock(model, playable)
    history = EditHistory(model, timeline)
    transport = TimelineTransport(model, timeline, clock)
    keys = KeyRecording(model, timeline, clock, transport)
    sheet = TimelineSheet(model, timeline, transport)
    model.set_playback(replace(model.playback, name="timeline"))
    return Desk(model, timeline, clock, transport, keys, history, sheet, TimelineTools(model, timeline, sheet))


def mouse(widget: QWidget, kind: QEvent.Type, at: QPointF, *, button: Qt.MouseButton = Qt.MouseButton.LeftButton,
          modifiers: Qt.KeyboardModifier = NO_KEYS) -> None:  # fmt: skip
    """One event of the mouse, with the button it is about, which QTest does not hold while moving."""
    moves = kind == QEvent.Type.MouseMove
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    place = QPointF(widget.mapToGlobal(at.toPoint()))
    event = QMouseEvent(kind, at, place, Qt.MouseButton.NoButton if moves else button, held, modifiers)
    QApplication.sendEvent(widget, event)


def drag(widget: QWidget, *places: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton,
         modifiers: Qt.KeyboardModifier = NO_KEYS) -> None:  # fmt: skip
    """Press at the first place, move through the others, let go at the last."""
    mouse(widget, QEvent.Type.MouseButtonPress, places[0], button=button, modifiers=modifiers)
    for place in places[1:]:
        mouse(widget, QEvent.Type.MouseMove, place, button=button, modifiers=modifiers)
    mouse(widget, QEvent.Type.MouseButtonRelease, places[-1], button=button, modifiers=modifiers)


def wheel(widget: QWidget, at: QPointF, delta: int, modifiers: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Turn the wheel by eighths of a degree."""
    event = QWheelEvent(
        at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
