"""Timelines on disk: JSON, exact to the last bit of every number, written whole or not at all.

    {"mien": "timeline", "schema": 1, "title": "...", "duration_s": 4.0, "fps": 30.0, "loops": false,
     "tracks": {"jawOpen": [[0.0, 0.0, "linear"], [0.5, 1.0, "cubic"]], "yaw": [[0.0, -5.0, "step"]]}}

A key is [seconds, value, way to the next key]; channels and units are those of `viewer.performance.keyframes`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError
from viewer.performance.easing import Ease
from viewer.performance.json_file import JsonForm, check_header, number, parse_json, read_json, read_member
from viewer.performance.keyframes import Key, TimelineError, Track
from viewer.performance.timeline import Timeline
from viewer.picture_file import write_whole

FORM = JsonForm("timeline", 1)
MOST_KEYS = 2_000_000
_FEW = 1000


def write_timeline(timeline: Timeline, path: Path) -> None:
    """Write a file, or leave what was there.

    Raises:
        MienError: it cannot be written, or has more keys than are read again.
    """
    if (keys := sum(len(track.keys) for track in timeline.tracks)) > MOST_KEYS:
        raise TimelineError(f"{keys:,} keys are too many for a file of keys, {MOST_KEYS:,} at most: save it as .csv")
    text = to_json(timeline)
    write_whole(path, lambda file: file.write(text.encode()))


def read_timeline(path: Path) -> Timeline:
    """The timeline in a file.

    Raises:
        TimelineError: it cannot be read, is none, is damaged, or is from a newer Mien.
    """
    try:
        return _timeline(read_json(path, FORM))
    except MienError as error:
        raise TimelineError(f"{path}: {error}") from error


def to_json(timeline: Timeline) -> str:
    """The text of a file."""
    told = FORM.header() | {"title": timeline.title, "duration_s": timeline.duration_s, "fps": timeline.fps}
    head = json.dumps(told | {"loops": timeline.loops}, allow_nan=False).removesuffix("}")
    # Piece by piece: one call for all of them would hold up the threads of a window for long.
    tracks = ", ".join(f'"{track.name}": {_keys(track)}' for track in timeline.tracks)
    return f'{head}, "tracks": {{{tracks}}}}}\n'


def _keys(track: Track) -> str:
    parts = [track.keys[start : start + _FEW] for start in range(0, len(track.keys), _FEW)]
    rows = [json.dumps([[key.time_s, key.value, key.ease.value] for key in keys], allow_nan=False) for keys in parts]
    return "[" + ", ".join(text[1:-1] for text in rows) + "]"


def from_json(text: str | bytes) -> Timeline:
    """The timeline of a text.

    Raises:
        TimelineError: it is none, is damaged, or is from a newer Mien.
    """
    try:
        return _timeline(check_header(parse_json(text), FORM))
    except MienError as error:
        raise TimelineError(str(error)) from error


def _timeline(table: dict[str, Any]) -> Timeline:
    tracks = read_member(table, "tracks", dict)
    lists = [(name, read_member(tracks, name, list)) for name in tracks]
    if sum(len(rows) for _, rows in lists) > MOST_KEYS:
        raise TimelineError(f"more than {MOST_KEYS:,} keys")
    return Timeline.of(
        (Track(name, tuple(_key(name, row) for row in rows)) for name, rows in lists),
        duration_s=number(table.get("duration_s"), "duration_s"),
        fps=number(table.get("fps"), "fps"),
        title=read_member(table, "title", str)[:200],
        loops=read_member(table, "loops", bool),
    )


def _key(name: str, row: Any) -> Key:
    if not isinstance(row, list) or len(row) != 3 or row[2] not in tuple(Ease):
        raise TimelineError(f"a key of {name} must be [seconds, value, linear|step|cubic], not {str(row)[:60]}")
    return Key(number(row[0], f"a time of {name}"), number(row[1], f"a value of {name}"), Ease(row[2]))
