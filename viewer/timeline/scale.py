"""Times and pixels of the timeline: where a moment lies, zoom about a point, and the marks of the ruler. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

MARGIN_PX = 14.0  # free beside the first and the last moment, where a key there would be cut in half
CLOSEST_PX_PER_S = 4000.0  # 33 px to a frame at 120 a second
LABEL_PX, MARK_PX = 76.0, 7.0  # between two labels, between two marks: at least
_COARSE_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)


@dataclass(frozen=True)
class TimeScale:
    """`start_s` lies at pixel 0; `width_px` are seen."""

    start_s: float = -0.2
    px_per_s: float = 80.0
    width_px: float = 800.0

    @classmethod
    def fitted(cls, start_s: float, end_s: float, width_px: float) -> TimeScale:
        """All from `start_s` to `end_s`, with a margin."""
        room = max(width_px - 2 * MARGIN_PX, 1.0)
        px_per_s = min(room / max(end_s - start_s, 1e-6), CLOSEST_PX_PER_S)
        return cls(start_s - MARGIN_PX / px_per_s, px_per_s, width_px)

    @property
    def end_s(self) -> float:
        """The moment at the right edge."""
        return self.start_s + self.width_px / self.px_per_s

    def x(self, time_s: float) -> float:
        """Where a moment lies, in pixels."""
        return (time_s - self.start_s) * self.px_per_s

    def time(self, x: float) -> float:
        """The moment at a pixel."""
        return self.start_s + x / self.px_per_s

    def zoomed(self, factor: float, about_px: float, duration_s: float) -> TimeScale:
        """Closer by a factor, with the moment at a pixel kept there; never further away than twice what there is."""
        furthest = TimeScale.fitted(0.0, duration_s, self.width_px).px_per_s / 2
        px_per_s = min(max(self.px_per_s * factor, furthest), CLOSEST_PX_PER_S)
        start_s = self.time(about_px) - about_px / px_per_s
        return replace(self, start_s=start_s, px_per_s=px_per_s).within(duration_s)

    def panned(self, by_px: float, duration_s: float) -> TimeScale:
        """The sheet moved to the right by so many pixels."""
        return replace(self, start_s=self.start_s - by_px / self.px_per_s).within(duration_s)

    def within(self, duration_s: float) -> TimeScale:
        """As near to this as keeps some of the timeline in sight."""
        margin_s, seen_s = MARGIN_PX / self.px_per_s, self.width_px / self.px_per_s
        latest_s = max(duration_s - seen_s / 2, 0.0) - margin_s
        return replace(self, start_s=min(max(self.start_s, -margin_s), latest_s))

    def showing(self, time_s: float, duration_s: float) -> TimeScale:
        """This one if the moment is in sight, else turned like a page."""
        if MARGIN_PX / 2 <= self.x(time_s) <= self.width_px - MARGIN_PX / 2:
            return self
        return replace(self, start_s=time_s - MARGIN_PX / self.px_per_s).within(duration_s)


@dataclass(frozen=True)
class Mark:
    """A line of the ruler. `label` is "" for the short ones; `frame` counts from the beginning."""

    time_s: float
    label: str
    frame: int


def marks(scale: TimeScale, fps: float, duration_s: float) -> Iterator[Mark]:
    """The ruler's marks in sight, from 0 to the end of the timeline: seconds, or frames where those have room."""
    per_second = round(fps)
    in_frames = [step for step in range(1, per_second) if per_second % step == 0]
    steps_s = [step / fps for step in in_frames] + [float(step) for step in _COARSE_S]
    labelled_s = next((step for step in steps_s if step * scale.px_per_s >= LABEL_PX), steps_s[-1])
    fine = [step for step in steps_s if step * scale.px_per_s >= MARK_PX and _divides(step, labelled_s)]
    step_s = fine[0] if fine else labelled_s
    every = round(labelled_s / step_s)
    first = max(math.ceil(scale.start_s / step_s), 0)
    last = math.floor(min(scale.end_s, duration_s) / step_s + 1e-6)
    for index in range(first, last + 1):
        time_s = index * step_s
        frame = round(time_s * fps)
        yield Mark(time_s, clock(time_s, fps) if index % every == 0 else "", frame)


def _divides(step: float, whole: float) -> bool:
    return abs(whole / step - round(whole / step)) < 1e-6


def clock(time_s: float, fps: float) -> str:
    """A moment as a ruler says it: "0:03", or "0:03+12" for the twelfth frame after that second."""
    frame = round(time_s * fps)
    second = math.floor(frame / fps + 1e-6)
    rest = frame - math.ceil(second * fps - 1e-6)
    whole = f"{second // 60}:{second % 60:02d}"
    return f"{whole}+{rest}" if rest > 0 else whole
