"""Plays the timeline: where its playhead is, the part that loops, and that it is what plays once somebody works on it.

The clock is `viewer.playback`; this remembers where the timeline stood while something else plays.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from viewer.performance.editing import frame_time
from viewer.playable import TIMELINE
from viewer.playback import PlaybackClock
from viewer.timeline.model import TimelineEdit, TimelineModel
from viewer.view_values import Playback
from viewer.viewer_model import ViewerModel


class TimelineTransport(QObject):
    """Play, pause, seek and loop for the timeline. Lives on the GUI thread."""

    def __init__(self, model: ViewerModel, timeline: TimelineModel, clock: PlaybackClock) -> None:
        super().__init__(timeline)
        self._model, self._timeline, self._clock = model, timeline, clock
        self._left = Playback(TIMELINE)  # as it was when something else was chosen
        self._seen = model.playback
        model.playback_changed.connect(self._on_playback)
        timeline.edited.connect(self._on_edited)
        timeline.changed.connect(self._on_changed)

    @property
    def is_chosen(self) -> bool:
        """Whether the timeline is what plays."""
        return self._model.playback.name == TIMELINE

    @property
    def is_playing(self) -> bool:
        """Whether it plays now."""
        return self.is_chosen and self._model.playback.playing

    @property
    def position_s(self) -> float:
        """Where its playhead is, in seconds."""
        return self._clock.position_s if self.is_chosen else self._left.position_s

    @property
    def loop_range(self) -> tuple[float, float] | None:
        """The part that a loop plays, in seconds; None: all of it."""
        return (self._model.playback if self.is_chosen else self._left).loop_range

    def choose(self) -> None:
        """Make the timeline what plays, where it was left."""
        if not self.is_chosen:
            self._set(playing=False, loop_range=self._left.loop_range, position_s=self._left.position_s)
            self.seek(self._left.position_s)

    def toggle(self) -> None:
        """Play, or pause."""
        self.choose()
        self._set(playing=not self._model.playback.playing)

    def play(self) -> None:
        """Play from where it is."""
        self.choose()
        self._set(playing=True)

    def pause(self) -> None:
        """Stand still."""
        if self.is_playing:
            self._set(playing=False, position_s=self._clock.position_s)

    def seek(self, time_s: float, *, snap: bool = False) -> None:
        """Put the playhead there, or on the nearest frame; what plays goes on from there."""
        timeline = self._timeline.timeline
        if not self.is_chosen:
            self._left = replace(self._left, position_s=time_s)
            self.choose()
        time_s = frame_time(timeline, time_s) if snap else min(max(time_s, 0.0), timeline.duration_s)
        if time_s != self._model.playback.position_s or time_s != self._clock.position_s:
            self._set(position_s=time_s)

    def step(self, frames: int) -> None:
        """Pause, and go so many frames on, from the nearest one."""
        self.choose()
        self.pause()
        at_s = frame_time(self._timeline.timeline, self._clock.position_s)
        self.seek(at_s + frames / self._timeline.timeline.fps, snap=True)

    def set_loop_range(self, part: tuple[float, float] | None) -> None:
        """Loop a part, from and to in seconds in any order; None loops all of it."""
        self.choose()
        self._set(loop=True, loop_range=(min(part), max(part)) if part is not None else None)

    def _set(self, **changes: object) -> None:
        self._model.set_playback(replace(self._model.playback, **({"name": TIMELINE} | changes)))  # type: ignore[arg-type]

    def _on_playback(self, playback: Playback) -> None:
        came_back = self._seen.name != TIMELINE and playback.name == TIMELINE
        if self._seen.name == TIMELINE and playback.name != TIMELINE:
            self._left = replace(self._seen, playing=False)
        self._seen = playback
        if came_back and playback.loop_range is None and self._left.loop_range is not None:  # chosen in a menu
            self._set(loop_range=self._left.loop_range)

    def _on_edited(self, _edit: TimelineEdit) -> None:
        self.choose()

    def _on_changed(self, _timeline: object) -> None:
        if self.is_chosen:
            self._clock.refresh()
