"""Where everything of the timeline lies in its widget: ruler above, names at the left, rows or curves. No Qt.

Pixels are the widget's own, from its upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass

from viewer.performance.keyframes import limits
from viewer.timeline.rows import Row
from viewer.timeline.scale import TimeScale

NAMES_PX, RULER_PX, ROW_PX = 164, 24, 18
ARROW_PX = 18  # of a group's heading, from the left
EDGE_PX = 12.0  # of the field of curves, above the greatest and below the least value


@dataclass(frozen=True)
class SheetLayout:
    """`scroll_px` is how far the rows are scrolled; the scale begins where the names end."""

    width_px: int
    height_px: int
    rows: tuple[Row, ...]
    scale: TimeScale
    scroll_px: int = 0

    @property
    def sheet_px(self) -> int:
        """The width without the names."""
        return max(self.width_px - NAMES_PX, 1)

    @property
    def body_px(self) -> int:
        """The height without the ruler."""
        return max(self.height_px - RULER_PX, 1)

    @property
    def scrolls_px(self) -> int:
        """How far the rows can be scrolled."""
        return max(len(self.rows) * ROW_PX - self.body_px, 0)

    def top(self, index: int) -> int:
        """Where a row begins."""
        return RULER_PX + index * ROW_PX - self.scroll_px

    @property
    def visible(self) -> range:
        """The rows of which something is in sight."""
        first = self.scroll_px // ROW_PX
        last = -(-(self.scroll_px + self.body_px) // ROW_PX)
        return range(first, min(last, len(self.rows)))

    def row_at(self, y: float) -> Row | None:
        """The row at a height."""
        if not RULER_PX <= y < self.height_px:
            return None
        index = int(y - RULER_PX + self.scroll_px) // ROW_PX
        return self.rows[index] if index < len(self.rows) else None

    def rows_between(self, above: float, below: float) -> tuple[Row, ...]:
        """The rows that a rectangle touches."""
        first = max(int(max(above, RULER_PX) - RULER_PX + self.scroll_px) // ROW_PX, 0)
        last = int(max(below, RULER_PX) - RULER_PX + self.scroll_px) // ROW_PX
        return self.rows[first : last + 1]

    def x(self, time_s: float) -> float:
        """Where a moment lies."""
        return NAMES_PX + self.scale.x(time_s)

    def time(self, x: float) -> float:
        """The moment there."""
        return self.scale.time(x - NAMES_PX)

    # -- curves ------------------------------------------------------------------------------------------------------
    @property
    def curve_px(self) -> float:
        """Between the least and the greatest value of a track."""
        return max(self.body_px - 2 * EDGE_PX, 1.0)

    def y(self, track: str, value: float) -> float:
        """The height of a value in the field of curves, whose lower edge is the track's least value."""
        low, high = limits(track)
        return RULER_PX + EDGE_PX + (high - value) / (high - low) * self.curve_px

    def value(self, track: str, y: float) -> float:
        """The value at a height, within the track's limits."""
        low, high = limits(track)
        share = (y - RULER_PX - EDGE_PX) / self.curve_px
        return high - min(max(share, 0.0), 1.0) * (high - low)
