"""What can be done in the timeline without the mouse: keys of the face, copy and paste, ease, nudge, jump. No widgets.

Every edit is a step of the history by itself, except nudges: those that follow each other are one.
"""

from __future__ import annotations

from collections.abc import Collection

from viewer.edit_history import what_moved
from viewer.performance.easing import Ease
from viewer.performance.editing import Copied, KeyId, all_keys, copied, eased, frame_time, snapped, with_keys, without
from viewer.performance.keyframes import Key, value_of
from viewer.performance.timeline import Timeline
from viewer.takes.face_channels import told_tracks, tracks_moved
from viewer.timeline.model import TimelineModel
from viewer.timeline.moves import Moved, beside, counted, dragged, ease_at, near, paste, reversed_in_time, stretched
from viewer.timeline.sheet import TimelineSheet
from viewer.viewer_model import ViewerModel

NUDGE_SHARE = 0.01  # of what a track can be, for an arrow key in the field of curves


class TimelineTools:
    """Lives on the GUI thread."""

    def __init__(self, model: ViewerModel, timeline: TimelineModel, sheet: TimelineSheet) -> None:
        self._model, self._timeline, self._sheet = model, timeline, sheet
        self._copied: Copied = {}

    # -- keys of the face --------------------------------------------------------------------------------------------
    def key_changed(self) -> None:
        """Set keys at the playhead for all that was changed there; if nothing was, for the tracks that have keys."""
        timeline, face = self._timeline.timeline, self._model.expression
        changed = tracks_moved(timeline, face, what_moved(timeline.at(self._sheet.position_s), face))
        self._key(changed or tuple(timeline.by_name), "Nothing to key: move a slider, or choose tracks, then Alt+K")

    def key_chosen(self) -> None:
        """Set keys at the playhead on the chosen tracks, else on those of the chosen keys."""
        tracks = self._sheet.chosen or tuple(sorted({name for name, _ in self._timeline.selection}))
        self._key(tracks, "No track is chosen: click its name in the timeline")

    def _key(self, tracks: Collection[str], otherwise: str) -> None:
        if not tracks:
            self._model.post(otherwise)
            return
        timeline = self._timeline.timeline
        at_s = frame_time(timeline, self._sheet.position_s)
        face = self._model.expression
        keys = [(name, Key(at_s, value_of(name, face), ease_at(timeline, name, at_s))) for name in tracks]
        chosen = frozenset(KeyId(name, at_s) for name in tracks)
        self._edit(Moved(with_keys(timeline, keys), chosen), f"Key {told_tracks(tracks)}")
        self.go(at_s)

    # -- the clipboard -----------------------------------------------------------------------------------------------
    @property
    def has_copied(self) -> bool:
        """Whether there is something to paste."""
        return bool(self._copied)

    def copy(self) -> None:
        """Remember the chosen keys."""
        if self._timeline.selection:
            self._copied = copied(self._timeline.timeline, self._timeline.selection)
            self._model.post(f"Copied {counted(len(self._timeline.selection))}: Ctrl+V sets them at the playhead")

    def cut(self) -> None:
        """Remember the chosen keys, and take them away."""
        if self._timeline.selection:
            self._copied = copied(self._timeline.timeline, self._timeline.selection)
            self._remove("Cut")

    def paste(self) -> None:
        """Set the copied keys, the first of them at the playhead."""
        if self._copied:
            result = paste(self._timeline.timeline, self._copied, at_s=self._sheet.playhead_s)
            self._edit(result, f"Paste {counted(len(result.chosen))}")

    def delete(self) -> None:
        """Take the chosen keys away."""
        self._remove("Delete")

    def _remove(self, verb: str) -> None:
        gone = self._timeline.selection
        if gone:
            self._edit(Moved(without(self._timeline.timeline, gone), frozenset()), f"{verb} {counted(len(gone))}")

    # -- chosen keys -------------------------------------------------------------------------------------------------
    def select_all(self) -> None:
        """Choose every key of the tracks that are shown."""
        shown = {name for row in self._sheet.rows for name in row.tracks}
        self._timeline.select([key for key in all_keys(self._timeline.timeline) if key.track in shown])

    def select_here(self) -> None:
        """Choose the keys at the playhead, of the chosen tracks or else of those that are shown."""
        shown = {name for row in self._sheet.rows for name in row.tracks}
        self._timeline.select(near(self._timeline.timeline, self._sheet.chosen or shown, self._sheet.position_s))

    def select_none(self) -> None:
        """Choose no key and no track."""
        self._timeline.select(())
        self._sheet.choose(())

    def set_ease(self, ease: Ease) -> None:
        """Another way from the chosen keys to the next ones."""
        chosen = self._timeline.selection
        self._edit(
            Moved(eased(self._timeline.timeline, chosen, ease), chosen), f"{_EASED[ease]} {counted(len(chosen))}"
        )

    def snap(self) -> None:
        """Bring the chosen keys onto frames."""
        timeline, chosen = self._timeline.timeline, self._timeline.selection
        there = frozenset(KeyId(name, frame_time(timeline, time_s)) for name, time_s in chosen)
        self._edit(Moved(snapped(timeline, chosen), there), f"Snap {counted(len(chosen))}")

    def reverse(self) -> None:
        """Turn the chosen keys round in time."""
        chosen = self._timeline.selection
        self._edit(reversed_in_time(self._timeline.timeline, chosen), f"Reverse {counted(len(chosen))}")

    def stretch(self, factor: float) -> None:
        """Multiply the times between the chosen keys."""
        chosen = self._timeline.selection
        self._edit(stretched(self._timeline.timeline, chosen, factor), f"Stretch {counted(len(chosen))}")

    def stretch_to_playhead(self) -> None:
        """Stretch the chosen keys so that the last of them is at the playhead."""
        times = [time_s for _, time_s in self._timeline.selection]
        if times and max(times) > min(times) and self._sheet.playhead_s > min(times):
            self.stretch((self._sheet.playhead_s - min(times)) / (max(times) - min(times)))

    def nudge(self, frames: int) -> None:
        """Move the chosen keys by frames; without any, the playhead."""
        timeline, chosen = self._timeline.timeline, self._timeline.selection
        if not chosen:
            self._sheet.move_playhead(frame_time(timeline, self._sheet.playhead_s) + frames / timeline.fps, snaps=True)
            return
        self._nudge(dragged(timeline, chosen, by_s=frames / timeline.fps))

    def nudge_value(self, steps: int) -> None:
        """Raise the chosen keys by hundredths of what their tracks can be."""
        self._nudge(dragged(self._timeline.timeline, self._timeline.selection, by_share=steps * NUDGE_SHARE))

    def _nudge(self, result: Moved) -> None:
        self._timeline.edit(result.timeline, f"Nudge {counted(len(result.chosen))}", selection=result.chosen)

    # -- the playhead ------------------------------------------------------------------------------------------------
    def jump(self, *, forwards: bool) -> None:
        """To the next key of the tracks that are shown, or the one before."""
        shown = {name for row in self._sheet.rows for name in row.tracks}
        time_s = beside(self._timeline.timeline, shown, self._sheet.playhead_s, forwards=forwards)
        if time_s is not None:
            self._sheet.move_playhead(time_s, snaps=False)

    def go(self, time_s: float) -> None:
        """To a moment."""
        self._sheet.move_playhead(time_s, snaps=False)

    def loop_from(self) -> None:
        """Loop from the playhead on."""
        start_s, duration_s = self._sheet.position_s, self._timeline.timeline.duration_s
        _, end_s = self._sheet.loop_range or (0.0, duration_s)
        self._sheet.set_loop_range((start_s, end_s if end_s > start_s else duration_s))

    def loop_until(self) -> None:
        """Loop until the playhead."""
        end_s, (start_s, _) = self._sheet.position_s, self._sheet.loop_range or (0.0, 0.0)
        self._sheet.set_loop_range((start_s if start_s < end_s else 0.0, end_s))

    def fit_chosen(self) -> None:
        """See the chosen keys, or all of the timeline."""
        if self._timeline.selection:
            self._sheet.fit_keys(self._timeline.selection)
        else:
            self._sheet.fit()

    # -- the timeline ------------------------------------------------------------------------------------------------
    def change(self, timeline: Timeline, text: str) -> None:
        """Put another timeline in place of this one: another rate, another length."""
        self._edit(Moved(timeline, self._timeline.selection), text)

    def _edit(self, result: Moved, text: str) -> None:
        self._timeline.end_gesture()
        self._timeline.edit(result.timeline, text, selection=result.chosen)
        self._timeline.end_gesture()


_EASED = {Ease.LINEAR: "Straighten", Ease.STEP: "Hold", Ease.CUBIC: "Smooth"}
