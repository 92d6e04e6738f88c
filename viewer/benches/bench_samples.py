"""What `mien bench --compare` reads of a bench's file: one number a round for each row and metric.

rows[i].samples         {metric: [one number a round]}; `fps` and `..._per_s` are better high, all others low
rows[i].calibration_ms  [one number a round]: how slow the machine was just then; may be missing
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from gpu_core.errors import MienError
from viewer.benches.bench_file import SCHEMA

_LARGEST_BYTES = 64 << 20
# What a sample may be, in whatever unit: nothing measured is beyond, and quotients within stay finite.
LEAST_MEASURE, _LARGEST_MEASURE = 1e-9, 1e12
# What tells rows of one file apart, in the order in which it is said; what is named needs no more.
_NAMES = ("peers", "name"), ("generator", "way", "precision", "engine", "batch", "faces")
_MOODS = {"time": "calibration_ms", "core": "calibration_core_ms"}
_MACHINE = ("processor", "cores", "opengl", "gpu")

Key: TypeAlias = tuple[str, str]  # row, metric
Samples: TypeAlias = tuple[float, ...]  # in the order of the rounds


@dataclass(frozen=True)
class BenchFile:
    """What two benches are compared by."""

    path: Path
    kind: str
    machine: Mapping[str, str]
    settings: Mapping[str, str]  # settings and versions: what may differ, and is said if it does
    series: Mapping[Key, Samples]
    moods: Mapping[str, Samples] = field(default_factory=dict)  # all rows' calibrations: "time", "core"


def read_bench(path: Path) -> BenchFile:
    """Read what a bench has written with --json.

    Raises:
        MienError: it is not there, is no bench's file, is newer than this program, or keeps no samples.
    """
    told = _object(path)
    kind, schema, rows = told.get("bench"), told.get("schema"), told.get("rows")
    if not isinstance(kind, str) or not isinstance(schema, int):
        raise MienError(f"{path}: not a file that mien bench --json has written (or one from before it kept samples)")
    if schema > SCHEMA:
        raise MienError(f"{path}: written by a newer Mien (schema {schema}, this one reads {SCHEMA}); update Mien")
    if not isinstance(rows, list):
        raise MienError(f"{path}: mien bench {kind} keeps no samples of its rounds: there is nothing to compare")
    settings = _texts(told.get("settings")) | _texts(told.get("versions"))
    machine = {name: text for name, text in (settings | _texts(told.get("machine"))).items() if name in _MACHINE}
    series: dict[Key, Samples] = {}
    beside = told.get("interop")
    rows = [*rows, *(beside if isinstance(beside, list) else ())]
    for row in rows:
        for key, found in _series(path, row).items():
            if key in series:
                raise MienError(f"{path}: two rows are called {key[0]!r}: which is which?")
            series[key] = found
    if not series:
        raise MienError(f"{path}: its rows carry no samples: there is nothing to compare")
    moods = {of: _mood(path, [told, *rows], entry) for of, entry in _MOODS.items()}
    return BenchFile(path, kind, machine, settings, series, moods)


def _mood(path: Path, objects: list[dict[str, Any]], entry: str) -> Samples:
    """All calibrations; nothing if one of them took no time, for nothing can be divided by it."""
    told = tuple(ms for row in objects for ms in _numbers(path, entry, row.get(entry) or []))
    return told if min(told, default=0.0) >= LEAST_MEASURE else ()


def _object(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise MienError(f"{path}: too large for a bench's file (more than {_LARGEST_BYTES >> 20} MB)")
        told = json.loads(path.read_bytes())
    except OSError as error:
        raise MienError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise MienError(f"{path}: not JSON: {error}".splitlines()[0]) from None
    if not isinstance(told, dict):
        raise MienError(f"{path}: not a file that mien bench --json has written")
    return told


def _texts(told: Any) -> dict[str, str]:
    """The plain entries of an object, as text."""
    plain = (str, int, float)
    return {name: str(value) for name, value in told.items() if isinstance(value, plain)} if _is_object(told) else {}


def _is_object(told: Any) -> bool:
    return isinstance(told, dict)


def _series(path: Path, row: Any) -> dict[Key, Samples]:
    """A row's series; none if nothing was measured for it."""
    if not _is_object(row):
        raise MienError(f"{path}: one of its rows is no object")
    samples, name = row.get("samples"), _row_name(row)
    if samples is None:
        return {}
    if isinstance(samples, list):  # of the one thing that most benches are about
        samples = {"fps": samples}
    if not _is_object(samples):
        raise MienError(f"{path}: the samples of {name!r} are no object")
    return {(name, metric): _numbers(path, name, values) for metric, values in samples.items()}


def _row_name(row: Mapping[str, Any]) -> str:
    fields = _NAMES[0] if "name" in row else _NAMES[1]
    told = [(field, row[field]) for field in fields if isinstance(row.get(field), str | int)]
    return " ".join(f"{field} {value}" if isinstance(value, int) else value for field, value in told) or "(no name)"


def _numbers(path: Path, name: str, values: Any) -> Samples:
    if not isinstance(values, list) or not all(_is_measure(value) for value in values):
        raise MienError(f"{path}: the samples of {name!r} are not all numbers from 0 up")
    return tuple(float(value) for value in values)


def _is_measure(value: Any) -> bool:
    """A number that a duration or a rate can be."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= _LARGEST_MEASURE
