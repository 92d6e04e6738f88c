"""What to ask the engine for to see a face as the window is set. Plain Python: any thread, and no Qt."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from gpu_core.expression import ARKIT_SHAPES, Expression
from gpu_core.settings import FrameRequest, View

if TYPE_CHECKING:
    from gpu_core.look import Look


class RequestMaker:
    """Makes requests. The window's thread sets what is public; others read it whole, old or new."""

    def __init__(self, views: tuple[View, ...]) -> None:
        self.views = frozenset(views)
        self.shows_only: frozenset[str] = frozenset()  # all other shapes rest in the picture; none: nothing does
        self.look: Look | None = None
        self._stamps = itertools.count(1)

    def make(self, face: Expression, requested_ns: int, *, by_hand: bool = False) -> FrameRequest:
        """A request with a stamp of its own, later than all before.

        Args:
            requested_ns: of the event that made somebody want it, time.perf_counter_ns().
        """
        if only := self.shows_only:
            face = face.with_weights({name: 0.0 for name in ARKIT_SHAPES if name not in only})
        return FrameRequest((face,), self.views, next(self._stamps), requested_ns, by_hand, self.look)
