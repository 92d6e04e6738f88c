"""The timeline being worked on, and which of its keys are chosen: state of the window, beside the viewer model.

Like the face, it has one way in: `edit`. What it was before stays whole in the history, for timelines are values.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from viewer.performance.editing import KeyId, at_rate, existing, snapped
from viewer.performance.timeline import Timeline

Selection = frozenset[KeyId]


@dataclass(frozen=True)
class TimelineEdit:
    """A change of the timeline, to be taken back. Edits of one `gesture` are one movement."""

    before: Timeline
    after: Timeline
    gesture: int
    text: str
    is_patient: bool = False  # one step with what its gesture did before, however long ago


class TimelineModel(QObject):
    """Holds the timeline. Lives on the GUI thread."""

    changed = Signal(object)  # Timeline
    selection_changed = Signal(object)  # Selection
    edited = Signal(object)  # TimelineEdit, for every change that can be taken back

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.timeline = Timeline()
        self.selection: Selection = frozenset()
        self._gesture = 0

    def edit(
        self, timeline: Timeline, text: str, *, selection: Collection[KeyId] | None = None, undoable: bool = True,
        is_patient: bool = False,
    ) -> None:  # fmt: skip
        """Put another timeline in place of this one; `text` is what the history calls that.

        Args:
            selection: the keys chosen from now on; by default those of before that are still there.
            is_patient: see TimelineEdit.
        """
        before, self.timeline = self.timeline, timeline
        if timeline != before:
            self.changed.emit(timeline)
            if undoable:
                self.edited.emit(TimelineEdit(before, timeline, self._gesture, text, is_patient))
        self.select(self.selection if selection is None else selection)

    def set_fps(self, fps: float, *, snap: bool = False) -> None:
        """Another frame rate. Keys stay where they are, or go to the nearest frames.

        Raises:
            TimelineError: no timeline has that rate.
        """
        timeline = at_rate(self.timeline, fps)
        self.end_gesture()
        self.edit(snapped(timeline) if snap else timeline, f"{fps:g} frames a second")
        self.end_gesture()

    def select(self, keys: Collection[KeyId]) -> None:
        """Choose keys; those that do not exist are left out."""
        chosen = existing(self.timeline, keys)
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit(chosen)

    def end_gesture(self) -> None:
        """The hand has let go: what it does next is another step of the history."""
        self._gesture += 1
