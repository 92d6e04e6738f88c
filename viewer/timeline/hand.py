"""The mouse in the timeline: choose keys, drag them, copy them, scrub, zoom and pan.

    press ---> a gesture (scrub, pan, band, drag of keys) ---> move ... ---> release: one step of the history

What a drag does is worked out anew from the timeline as it was when it began, so nothing it passes over is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer.performance.editing import KeyId, with_keys
from viewer.performance.keyframes import Key
from viewer.performance.timeline import Timeline
from viewer.timeline.layout import ARROW_PX, NAMES_PX, RULER_PX, SheetLayout
from viewer.timeline.model import TimelineModel
from viewer.timeline.moves import Keys, counted, dragged, duplicated, ease_at, snapped_by
from viewer.timeline.names import choose_keys, press_name
from viewer.timeline.pointing import curve_key_at, keys_at, keys_within
from viewer.timeline.rows import Row
from viewer.timeline.sheet import TimelineSheet

WHEEL_STEP = 1.0015  # zoom per eighth of a degree of the wheel, as over the face
SLOW_S = 0.1  # for an edit while dragging: some hundred thousand keys
STILL_PX = 3.0  # a press that moves no further is a click
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip


@dataclass(frozen=True)
class Grab:
    """Keys in the hand: where they were taken, and what the timeline was then."""

    at: QPointF
    keys: Keys
    leader_s: float  # the moment of the key under the pointer, which is what snaps
    timeline: Timeline
    copies: bool


class TimelineHand:
    """What the widget does with its mouse events. `band` is the rectangle being drawn, for the widget to paint."""

    def __init__(
        self, timeline: TimelineModel, sheet: TimelineSheet, layout: Callable[[], SheetLayout],
        repaint: Callable[[], None],
    ) -> None:  # fmt: skip
        self._timeline, self._sheet, self._layout, self._repaint = timeline, sheet, layout, repaint
        self.band: QRectF | None = None
        self._pressed: QPointF | None = None
        self._clicked: Callable[[], None] | None = None  # what it was if it stays a click
        self._follow: Callable[[QMouseEvent], None] | None = None
        self._grab: Grab | None = None
        self._has_moved = False
        self._is_slow = False  # what is in the hand takes so long to move that it waits until it is let go

    @property
    def is_busy(self) -> bool:
        """Whether a button is down."""
        return self._pressed is not None

    # -- buttons -----------------------------------------------------------------------------------------------------
    def press(self, event: QMouseEvent) -> None:
        """Begin."""
        at, layout = event.position(), self._layout()
        self._pressed, self._has_moved, self._clicked = at, False, None
        if event.button() == Qt.MouseButton.MiddleButton:
            self._follow = self._pan
        elif event.button() != Qt.MouseButton.LeftButton:
            self._pressed = None
        elif at.x() < NAMES_PX:
            press_name(self._sheet, layout, at, event.modifiers())
        elif at.y() < RULER_PX:
            self._follow = self._span if event.modifiers() & SHIFT else self._scrub
            if self._follow == self._scrub:
                self._scrub(event)
        else:
            self._press_sheet(event)

    def move(self, event: QMouseEvent) -> None:
        """Go on."""
        if self._pressed is None or self._follow is None:
            return
        far = event.position() - self._pressed
        if not self._has_moved and max(abs(far.x()), abs(far.y())) < STILL_PX and self._follow != self._scrub:
            return
        self._has_moved = True
        if not self._is_slow:
            self._follow(event)

    def release(self, event: QMouseEvent) -> None:
        """End; a press that did not move was a click."""
        if self._pressed is None:
            return
        if self._is_slow and self._follow == self._drag:
            self._drag(event)
        if self.band is not None:
            self._take_band(add=bool(event.modifiers() & CONTROL))
        elif not self._has_moved and self._clicked is not None:
            self._clicked()
        self._let_go()

    def cancel(self) -> bool:
        """Put back what is in the hand; whether there was anything."""
        grab, was_busy = self._grab, self.is_busy
        if grab is not None and self._has_moved:
            self._timeline.edit(grab.timeline, self._text(grab), selection=grab.keys, is_patient=True)
        self._let_go()
        return was_busy

    def _let_go(self) -> None:
        if self._grab is not None and self._has_moved:
            self._timeline.end_gesture()
        self._pressed = self._follow = self._clicked = self._grab = None
        self._is_slow = False
        if self.band is not None:
            self.band = None
            self._repaint()

    # -- keys --------------------------------------------------------------------------------------------------------
    def keys_at(self, at: QPointF) -> Keys:
        """The keys under a pixel."""
        layout, timeline, sheet = self._layout(), self._timeline.timeline, self._sheet
        if sheet.shows_curves:
            return curve_key_at(layout, timeline, sheet.columns, sheet.curves, at.x(), at.y())
        return keys_at(layout, timeline, sheet.columns, at.x(), at.y())

    def _press_sheet(self, event: QMouseEvent) -> None:
        keys, at = self.keys_at(event.position()), event.position()
        adds = bool(event.modifiers() & CONTROL)
        if not keys:
            self._follow = self._draw_band
            if not adds:
                self._clicked = partial(self._timeline.select, ())
            return
        chosen = self._timeline.selection
        if adds:
            self._clicked = partial(self._timeline.select, chosen - keys if keys <= chosen else chosen | keys)
            keys = chosen | keys
        elif keys <= chosen:
            self._clicked = partial(self._timeline.select, keys)
            keys = chosen
        else:
            self._timeline.select(keys)
        leader_s = min((key.time_s for key in keys), key=lambda time_s: abs(self._layout().x(time_s) - at.x()))
        self._grab = Grab(at, keys, leader_s, self._timeline.timeline, adds)
        self._follow = self._drag
        self._timeline.end_gesture()

    def _drag(self, event: QMouseEvent) -> None:
        grab, layout = self._grab, self._layout()
        if grab is None:
            return
        start_s = time.perf_counter()
        far = event.position() - grab.at
        by_s = far.x() / layout.scale.px_per_s
        # In the field of curves Shift keeps to the way that was taken: in time or in value.
        locks = bool(event.modifiers() & SHIFT) and self._sheet.shows_curves
        by_share = -far.y() / layout.curve_px if self._sheet.shows_curves else 0.0
        if locks:
            by_s, by_share = (by_s, 0.0) if abs(far.x()) > abs(far.y()) else (0.0, by_share)
        if by_s and self._sheet.snaps != bool(event.modifiers() & ALT):
            by_s = snapped_by(grab.timeline, grab.leader_s, by_s)
        if grab.copies:
            result = duplicated(grab.timeline, grab.keys, by_s=by_s)
        else:
            result = dragged(grab.timeline, grab.keys, by_s=by_s, by_share=by_share)
        self._timeline.edit(result.timeline, self._text(grab), selection=result.chosen, is_patient=True)
        self._is_slow = time.perf_counter() - start_s > SLOW_S

    @staticmethod
    def _text(grab: Grab) -> str:
        return f"{'Duplicate' if grab.copies else 'Move'} {counted(len(grab.keys))}"

    def double_click(self, event: QMouseEvent) -> None:
        """Set a key there: on the curve of a row, or where the pointer is in the field of curves."""
        at, layout = event.position(), self._layout()
        if event.button() != Qt.MouseButton.LeftButton or at.y() < RULER_PX:
            return
        row = layout.row_at(at.y())
        if at.x() < NAMES_PX:
            if row is not None and at.x() >= (ARROW_PX if row.is_group else 0):
                choose_keys(self._timeline, row)
        elif not self.keys_at(at):
            self._set_key(row, at, layout, free=bool(event.modifiers() & ALT))

    def _set_key(self, row: Row | None, at: QPointF, layout: SheetLayout, *, free: bool) -> None:
        curves, timeline = self._sheet.curves, self._timeline.timeline
        name = (curves[0] if len(curves) == 1 else "") if self._sheet.shows_curves else row.track if row else ""
        if not name:
            return
        time_s = min(max(layout.time(at.x()), 0.0), timeline.duration_s)
        if self._sheet.snaps != free:
            time_s += snapped_by(timeline, time_s, 0.0)
        value = layout.value(name, at.y()) if self._sheet.shows_curves else timeline.track(name).at(time_s)
        changed = with_keys(timeline, [(name, Key(time_s, value, ease_at(timeline, name, time_s)))])
        self._timeline.end_gesture()
        self._timeline.edit(changed, "Set 1 key", selection=[KeyId(name, time_s)])
        self._timeline.end_gesture()

    # -- the band ----------------------------------------------------------------------------------------------------
    def _draw_band(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self.band = QRectF(self._pressed, event.position()).normalized()
            self._repaint()

    def _take_band(self, *, add: bool) -> None:
        assert self.band is not None
        box, sheet = self.band, self._sheet
        curves = sheet.curves if sheet.shows_curves else None
        left = max(box.left(), float(NAMES_PX))
        found = keys_within(
            self._layout(), self._timeline.timeline, (left, box.top(), box.right(), box.bottom()), curves
        )
        self._timeline.select(self._timeline.selection | found if add else found)

    # -- time --------------------------------------------------------------------------------------------------------
    def _scrub(self, event: QMouseEvent) -> None:
        snaps = self._sheet.snaps != bool(event.modifiers() & ALT)
        self._sheet.move_playhead(self._layout().time(event.position().x()), snaps=snaps)

    def _span(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            layout = self._layout()
            self._sheet.set_loop_range((layout.time(self._pressed.x()), layout.time(event.position().x())))

    def _pan(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            by_px = event.position().x() - self._pressed.x()
            self._pressed = event.position()
            self._sheet.set_scale(self._sheet.scale.panned(by_px, self._timeline.timeline.duration_s))

    def wheel(self, event: QWheelEvent) -> bool:
        """Zoom about the pointer; with Shift, or sideways, pan. Over the names it is not for this."""
        at, delta, scale = event.position(), event.angleDelta(), self._sheet.scale
        duration_s = self._timeline.timeline.duration_s
        if at.x() < NAMES_PX or self.is_busy:
            return False
        sideways = delta.x() or (delta.y() if event.modifiers() & SHIFT else 0)
        if sideways:
            self._sheet.set_scale(scale.panned(sideways / 120 * scale.width_px / 10, duration_s))
        else:
            self._sheet.set_scale(scale.zoomed(WHEEL_STEP ** delta.y(), at.x() - NAMES_PX, duration_s))
        return True
