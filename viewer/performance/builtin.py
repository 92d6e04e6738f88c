"""The performances that come with Mien: something to look at before a phone, a take or a voice is at hand.

`BUILTIN["talk"].at(t)` is the face `t` seconds in. A table is read when its performance is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from gpu_core.assets import resource
from gpu_core.expression import Expression
from viewer.performance.score import Score, read_score


class Performance(Protocol):
    """Expressions over time. What plays one asks for the moment it shows and keeps the clock itself."""

    @property
    def key(self) -> str:
        """Its name in settings and on the command line."""

    @property
    def title(self) -> str:
        """Its name in menus."""

    @property
    def duration_s(self) -> float:
        """Seconds until it ends or begins anew."""

    @property
    def loops(self) -> bool:
        """Whether its end runs smoothly into its beginning."""

    def at(self, t: float) -> Expression:
        """The face `t` seconds in, within the limits of `Expression.clamped`. The same `t` gives the same face."""


class _Shipped(Mapping[str, Performance]):
    """The shipped tables, each read once."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys
        self._scores: dict[str, Score] = {}

    def __getitem__(self, key: str) -> Performance:
        if key not in self._keys:
            raise KeyError(key)
        if key not in self._scores:
            self._scores[key] = read_score(resource("presets", "performances", f"{key}.json"))
        return self._scores[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


BUILTIN: Mapping[str, Performance] = _Shipped("talk", "look_around", "range")
