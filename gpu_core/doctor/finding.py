"""Finding: one line of the report."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata


@dataclass(frozen=True)
class Finding:
    """One line of the report. `reason` and `remedy` are filled where `ok` is False."""

    name: str
    ok: bool
    value: str
    reason: str = ""
    remedy: str = ""
    needed: bool = True  # False: Mien runs without it, with less


def version_of(distribution: str) -> str | None:
    """The version of an installed package, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
