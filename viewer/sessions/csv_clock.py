"""The column of a CSV that says when: a timecode, seconds or parts of them, or frame numbers; and what it means.

Times come out in seconds from the first row. Steps back stay: whoever plays the rows decides about them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

PHONE_FPS = 60.0  # what Live Link Face counts its timecode in by default
FRAME_FPS = 30.0  # of files that count frames, or nothing
DAY_S = 24 * 3600
# Rates a timecode is counted in, for files that do not say: all do not.
_RATES = (24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 90.0, 100.0, 120.0, 240.0)
_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_UNIT_NAMES = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("us", "usec", "micros", "microseconds"), "us"),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanoseconds"), "ns"),
}
_TIME = re.compile(rf"(?:time|timestamp|elapsed|elapsedtime|t)?({'|'.join(sorted(_UNIT_NAMES, key=len)[::-1])})")
_BARE = ("time", "timestamp", "elapsed", "elapsedtime", "t")
_FRAME = re.compile(r"frame(s|number|num|no|index|id)?")
# Nobody films slower than this, so times without a unit that step further are not seconds.
_SLOWEST_S = 1.0

Stamp = tuple[int, float]  # whole seconds of the day, frames


@dataclass(frozen=True)
class Clock:
    """What a column counts: `unit` is timecode, s, ms, us, ns, frame, or a question mark for times without a unit."""

    name: str
    unit: str


def clock_of(name: str) -> Clock | None:
    """The clock that a column's name stands for, or None."""
    key = re.sub(r"[^a-z]", "", name.lower())
    if key == "timecode":
        return Clock(name, "timecode")
    if key in _BARE:
        return Clock(name, "?")
    if found := _TIME.fullmatch(key):
        return Clock(name, _UNIT_NAMES[found[1]])
    return Clock(name, "frame") if _FRAME.fullmatch(key) else None


def preferred(clocks: Sequence[Clock]) -> Clock | None:
    """The one to go by, of several: a timecode, then times with a unit, then without, then frames."""
    return min(clocks, key=lambda clock: ("timecode", "s", "ms", "us", "ns", "?", "frame").index(clock.unit),
               default=None)  # fmt: skip


def stamp(text: str) -> Stamp:
    """The parts of a timecode HH:MM:SS:FF.sub; a semicolon marks drop frame.

    Raises:
        ValueError: it is none.
    """
    parts = text.strip().replace(";", ":").split(":")
    try:
        hours, minutes, seconds = map(int, parts[:3])
        (frames,) = map(float, parts[3:])
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no timecode HH:MM:SS:FF.sub") from None
    if not (0 <= minutes < 60 and 0 <= seconds < 60 and 0 <= hours < 1000 and 0 <= frames < 1000):
        raise ValueError(f"{text[:40]!r} is no timecode HH:MM:SS:FF.sub")
    return hours * 3600 + minutes * 60 + seconds, frames


def moment(text: str) -> float:
    """A time or a frame number.

    Raises:
        ValueError: it is no finite number.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= 1e18:
        raise ValueError(f"the time {text[:40]!r} is no number")
    return value


def from_timecodes(stamps: Sequence[Stamp], fps: float | None) -> tuple[list[float], str]:
    """Seconds from the first, over midnight and on; and what had to be assumed."""
    rate, remark = (fps, "") if fps else _rate(stamps)
    day, previous = 0.0, -math.inf
    times = []
    for second, frames in stamps:
        time = second + frames / rate
        if time + day < previous - DAY_S / 2:  # past midnight; a small step back is the clock's, and stays
            day += DAY_S
        previous = time + day
        times.append(previous)
    return [time - times[0] for time in times], remark


def from_numbers(clock: Clock, values: Sequence[float], fps: float | None) -> tuple[list[float], str]:
    """Seconds from the first, and what had to be assumed."""
    unit, remark = clock.unit, ""
    if unit == "frame":
        rate = fps or FRAME_FPS
        remark = "" if fps else f"{clock.name} is taken as {rate:g} frames a second"
        return [(value - values[0]) / rate for value in values], remark
    if unit == "?":
        unit = _likely_unit(values)
        remark = f"{clock.name} has no unit: taken as {unit}" if unit != "s" else ""
    return [(value - values[0]) * _UNITS[unit] for value in values], remark


def _likely_unit(values: Sequence[float]) -> str:
    step = median(after - before for before, after in pairwise(values)) if len(values) > 1 else 0.0
    return next((unit for unit, scale in _UNITS.items() if step * scale <= _SLOWEST_S), "ns")


def _rate(stamps: Sequence[Stamp]) -> tuple[float, str]:
    """The usual rate just above the greatest frame number, if the take is long enough to have shown it."""
    greatest = max((frames for _, frames in stamps), default=0.0)
    whole = len({second for second, _ in stamps}) >= 3  # the first and the last second may be cut
    floor = 0.0 if whole else PHONE_FPS - 1
    rate = next((rate for rate in _RATES if rate > max(math.floor(greatest), floor)), greatest + 1)
    could_be_slower = not whole and len(stamps) > 1 and greatest < PHONE_FPS / 2
    return rate, f"too short to show how its timecode counts: taken as {rate:g} frames a second" * could_be_slower
