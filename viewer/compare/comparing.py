"""Changing settings of the engine, and saying how much that changed the picture.

switch -> engine thread: picture, configure -> opened -> engine thread: picture again -> compared
                                                    \\-> a plan is being built: once it is there, or is not to be
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gpu_core.errors import MienError
from gpu_core.settings import FrameRequest, View
from viewer.compare.comparison import OtherWay
from viewer.compare.picture_difference import Pixels, difference
from viewer.engine_thread import EngineThread
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.path_state import PathState


class Comparing(QObject):
    """Makes two pictures of the same face, one before and one after. Lives on the GUI thread."""

    compared = Signal(object)  # PictureDifference
    switched = Signal(object)  # OtherWay: how it ran before, to run it beside how it runs now

    def __init__(self, model: ViewerModel, thread: EngineThread) -> None:
        super().__init__(model)
        self._thread = thread
        self._model = model
        self._before: tuple[FrameRequest, Pixels, str, Mapping[str, Any]] | None = None  # on the engine thread
        self._is_waiting = False
        thread.path_changed.connect(self._on_path)

    def switch(self, changes: Mapping[str, Any]) -> None:
        """Run with other settings; `compared` follows if there is a generator, and nothing was refused."""
        request = replace(self._model.request, views=frozenset({View.GENERATED}))

        def change(engine: Engine) -> None:
            self._before = None
            before = _picture_if_any(engine, request)
            title = way(engine, changes)
            former = tuple((name, getattr(engine.settings, name)) for name in changes)
            engine.configure(replace(engine.settings, **changes))
            self.switched.emit(OtherWay(f"Before: {title}", changes=former))
            self._before = None if before is None else (request, before, title, changes)

        self._thread.change(change)
        self._thread.run_job(self._compare)

    def _compare(self, engine: Engine) -> None:
        """On the engine thread: the second picture, unless what runs now only stands in."""
        if self._before is None:
            return
        self._is_waiting = engine.path_state.building is not None
        if self._is_waiting:
            return
        (request, before, title, changes), self._before = self._before, None
        after = _picture(engine, request)
        if after is not None and after.shape == before.shape:
            self.compared.emit(difference(before, after, titles=(title, way(engine, changes))))

    def _on_path(self, state: PathState) -> None:
        if self._is_waiting and state.building is None:
            self._is_waiting = False
            self._thread.run_job(self._compare)


def way(engine: Engine, changes: Mapping[str, Any]) -> str:
    """What runs, in as few words as tell it from what runs with those settings changed."""
    told = engine.path_state.engine
    if {"path", "tier"} & set(changes):
        told = f"{engine.path_name}, {told}"
    others = set(changes) - {"path", "tier", "precision", "inference"}
    if len(changes) == len(others) == 1:
        (name,) = others
        return f"{name} {getattr(engine.settings, name)}"
    return told


def _picture_if_any(engine: Engine, request: FrameRequest) -> Pixels | None:
    """As `_picture`; a generator that fails is the best reason to run it in another way."""
    try:
        return _picture(engine, request)
    except MienError:
        return None


def _picture(engine: Engine, request: FrameRequest) -> Pixels | None:
    """What the generator makes of a request, (size, size, 4); None if nothing is generated here."""
    if not engine.path_state.serving:
        return None
    frame = engine.render(request)
    try:
        return engine.read(frame, View.GENERATED) if View.GENERATED in frame.pictures else None
    finally:
        engine.recycle(frame)
