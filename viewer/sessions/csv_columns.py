"""What the columns of a CSV stand for, by name: shapes, the head, the time; in any order and many spellings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gpu_core.expression import SHAPE_INDEX
from gpu_core.gltf.shape_names import canonical
from viewer.sessions.csv_clock import Clock, clock_of, preferred

MOST_COLUMNS = 2000
_ANGLE = re.compile(r"(?:head)?(?:rotation|rot)?(yaw|pitch|roll)(deg|degree|degrees|rad|radian|radians)?")
# What a phone writes and we know another way: the eyes' rotations say what the eyeLook weights say.
_KNOWN = re.compile(r"blendshapecount|(left|right)eye(yaw|pitch|roll)|neutral")
_TOLD = 8  # unknown columns in a remark


@dataclass(frozen=True)
class Columns:
    """Where everything is in a row."""

    names: tuple[str, ...]  # as the header has them
    clock: Clock | None
    clock_at: int
    count_at: int | None
    shapes: tuple[tuple[int, int], ...]  # column, index in ARKIT_SHAPES
    angles: tuple[tuple[int, str, str], ...]  # column, axis, unit: "deg", "rad", or "" where nothing says
    unknown: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.names)

    @property
    def wanted(self) -> tuple[int, ...]:
        """The columns whose cells make a face."""
        return (*(at for at, _ in self.shapes), *(at for at, _, _ in self.angles))

    def remark(self) -> str:
        """One sentence about the columns that mean nothing here, if there are any."""
        if not self.unknown:
            return ""
        told = ", ".join(name[:30] or "(without a name)" for name in self.unknown[:_TOLD])
        more = f" and {len(self.unknown) - _TOLD} more" if len(self.unknown) > _TOLD else ""
        are = "column is" if len(self.unknown) == 1 else "columns are"
        return f"{len(self.unknown)} {are} not known and passed over: {told}{more}"


def columns_of(header: Sequence[str]) -> Columns:
    """The columns that a header names.

    Raises:
        ValueError: it names no shape, one thing twice, or far too much.
    """
    if len(header) > MOST_COLUMNS:
        raise ValueError(f"no CSV of expressions: it has {len(header):,} columns, more than {MOST_COLUMNS:,}")
    clocks: dict[int, Clock] = {}
    shapes, angles, unknown = [], [], []
    count_at = None
    for at, name in enumerate(header):
        key = re.sub(r"[^a-z]", "", name.lower())
        if shape := canonical(name):
            shapes.append((at, SHAPE_INDEX[shape]))
        elif found := _ANGLE.fullmatch(key):
            angles.append((at, found[1], (found[2] or "")[:3]))
        elif clock := clock_of(name):
            clocks[at] = clock
        elif key == "blendshapecount":
            count_at = at
        elif not _KNOWN.fullmatch(key):
            unknown.append(name.strip())
    if not shapes:
        raise ValueError("no CSV of expressions: the first line names no blendshape")
    _refuse_twice(header, [at for at, _ in shapes], [index for _, index in shapes])
    _refuse_twice(header, [at for at, _, _ in angles], [axis for _, axis, _ in angles])
    clock = preferred(list(clocks.values()))
    at = next((at for at, other in clocks.items() if other == clock), -1)
    return Columns(
        tuple(name.strip()[:40] for name in header), clock, at, count_at, tuple(shapes), tuple(angles), tuple(unknown)
    )


def _refuse_twice(header: Sequence[str], places: Sequence[int], meanings: Sequence[object]) -> None:
    twice = next((meaning for meaning, count in Counter(meanings).items() if count > 1), None)
    if twice is not None:
        names = [header[at].strip()[:40] for at, meaning in zip(places, meanings, strict=True) if meaning == twice]
        raise ValueError(f"the columns {names[0]} and {names[1]} say the same: leave one out")
