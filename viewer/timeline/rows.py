"""The rows of the timeline: groups of tracks that fold, those that have keys or all, and a search. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gpu_core.expression import SHAPE_INDEX
from viewer import shape_titles

_ANGLES: Mapping[str, str] = {
    "yaw": "Turn", "pitch": "Nod", "roll": "Tilt", "gaze_yaw": "Look sideways", "gaze_pitch": "Look up and down",
}  # fmt: skip
_SHAPES = {region: tuple(name for row in rows for name in row) for region, rows in shape_titles.REGIONS.items()}
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Head": ("yaw", "pitch", "roll"),
    "Gaze": ("gaze_yaw", "gaze_pitch", *_SHAPES["Gaze"]),
    **{region: names for region, names in _SHAPES.items() if region != "Gaze"},
}


@dataclass(frozen=True)
class Row:
    """A group with its tracks, or one track."""

    title: str
    tracks: tuple[str, ...]
    is_group: bool = False
    is_open: bool = True

    @property
    def track(self) -> str:
        """Its track; "" for a group."""
        return "" if self.is_group else self.tracks[0]


def title(track: str) -> str:
    """What people call a track."""
    return shape_titles.title(track) if track in SHAPE_INDEX else _ANGLES[track]


def unit(track: str) -> str:
    """What follows its values."""
    return "" if track in SHAPE_INDEX else "°"


def rows_of(
    keyed: Collection[str], *, folded: Collection[str] = (), search: str = "", shows_all: bool = False
) -> tuple[Row, ...]:
    """The rows to show, from the tracks that have keys. A search opens what is folded, and finds all tracks."""
    words = search.lower().split()
    rows: list[Row] = []
    for group, names in GROUPS.items():
        found = tuple(name for name in names if (_finds(name, group, words) if words else shows_all or name in keyed))
        if not found:
            continue
        is_open = bool(words) or group not in folded
        rows.append(Row(group, found, is_group=True, is_open=is_open))
        rows += [Row(title(name), (name,)) for name in found if is_open]
    return tuple(rows)


def _finds(name: str, group: str, words: Collection[str]) -> bool:
    text = f"{name} {title(name)} {group}".lower()
    return all(word in text for word in words)
