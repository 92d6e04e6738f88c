"""The mouse over the names of the timeline's rows: groups fold, tracks are chosen, one, several or a span of them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from viewer.performance.editing import KeyId
from viewer.timeline.layout import ARROW_PX, SheetLayout
from viewer.timeline.model import TimelineModel
from viewer.timeline.rows import Row
from viewer.timeline.sheet import TimelineSheet


def press_name(sheet: TimelineSheet, layout: SheetLayout, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
    """Choose the track that was clicked; with Control one more or less, with Shift all up to it."""
    row = layout.row_at(at.y())
    if row is None:
        sheet.choose(())
    elif row.is_group and at.x() < ARROW_PX:
        sheet.fold(row.title)
    elif modifiers & Qt.KeyboardModifier.ControlModifier:
        chosen, new = set(sheet.chosen), set(row.tracks)
        sheet.choose(_in_order(layout, chosen - new if new <= chosen else chosen | new))
    elif modifiers & Qt.KeyboardModifier.ShiftModifier and sheet.chosen:
        sheet.choose(_through(layout, sheet.chosen[-1], row))
    else:
        sheet.choose(row.tracks)


def choose_keys(timeline: TimelineModel, row: Row) -> None:
    """Choose all keys of a row."""
    tracks = (timeline.timeline.track(name) for name in row.tracks)
    timeline.select([KeyId(track.name, time_s) for track in tracks for time_s in track.times])


def _in_order(layout: SheetLayout, tracks: set[str]) -> list[str]:
    shown = [row.track for row in layout.rows if row.track in tracks]
    return shown + sorted(tracks.difference(shown))


def _through(layout: SheetLayout, first: str, last: Row) -> list[str]:
    """The tracks from one row to another, the way they are shown."""
    places = [place for place, row in enumerate(layout.rows) if row.track == first or row is last]
    between = layout.rows[min(places) : max(places) + 1]
    return [row.track for row in between if not row.is_group] or list(last.tracks)
