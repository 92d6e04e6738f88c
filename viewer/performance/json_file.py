"""JSON files that Mien writes and people pass around: what they are, of which schema, and nothing taken on trust."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from gpu_core.errors import MienError

MAX_BYTES = 200_000_000  # a timeline with keys for every frame of an hour
T = TypeVar("T")


@dataclass(frozen=True)
class JsonForm:
    """What a file holds, as its member `mien` says, the newest schema that is understood, and the largest file."""

    kind: str
    schema: int
    most_bytes: int = MAX_BYTES

    def header(self) -> dict[str, Any]:
        """The first members of a file."""
        return {"mien": self.kind, "schema": self.schema}


def read_json(path: Path, form: JsonForm) -> dict[str, Any]:
    """The object in a file of that form.

    Raises:
        MienError: it cannot be read, is something else, or is from a newer Mien; the text does not name the file.
    """
    try:
        if not path.is_file():
            raise MienError("is no file" if path.exists() else "there is no such file")
        if path.stat().st_size > form.most_bytes:
            raise MienError(f"has {path.stat().st_size / 1e6:.0f} MB; at most {form.most_bytes / 1e6:.0f} MB are read")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise MienError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return check_header(parse_json(data), form)


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        MienError: it is none, or holds NaN or infinity.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MienError(f"is no JSON: {str(error)[:120]}") from error


def check_header(value: Any, form: JsonForm) -> dict[str, Any]:
    """`value`, if it is an object of that form and a schema that is understood; MienError otherwise."""
    if not isinstance(value, dict) or value.get("mien") != form.kind:
        raise MienError(f'is no {form.kind} of Mien: the member "mien": "{form.kind}" is not there')
    schema = value.get("schema")
    if type(schema) is not int or schema < 1:
        raise MienError(f"has no schema number, but {str(schema)[:20]!r}")
    if schema > form.schema:
        raise MienError(f"is from a newer Mien: schema {schema}, this one reads up to {form.schema}; update Mien")
    return value


def read_member(table: dict[str, Any], name: str, kind: type[T]) -> T:
    """A member of an object that must be of a type; MienError otherwise."""
    value = table.get(name)
    if type(value) is not kind:
        raise MienError(f"{str(name)[:40]!r} must be a {kind.__name__}, not {str(value)[:40]!r}")
    return value


def number(value: Any, what: str) -> float:
    """A finite number; MienError otherwise, which calls it `what`."""
    if type(value) not in (int, float) or abs(value) > 1e12 or not math.isfinite(value):
        raise MienError(f"{what[:60]} must be a number, not {str(value)[:20]!r}")
    return float(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number here")
