"""What supervisor and workers say to each other: one JSON value a line, down a worker's input and up its pipe.

    down   [form, ...]   what to play, once; the end of the input ends the worker
    up     a status      about twice a second, of each of its streams

A form with number SPARE has a worker get ready, say so, and wait for a second line, with the real forms.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from gpu_core.errors import MienError
from viewer.push.values import PushStatus, VideoForm
from viewer.streams.values import MpsLimits, StreamForm, StreamStatus

SPARE, READY = 0, "ready"  # a spare's number, and what it notes when only its form is missing
LONGEST_LINE = 1 << 20  # bytes: a status with its thumbnail has a few thousand
_NESTED: dict[str, type[Any]] = {"video": VideoForm, "mps": MpsLimits, "push": PushStatus}
Value = TypeVar("Value")


class MessageError(MienError):
    """A line that is no message."""


def forms_line(forms: Sequence[StreamForm]) -> bytes:
    """The line that tells a worker what to play. It holds the targets' secrets: for a pipe, never for a log."""
    return _line([asdict(form) for form in forms])


def read_forms(line: bytes) -> tuple[StreamForm, ...]:
    """The forms that `forms_line` wrote.

    Raises:
        MessageError: it is none; the text quotes nothing of it.
    """
    value = _value(line)
    if not isinstance(value, list) or not value:
        raise MessageError("a worker was sent something that is no list of streams")
    return tuple(_made(StreamForm, form) for form in value)


def status_line(status: StreamStatus) -> bytes:
    """The line that tells a supervisor how a stream goes."""
    return _line(asdict(status) | {"thumbnail": base64.b64encode(status.thumbnail).decode()})


def read_status(line: bytes) -> StreamStatus:
    """The status that `status_line` wrote.

    Raises:
        MessageError: it is none.
    """
    return _made(StreamStatus, _value(line))


class Lines:
    """Bytes as they come, cut into lines; an endless one is given up, not kept."""

    def __init__(self) -> None:
        self._rest = b""

    def fed(self, piece: bytes) -> list[bytes]:
        """The lines that `piece` completes."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            self._rest = b""
        return lines


def _line(value: object) -> bytes:
    return json.dumps(value, default=_plain, separators=(",", ":")).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no message")


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MessageError("a line that is no message") from error


def _made(kind: type[Value], value: Any) -> Value:
    """A frozen value of its fields; each has the type of its default, or of the field's first words."""
    try:
        known = {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]
        if not isinstance(value, dict) or not known.keys() >= value.keys():
            raise ValueError("other fields")
        return kind(**{name: _field(name, known[name], given) for name, given in value.items()})
    except (ValueError, TypeError) as error:
        raise MessageError(f"a line that is no {kind.__name__}: {error}") from error


def _field(name: str, type_name: str, value: Any) -> Any:
    if name in _NESTED:
        return _made(_NESTED[name], value)
    if value is None and type_name.endswith("| None"):
        return None
    return _READERS[type_name.removesuffix(" | None")](value)


def _exactly(kind: type[Value]) -> Any:
    def read(value: Any) -> Value:
        if type(value) is not kind:
            raise TypeError(f"{type(value).__name__} in place of {kind.__name__}")
        return value

    return read


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise TypeError("no finite number")
    return float(value)


def _bytes(value: Any) -> bytes:
    return base64.b64decode(_exactly(str)(value), validate=True)


def _path(value: Any) -> Path:
    return Path(_exactly(str)(value))


_READERS: dict[str, Any] = {
    "int": _exactly(int), "str": _exactly(str), "float": _number, "bytes": _bytes, "Path": _path,
}  # fmt: skip
