"""What a slider shows besides its value: which rules hold for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Marks:
    """What a slider shows of the rules, besides its value. `link` is the number of its link, -1 for none."""

    is_locked: bool = False
    is_favourite: bool = False
    is_chosen: bool = False
    is_alone: bool = False
    is_dimmed: bool = False  # others are shown alone
    link: int = -1
    trained: tuple[float, float] | None = None  # None: nobody says
