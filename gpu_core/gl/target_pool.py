"""The target sets of an engine: which are free, and which somebody still holds after there are others."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack

from gpu_core.atlas import Atlas
from gpu_core.gl.targets import TargetSet


def make_sets(atlas: Atlas, count: int) -> list[TargetSet]:
    """So many target sets, or none: what was made is closed again if one cannot be.

    Raises:
        GLError: OpenGL refuses.
    """
    with ExitStack() as made:
        sets = [made.enter_context(TargetSet(atlas)) for _ in range(count)]
        made.pop_all()
    return sets


class TargetPool:
    """Target sets by numbers that are never given twice. A set that is replaced while in use lives until it is back.

    Use only on the thread whose context is current. It owns the sets.
    """

    def __init__(self) -> None:
        self._sets: dict[int, TargetSet] = {}
        self._free: deque[int] = deque()
        self._current: frozenset[int] = frozenset()
        self._next = 0

    def __len__(self) -> int:
        """Sets that exist, those that were replaced but are still in use included."""
        return len(self._sets)

    def __getitem__(self, index: int) -> TargetSet:
        return self._sets[index]

    @property
    def has_free(self) -> bool:
        """Whether `first_free` has an answer."""
        return bool(self._free)

    @property
    def first_free(self) -> int:
        """The number of the set that `take` would give."""
        return self._free[0]

    def take(self) -> int:
        """The number of a set that is the caller's until `give_back`."""
        return self._free.popleft()

    def give_back(self, index: int) -> None:
        """The set may be used again, or is closed if it has been replaced meanwhile."""
        if index in self._current:
            self._free.append(index)
        elif (retired := self._sets.pop(index, None)) is not None:
            retired.close()

    def replace(self, sets: Sequence[TargetSet]) -> None:
        """Use these from now on. The former ones are closed, those in use when they come back."""
        while self._free:
            self._sets.pop(self._free.popleft()).close()
        numbers = range(self._next, self._next + len(sets))
        self._next += len(sets)
        self._current = frozenset(numbers)
        self._sets |= dict(zip(numbers, sets, strict=True))
        self._free.extend(numbers)

    def close(self) -> None:
        """Delete every set, also those in use; harmless when done already."""
        for target in self._sets.values():
            target.close()
        self._sets.clear()
        self._free.clear()
        self._current = frozenset()
