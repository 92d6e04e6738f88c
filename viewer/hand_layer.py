"""The artist's hand on top of what plays: a slider moved meanwhile adds to the performance, or overrides its region.

What is held goes on until it is let go; nothing of it is written into a take, and the history does not hear of it.
Keys that are recorded live go before: see `viewer.takes.key_recording`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from gpu_core.expression import HEAD_LIMITS_DEG, NEUTRAL, SHAPE_INDEX, Expression
from viewer.edit_history import what_moved
from viewer.performance.layers import HEAD, Mode, names_of
from viewer.playback import PlaybackClock
from viewer.shape_titles import REGIONS
from viewer.takes.face_channels import with_channels
from viewer.view_values import FaceEdit, KeyMaker, Playback
from viewer.viewer_model import ViewerModel

PLACES = (*REGIONS, HEAD)
_PLACE_OF: Mapping[str, str] = {name: place for place in PLACES for name in names_of([place])}


class HandLayer(QObject):
    """The model's `KeyMaker`, before the one that there was. Lives on the GUI thread."""

    changed = Signal()  # is_on, modes, what is held

    def __init__(self, model: ViewerModel, clock: PlaybackClock) -> None:
        super().__init__(model)
        self._model = model
        self.is_on = False
        self.modes: dict[str, Mode] = dict.fromkeys(PLACES, Mode.ADD)
        self._added: dict[str, float] = {}  # channel -> difference
        self._taken: dict[str, Expression] = {}  # region -> the face that it has
        self._beneath = NEUTRAL  # what plays, without the hand
        self._keys: KeyMaker | None = model.key_maker
        self._recording: Callable[[Expression], Expression] | None = clock.overlay
        self._name = model.playback.name
        model.key_maker = self
        clock.overlay = self._overlaid
        model.playback_changed.connect(self._on_playback)

    @property
    def held(self) -> tuple[str, ...]:
        """The regions that the hand holds, in order."""
        added = {_PLACE_OF[name] for name in self._added}
        return tuple(place for place in PLACES if place in added or place in self._taken)

    def set_on(self, on: bool) -> None:
        """Let sliders that are moved while something plays join it, or stop it, as without this."""
        if on != self.is_on:
            self.is_on = on
            if not on:
                self._forget()
            self.changed.emit()

    def set_mode(self, place: str, mode: Mode) -> None:
        """What the hand does to a region from now on; what it holds there is let go."""
        if mode is not self.modes[place]:
            self.modes[place] = mode
            self._forget([place])
            self.changed.emit()

    def let_go(self) -> None:
        """The performance goes on alone."""
        self._forget()
        self.changed.emit()

    # -- KeyMaker ----------------------------------------------------------------------------------------------------
    @property
    def is_live(self) -> bool:
        """See KeyMaker."""
        return (self._keys is not None and self._keys.is_live) or (self.is_on and self._model.playback.playing)

    def take(self, edit: FaceEdit) -> bool:
        """See KeyMaker."""
        if self._keys is not None and self._keys.take(edit):
            return True
        if not (self.is_on and self._model.playback.playing):
            return False
        before = self.held
        for name in what_moved(edit.before, edit.after):
            place = _PLACE_OF.get(name, "")
            if self.modes.get(place) is Mode.OVERRIDE:
                self._taken[place] = edit.after
            else:
                self._added[name] = _value(edit.after, name) - _value(self._beneath, name)
        if self.held != before:
            self.changed.emit()
        return True

    # -- what plays --------------------------------------------------------------------------------------------------
    def _overlaid(self, face: Expression) -> Expression:
        self._beneath = face
        for place, hand in self._taken.items():
            face = with_channels(face, hand, names_of([place]))
        if self._added:
            face = _plus(face, self._added)
        return self._recording(face) if self._recording is not None else face

    def _on_playback(self, playback: Playback) -> None:
        if playback.name and playback.name != self._name:  # that was held over something else
            self._name = playback.name
            if self.held:
                self.let_go()

    def _forget(self, places: Iterable[str] = PLACES) -> None:
        names = names_of(places)
        self._added = {name: value for name, value in self._added.items() if name not in names}
        self._taken = {place: face for place, face in self._taken.items() if place not in places}


def _value(face: Expression, name: str) -> float:
    return face[name] if name in SHAPE_INDEX else float(getattr(face, name))


def _plus(face: Expression, differences: Mapping[str, float]) -> Expression:
    """A face with more or less of some channels, within the limits."""
    sums = {name: _value(face, name) + more for name, more in differences.items()}
    weights = {name: value for name, value in sums.items() if name in SHAPE_INDEX}
    angles = {axis: value for axis, value in sums.items() if axis in HEAD_LIMITS_DEG}
    return face.with_weights(weights).with_head(**angles).clamped()[0]
