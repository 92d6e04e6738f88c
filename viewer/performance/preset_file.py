"""Presets on disk: JSON, one file for one preset of the user's or for many that are passed on.

    {"mien": "presets", "schema": 1, "presets": [
      {"name": "joy", "title": "Joy", "group": "emotions", "weights": {"mouthSmileLeft": 0.8}, "head": {"yaw": 5}}]}

Weights and angles that are not there are 0; angles are degrees. `source` of a preset, or `sources` of the file, may say
where the numbers come from.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError
from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL, Expression
from viewer.performance.json_file import JsonForm, number, read_json, read_member
from viewer.picture_file import write_whole

# 10,000 faces with every weight to its last digit have some 25 MB.
FORM = JsonForm("presets", 1, most_bytes=40_000_000)
MOST_PRESETS = 10_000
LONGEST_SOURCE = 2000
LONGEST_TITLE = 60
_NAME = re.compile(r"\w[\w-]{0,79}")
# Names that Windows keeps for itself, whatever their ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


class PresetError(MienError):
    """A preset or its file is not what it must be, or cannot be written; the text is one line."""


@dataclass(frozen=True)
class Preset:
    """A named face. `name` is its key and its file's name, `title` what people read, `group` where it is listed.

    `source` says where its numbers come from, "" if nobody said.
    """

    name: str
    title: str
    group: str
    expression: Expression
    source: str = ""


def name_of(title: str) -> str:
    """The key of a title: lower case, words joined by hyphens; any script's letters.

    Raises:
        PresetError: nothing of it can be a file's name.
    """
    name = "-".join(re.findall(r"\w+", title.lower()))[:80].strip("-_")
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise PresetError(f"{title[:60]!r} cannot be a preset's name: give one with letters or digits")
    return name


def checked_title(title: str) -> str:
    """A title without space around it.

    Raises:
        PresetError: it is empty, too long, or has characters that nobody sees.
    """
    title = title.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise PresetError(f"a preset's title has 1 to {LONGEST_TITLE} visible characters, not {title[:60]!r}")
    return title


def read_presets(path: Path) -> tuple[Preset, ...]:
    """The presets in a file.

    Raises:
        PresetError: it cannot be read, is no such file, is damaged, or is from a newer Mien.
    """
    try:
        table = read_json(path, FORM)
        rows, source = read_member(table, "presets", list), _source(table, "sources")
        if not 0 < len(rows) <= MOST_PRESETS:
            raise PresetError(f"holds {len(rows)} presets: 1 to {MOST_PRESETS:,} are read")
        found = tuple(_preset(row, source) for row in rows)
        if twice := [name for name, count in Counter(preset.name for preset in found).items() if count > 1]:
            raise PresetError(f"holds two presets {twice[0]!r}")
    except MienError as error:
        raise PresetError(f"{path}: {error}") from error
    return found


def write_presets(presets: Iterable[Preset], path: Path) -> None:
    """Write a file, or leave what was there.

    Raises:
        PresetError: it cannot be written.
    """
    text = to_json(presets)
    try:
        write_whole(path, lambda file: file.write(text.encode()))
    except MienError as error:
        raise PresetError(str(error)) from error


def to_json(presets: Iterable[Preset]) -> str:
    """The text of a file."""
    rows = ",\n".join(json.dumps(_row(preset), ensure_ascii=False, allow_nan=False) for preset in presets)
    header = json.dumps(FORM.header())[:-1]
    return f'{header}, "presets": [\n{rows}\n]}}\n'


def _row(preset: Preset) -> dict[str, Any]:
    face = preset.expression
    weights = {name: weight for name, weight in zip(ARKIT_SHAPES, face.weights, strict=True) if weight}
    head = {axis: getattr(face, axis) for axis in HEAD_LIMITS_DEG if getattr(face, axis)}
    row: dict[str, Any] = {"name": preset.name, "title": preset.title, "group": preset.group, "weights": weights}
    return row | ({"head": head} if head else {}) | ({"source": preset.source} if preset.source else {})


def _preset(row: Any, source: str) -> Preset:
    if not isinstance(row, dict):
        raise PresetError(f"a preset must be an object, not {str(row)[:40]!r}")
    name = read_member(row, "name", str)
    if not _NAME.fullmatch(name) or name != name.lower() or name in _RESERVED:
        raise PresetError(f"{name[:60]!r} cannot be a preset's name: lower-case letters, digits, hyphens")
    title, group = checked_title(read_member(row, "title", str)), checked_title(read_member(row, "group", str))
    try:
        return Preset(name, title, group, _expression(row), _source(row, "source") or source)
    except MienError as error:
        raise PresetError(f"preset {name}: {error}") from error


def _source(table: dict[str, Any], member: str) -> str:
    """What a file says of where its numbers come from: shown, never needed."""
    text = table.get(member, "")
    if not isinstance(text, str) or not text.isprintable():
        return ""
    return text.strip()[:LONGEST_SOURCE]


def _expression(row: dict[str, Any]) -> Expression:
    weights = read_member(row, "weights", dict)
    head = read_member(row, "head", dict) if "head" in row else {}
    if strange := next((axis for axis in head if axis not in HEAD_LIMITS_DEG), None):
        raise PresetError(f"the head has no {str(strange)[:20]!r}, but {', '.join(HEAD_LIMITS_DEG)}")
    face = NEUTRAL.with_weights({name: number(value, name) for name, value in weights.items()})
    face = face.with_head(**{axis: number(value, axis) for axis, value in head.items()})
    if notes := face.clamped()[1]:
        raise PresetError(notes[0].partition(":")[0])
    return face
