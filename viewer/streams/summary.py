"""What is left of a run of streams: their last statuses, and what they ran on, without secrets and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from viewer.streams.values import StreamForm, StreamStatus

_SHOWN = ("number", "source", "size", "video", "face", "generator", "path", "inference", "precision", "threads", "mps")


def summary(
    forms: Sequence[StreamForm], statuses: Sequence[StreamStatus], seconds: float, heading: Mapping[str, Any]
) -> dict[str, Any]:
    """For a JSON file. `heading` says when and on what; targets are told as their outputs tell them."""
    return {
        **heading,
        "seconds": round(seconds, 2),
        "asked": [asked(form) for form in forms],
        "failed": [status.number for status in statuses if status.state == "failed"],
        "streams": [told(status) for status in statuses],
    }


def command(options: Mapping[str, Any]) -> dict[str, Any]:
    """A command's options without its target: where it went, the statuses say, without secrets."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in options.items() if name != "to"}


def asked(form: StreamForm) -> dict[str, Any]:
    """A form without its target, which holds secrets."""
    value = asdict(form)
    return {name: str(value[name]) if name in ("face", "generator") and value[name] else value[name] for name in _SHOWN}


def told(status: StreamStatus) -> dict[str, Any]:
    """A status without its picture."""
    return {name: value for name, value in asdict(status).items() if name != "thumbnail"}
