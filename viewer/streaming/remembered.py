"""What the panel asked for last, kept as JSON among the settings, but for the target, which may hold secrets."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any

from PySide6.QtCore import QSettings

from viewer.streaming.wish import StreamWish

KEY = "streams/form"
_MOST = 1 << 31  # what fields of numbers hold


def remember(wish: StreamWish, memory: QSettings | None) -> None:
    """Keep it for the next time."""
    if memory is not None:
        memory.setValue(KEY, json.dumps({name: value for name, value in asdict(wish).items() if name != "to"}))


def remembered(memory: QSettings | None) -> StreamWish:
    """What was kept; what cannot be read, or is of another kind, is as at first."""
    told: object = None
    if memory is not None:
        with suppress(ValueError, RecursionError):
            told = json.loads(str(memory.value(KEY, "")))
    wish: StreamWish = replace(_like(StreamWish(), told), to="")
    return wish


def _like(usual: Any, told: object) -> Any:
    """`told` where it is of the kind that `usual` is, part by part."""
    if is_dataclass(usual) and not isinstance(usual, type):
        parts = told if isinstance(told, dict) else {}
        names = [field.name for field in fields(usual) if field.name in parts]
        return replace(usual, **{name: _like(getattr(usual, name), parts[name]) for name in names})
    if isinstance(usual, tuple):
        texts = tuple(one for one in told if isinstance(one, str)) if isinstance(told, list) else ()
        return texts or usual
    if type(told) is not type(usual) or (isinstance(told, int | float) and not abs(told) < _MOST):  # NaN is not less
        return usual
    return told
