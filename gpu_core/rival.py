"""A rival: another way through the generator beside an engine's own, given the same face with the same expression.

It borrows the engine's renderer and has a path and one target of its own, so that it costs no second head. One request
at a time; its picture is read to the host at once, which leaves nothing to be given back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Atlas
from gpu_core.drawing import draw_batch
from gpu_core.errors import PathUnavailable
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.choosing import open_tried
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.path import Pending
from gpu_core.path_state import PathState
from gpu_core.settings import FrameRequest, StageTime, View
from gpu_core.timing import StageTimer

if TYPE_CHECKING:
    from gpu_core.engine import Engine


@dataclass(frozen=True)
class RivalPicture:
    """What a rival made of a request: one (size, size, 4) uint8 a face, top row first, and what it took."""

    faces: tuple[NDArray[np.uint8], ...]
    stages: tuple[StageTime, ...]
    state: PathState


class Rival:
    """Opened beside an engine, on its thread; a context manager. Of no use once the engine's settings have changed."""

    def __init__(
        self, engine: Engine, *, model: GeneratorModel | None = None, changes: Mapping[str, Any] | None = None
    ) -> None:
        """Open a path for `model` (None: the engine's own) with the engine's settings, these changed.

        Raises:
            MienError: this generator, or this machine, cannot do that.
        """
        model = model or engine.generator
        if model is None:
            raise PathUnavailable("there is no generator for this face, so none to compare in another way")
        settings = replace(engine.settings, **{"depth": 1, "streams": 0, **(changes or {})})
        self.model = model
        self._engine = engine
        self._pending: tuple[Pending, StageTimer] | None = None
        with ExitStack() as owned:
            path = open_tried(model, settings).path
            assert path is not None
            owned.callback(path.close)
            self._target = owned.enter_context(TargetSet(Atlas(settings.faces, settings.size)))
            self._path = path
            self._owned = owned.pop_all()

    @property
    def state(self) -> PathState:
        """What its path is now."""
        return self._path.state

    @property
    def can_submit(self) -> bool:
        """Whether it is free, and something infers."""
        return self._pending is None and self._path.state.serving

    @property
    def is_ready(self) -> bool:
        """Whether `collect` has something and would not wait."""
        return self._pending is not None and self._pending[0].ready()

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Have `callback` called, from any thread, whenever a picture has been inferred."""
        self._path.on_ready(callback)

    def advance(self) -> None:
        """Between two pictures: move on to a better path if it is ready by now."""
        self._path.advance()

    def submit(self, request: FrameRequest) -> None:
        """Draw the face and start inference."""
        timer = StageTimer()
        plain = replace(request, look=None)  # of the face, a rival has the generator's picture alone
        draw_batch(self._engine.renderer, self._target, plain, pictures=self._path.pictures, timer=timer)
        self._pending = (self._path.submit(self._target, timer), timer)

    def collect(self) -> RivalPicture:
        """The picture of what was submitted; waits for it if need be.

        Raises:
            InferenceError, CudaError, PlanError: the generator failed on it.
        """
        assert self._pending is not None
        (pending, timer), self._pending = self._pending, None
        pending.finish(timer)
        faces = tuple(
            self._target.read_square(View.GENERATED, picture) for picture in self._target.pictures(View.GENERATED)
        )
        return RivalPicture(faces, timer.take(), self._path.state)

    def close(self) -> None:
        """Wait for what is pending and release everything; idempotent."""
        self._pending = None
        self._owned.close()

    def __enter__(self) -> Rival:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
