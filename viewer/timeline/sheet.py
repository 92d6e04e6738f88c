"""What the timeline's widget shows of the timeline: which rows, how close, where the playhead is. No widgets.

The playhead is the model's place in the performance "timeline"; while another one plays it stays where it was left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from viewer.performance.editing import KeyId, frame_time
from viewer.performance.timeline import Timeline
from viewer.timeline.columns import ColumnsCache
from viewer.timeline.model import TimelineModel
from viewer.timeline.rows import Row, rows_of
from viewer.timeline.scale import TimeScale
from viewer.timeline.transport import TimelineTransport
from viewer.view_values import Playback
from viewer.viewer_model import ViewerModel

MOST_CURVES = 8  # at a time, unless more tracks are chosen


class TimelineSheet(QObject):
    """Lives on the GUI thread."""

    changed = Signal()  # something looks different
    playhead_moved = Signal(float)  # seconds

    def __init__(self, model: ViewerModel, timeline: TimelineModel, transport: TimelineTransport) -> None:
        super().__init__(timeline)
        self._timeline, self._transport = timeline, transport
        self.scale = TimeScale.fitted(0.0, timeline.timeline.duration_s, 800.0)
        self.is_fitted = True  # the whole timeline is in sight, and stays so when its width or length changes
        self.folded: frozenset[str] = frozenset()
        self.search = ""
        self.shows_all = False
        self.shows_curves = False
        self.snaps = True
        self.chosen: tuple[str, ...] = ()  # tracks
        self.playhead_s = transport.position_s
        self._loop_range = transport.loop_range
        self.columns = ColumnsCache()
        self._duration_s = timeline.timeline.duration_s
        self.rows: tuple[Row, ...] = rows_of(timeline.timeline.by_name)
        timeline.changed.connect(self._on_timeline)
        timeline.selection_changed.connect(self._on_selection)
        model.playback_changed.connect(self._on_playback)

    # -- which rows --------------------------------------------------------------------------------------------------
    def fold(self, group: str) -> None:
        """Fold a group, or open it."""
        self.folded ^= {group}
        self._show_rows()

    def find(self, text: str) -> None:
        """Show the tracks that a search finds; "" ends it."""
        self.search = text.strip()
        self._show_rows()

    def show_all(self, wanted: bool) -> None:
        """Show the tracks without keys too."""
        self.shows_all = wanted
        self._show_rows()

    def choose(self, tracks: Iterable[str]) -> None:
        """Choose tracks: for their curves, and for what asks for the chosen ones."""
        self.chosen = tuple(dict.fromkeys(tracks))
        self.changed.emit()

    @property
    def curves(self) -> tuple[str, ...]:
        """The tracks whose curves are shown: the chosen ones, else those of the chosen keys, else the first there are.

        A track without keys has no curve.
        """
        keyed = self._timeline.timeline.by_name
        chosen = tuple(name for name in self.chosen if name in keyed)
        if chosen:
            return chosen
        of_keys = {name for name, _ in self._timeline.selection} if len(self._timeline.selection) < 10_000 else set()
        shown = [row.track for row in self.rows if row.track in keyed]
        return tuple(name for name in shown if name in of_keys or not of_keys)[:MOST_CURVES]

    # -- how -----------------------------------------------------------------------------------------------------
    def show_curves(self, wanted: bool) -> None:
        """Show curves in place of rows of keys."""
        self.shows_curves = wanted
        self.changed.emit()

    def set_snaps(self, wanted: bool) -> None:
        """Bring what is moved onto frames."""
        self.snaps = wanted
        self.changed.emit()

    def set_scale(self, scale: TimeScale) -> None:
        """Zoom and pan."""
        self.is_fitted = False
        self._put(scale)

    def fit(self) -> None:
        """See the whole timeline."""
        self.is_fitted = True
        self._put(TimeScale.fitted(0.0, self._timeline.timeline.duration_s, self.scale.width_px))

    def fit_keys(self, keys: Iterable[KeyId]) -> None:
        """See some keys."""
        times = [time_s for _, time_s in keys]
        if times:
            middle, half = (min(times) + max(times)) / 2, max((max(times) - min(times)) / 2, 0.25)
            self.set_scale(TimeScale.fitted(middle - half, middle + half, self.scale.width_px).within(self._duration_s))

    def resize(self, width_px: float) -> None:
        """Another width."""
        if width_px == self.scale.width_px:
            return
        self.scale = replace(self.scale, width_px=width_px)
        if self.is_fitted:
            self.fit()
        else:
            self._put(self.scale.within(self._duration_s))

    # -- the playhead ------------------------------------------------------------------------------------------------
    def move_playhead(self, time_s: float, *, snaps: bool | None = None) -> None:
        """Bring the playhead to a moment, and the face to what the timeline has there; nothing plays on."""
        self._transport.pause()
        self._transport.seek(time_s, snap=self.snaps if snaps is None else snaps)

    @property
    def position_s(self) -> float:
        """Where the timeline stands, to which the face belongs: what is shown may be a moment behind."""
        return self._transport.position_s

    def set_loop_range(self, part: tuple[float, float] | None) -> None:
        """Loop a part, in seconds, in any order; None, or one that is too short: all of it."""
        if part is not None:
            timeline = self._timeline.timeline
            part = (frame_time(timeline, part[0]), frame_time(timeline, part[1])) if self.snaps else part
            if abs(part[1] - part[0]) < 1 / timeline.fps - 1e-6:
                part = None
        self._transport.set_loop_range(part)

    @property
    def loop_range(self) -> tuple[float, float] | None:
        """The part that a loop plays, if not all of it."""
        return self._transport.loop_range

    # -- what changes ------------------------------------------------------------------------------------------------
    def _on_playback(self, playback: Playback) -> None:
        if playback.name != self._timeline.timeline.key:
            return
        if playback.position_s != self.playhead_s:
            self.playhead_s = playback.position_s
            self.playhead_moved.emit(playback.position_s)
        if playback.playing:
            self._follow()
        if playback.loop_range != self._loop_range:
            self._loop_range = playback.loop_range
            self.changed.emit()

    def _follow(self) -> None:
        scale = self.scale.showing(self.playhead_s, self._duration_s)
        if scale != self.scale:
            self._put(scale)

    def _on_timeline(self, timeline: Timeline) -> None:
        if timeline.duration_s != self._duration_s:
            self._duration_s = timeline.duration_s
            self.scale = self.scale.within(self._duration_s)
            if self.is_fitted:
                self.fit()
        self._show_rows()

    def _on_selection(self, _selection: object) -> None:
        self.changed.emit()

    def _put(self, scale: TimeScale) -> None:
        self.scale = scale
        self.changed.emit()

    def _show_rows(self) -> None:
        keyed = self._timeline.timeline.by_name
        self.rows = rows_of(keyed, folded=self.folded, search=self.search, shows_all=self.shows_all)
        self.changed.emit()
