"""The rivals of an engine: other ways through the generator that answer the same requests, on the engine's thread.

A performance's frame is held back until every rival has its picture of the same expression: both sides are always of
one moment. What a hand asks for is shown at once; the rivals follow when the engine has nothing else to do.

    frame of a performance -> hold -> rivals infer -> paired: the frame, with `others`
    frame by hand          -> the window, and owe  -> rivals infer -> late: the request, others
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gpu_core.settings import Frame, FrameRequest
from viewer.compare.comparison import OtherWay

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.rival import Rival, RivalPicture

Others = Mapping[Any, Any]  # OtherWay: RivalPicture


class Rivals:
    """Owned by the engine thread, used on it alone. `watched`: somebody compares, so frames carry their pixels."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.watched = False
        self._wake = wake
        self._open: dict[OtherWay, Rival] = {}
        self._beside: tuple[Any, Any, Any] = (None, None, None)  # what the engine was when they were opened
        self._held: deque[Frame] = deque()
        self._owed: FrameRequest | None = None
        self._flying: FrameRequest | None = None  # what the rivals are at work on
        self._made: dict[OtherWay, RivalPicture] = {}

    @property
    def ways(self) -> tuple[OtherWay, ...]:
        """What runs beside the engine."""
        return tuple(self._open)

    @property
    def are_awaited(self) -> bool:
        """Whether a frame is held back for them: nothing further should be begun."""
        return bool(self._held)

    @property
    def are_waiting(self) -> bool:
        """Whether one of them has no network yet, which nobody will say when it has."""
        return any(not rival.state.serving for rival in self._open.values())

    def use(self, engine: Engine, ways: Sequence[OtherWay]) -> None:
        """Run these and no others.

        Raises:
            MienError: one of them cannot be had here; nothing has changed then.
        """
        if not self._is_beside(engine):
            self.drop()
        with ExitStack() as undo:
            fresh = {
                way: undo.enter_context(engine.open_rival(way.file, way.settings))
                for way in ways
                if way not in self._open
            }
            undo.pop_all()
        self._forget()
        for way in set(self._open) - set(ways):
            self._open.pop(way).close()
        self._open |= fresh
        self._beside = (engine.face, engine.generator, engine.settings)
        for rival in fresh.values():
            rival.on_ready(self._wake)

    def take(self, frame: Frame, *, may_hold: bool) -> bool:
        """Hear of a finished frame. True: it is held back, and comes out of `advance`."""
        if not self._open:
            return False
        if may_hold and not self.are_waiting:
            self._held.append(frame)
            return True
        self._owed = frame.request
        return False

    def advance(self, engine: Engine, *, is_idle: bool) -> tuple[list[Frame], list[tuple[FrameRequest, Others]]]:
        """Go on with what is owed. Returns frames that have their others now, and others that come late.

        Raises:
            MienError: a rival failed. They are all gone then; frames that were held come out with the next call.
        """
        if self._open and not self._is_beside(engine):
            self.drop()
        try:
            late = self._collect()
            self._submit(is_idle=is_idle)
        except Exception:
            self.drop()
            raise
        return self._take_paired(), late

    def drop(self) -> None:
        """Close them all. Frames that are held come out of `advance` without others."""
        self._forget()
        for rival in self._open.values():
            rival.close()
        self._open.clear()

    def close(self, engine: Engine) -> None:
        """Close them, and give back what is held."""
        self.drop()
        while self._held:
            engine.recycle(self._held.popleft())

    def _is_beside(self, engine: Engine) -> bool:
        face, generator, settings = self._beside
        return engine.face is face and engine.generator is generator and engine.settings == settings

    def _forget(self) -> None:
        """Nothing is owed any more; what comes of what is under way is thrown away."""
        self._made.clear()
        self._flying = self._owed = None

    def _collect(self) -> list[tuple[FrameRequest, Others]]:
        for way, rival in self._open.items():
            if rival.is_ready:
                made = rival.collect()
                if self._flying is not None:
                    self._made[way] = made
        if self._flying is None or len(self._made) < len(self._open):
            return []
        request, others = self._flying, dict(self._made)
        self._flying, self._made = None, {}
        if self._held and self._held[0].request is request:
            self._held[0] = replace(self._held[0], others=others)
            return []
        return [(request, others)]

    def _submit(self, *, is_idle: bool) -> None:
        if self._flying is not None or not self._open:
            return
        for rival in self._open.values():
            rival.advance()
        if not all(rival.can_submit for rival in self._open.values()):
            return
        unpaired = next((frame.request for frame in self._held if not frame.others), None)
        if unpaired is None and is_idle:
            unpaired, self._owed = self._owed, None
        if unpaired is not None:
            self._flying = unpaired
            for rival in self._open.values():
                rival.submit(unpaired)

    def _take_paired(self) -> list[Frame]:
        frames = []
        while self._held and (self._held[0].others or not self._open or self.are_waiting):
            frames.append(self._held.popleft())
        return frames
