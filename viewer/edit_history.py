"""Undo and redo of everything that changes the face or the timeline, on Qt's undo framework.

Edits come from `ViewerModel.face_edited` and `TimelineModel.edited`, already done. Those of one gesture, and those that
follow each other within `PAUSE_S` on the same sliders, are one step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, Expression
from viewer.performance.timeline import Timeline
from viewer.shape_titles import title
from viewer.timeline.model import TimelineEdit, TimelineModel
from viewer.view_values import FaceEdit
from viewer.viewer_model import ViewerModel

MOST_STEPS = 500
PAUSE_S = 1.5  # steps of a wheel or of an arrow key further apart are steps of their own
_HEAD_TITLES = {"yaw": "Turn", "pitch": "Nod", "roll": "Tilt"}


@dataclass(frozen=True)
class Step:
    """What one command does and undoes."""

    before: Expression | Timeline
    after: Expression | Timeline
    gesture: tuple[str, int]  # whose, which
    moved: frozenset[str]  # names of what it moves, for those that merge without a gesture's end between them
    text: str
    is_patient: bool = False  # merges however long after the one before
    drag: str = ""  # words of whoever made it: edits of one gesture in the same words are one, whatever they move


class EditHistory(QObject):
    """Owns the stack. Lives on the GUI thread."""

    def __init__(
        self, model: ViewerModel, timeline: TimelineModel, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(model)
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(MOST_STEPS)
        self._model, self._timeline = model, timeline
        self._now_s = now_s
        self.undo_action = self.stack.createUndoAction(self, "Undo")
        self.redo_action = self.stack.createRedoAction(self, "Redo")
        self.undo_action.triggered.connect(self._end_gestures)
        model.face_edited.connect(self._on_face)
        timeline.edited.connect(self._on_timeline)

    def __del__(self) -> None:
        """Empty the stack before the garbage collector takes it apart.

        It gives the commands back to Python and destroys them while Qt's stack, which a QObject owns, still has them.
        """
        if shiboken6.isValid(self) and shiboken6.isValid(self.stack):
            self.stack.blockSignals(True)  # nobody is to look at what is being taken apart
            self.stack.clear()

    def _end_gestures(self) -> None:
        """What the hand does after an undo does not merge with what is left."""
        self._model.end_gesture()
        self._timeline.end_gesture()

    def close(self) -> None:
        """Forget all steps, before the collector may free commands that the stack still knows."""
        self.stack.clear()

    def _on_face(self, edit: FaceEdit) -> None:
        moved = what_moved(edit.before, edit.after)
        text = edit.text or told(edit.after, moved)
        self._push(Step(edit.before, edit.after, ("face", edit.gesture), moved, text, drag=edit.text), self._show_face)

    def _on_timeline(self, edit: TimelineEdit) -> None:
        gesture, things = ("timeline", edit.gesture), frozenset({edit.text})
        step = Step(edit.before, edit.after, gesture, things, edit.text, edit.is_patient)
        self._push(step, self._show_timeline)

    def _push(self, step: Step, show: Callable[[Step, bool], None]) -> None:
        self.stack.push(_Command(step, show, self._now_s()))

    def _show_face(self, step: Step, forwards: bool) -> None:
        face = step.after if forwards else step.before
        assert isinstance(face, Expression)
        self._model.edit(face, touched=step.moved & frozenset(ARKIT_SHAPES), undoable=False)

    def _show_timeline(self, step: Step, forwards: bool) -> None:
        timeline = step.after if forwards else step.before
        assert isinstance(timeline, Timeline)
        self._timeline.edit(timeline, step.text, undoable=False)


class _Command(QUndoCommand):
    """One step. It has been done already when it is pushed."""

    def __init__(self, step: Step, show: Callable[[Step, bool], None], when_s: float) -> None:
        super().__init__(step.text)
        self.step, self._show, self.when_s = step, show, when_s
        self._is_done = True

    def id(self) -> int:
        """Qt: commands with the same number may merge."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Qt: take a later step into this one, if both are one movement."""
        if not isinstance(other, _Command) or not _belong_together(self, other):
            return False
        step = other.step
        moved = self.step.moved | step.moved
        self.step = replace(step, before=self.step.before, moved=moved)
        self.when_s = other.when_s
        self.setText(step.text)
        self.setObsolete(self.step.before == self.step.after)
        return True

    def redo(self) -> None:
        """Qt: do it again; the first time it has been done."""
        if self._is_done:
            self._is_done = False
        else:
            self._show(self.step, True)

    def undo(self) -> None:
        """Qt: take it back."""
        self._show(self.step, False)


def _belong_together(former: _Command, later: _Command) -> bool:
    """One gesture, no long pause, and on the same things: a slider that a mirror moves along is the same thing.

    A drag with a name of its own may rest, and bring in other shapes on its way.
    """
    same_gesture = former.step.gesture == later.step.gesture
    if same_gesture and former.step.drag and former.step.drag == later.step.drag:
        return True
    same_things = former.step.moved <= later.step.moved or later.step.moved <= former.step.moved
    soon = later.step.is_patient or later.when_s - former.when_s <= PAUSE_S
    return same_gesture and same_things and soon


def what_moved(before: Expression, after: Expression) -> frozenset[str]:
    """Names of the shapes and of the head's angles that differ."""
    shapes = zip(ARKIT_SHAPES, before.weights, after.weights, strict=True)
    angles = {axis for axis in HEAD_LIMITS_DEG if getattr(before, axis) != getattr(after, axis)}
    return frozenset({name for name, one, other in shapes if one != other} | angles)


def told(face: Expression, moved: frozenset[str]) -> str:
    """An edit in the words of the sliders."""
    shapes = sorted(moved & frozenset(ARKIT_SHAPES), key=ARKIT_SHAPES.index)
    if shapes and all(name.startswith("eyeLook") for name in shapes):
        return "Gaze"
    if shapes and len({_without_side(name) for name in shapes}) == 1:
        name = title(shapes[0]) if len(shapes) == 1 else title(shapes[0]).rpartition(",")[0]
        return f"{name} {face[shapes[0]]:.2f}"
    if shapes:
        return f"{len(shapes)} shapes"
    return ", ".join(f"{_HEAD_TITLES[axis]} {getattr(face, axis):z.1f}°" for axis in HEAD_LIMITS_DEG if axis in moved)


def _without_side(name: str) -> str:
    return name.removesuffix("Left").removesuffix("Right")
