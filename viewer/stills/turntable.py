"""Turntables: a folder of stills from all sides. Without Qt.

The camera goes once around the render and the texture image. The generator knows one camera: its head swings, once to
either side and back, within what it was trained for. The last picture leads to the first, so that a loop has no seam.

Pictures are written into a folder beside the one that was asked for, which takes its name when the last one is there:
a folder that is found is complete, and `turntable.json` in it says of what.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gpu_core.errors import MienError
from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, Expression
from gpu_core.look import TRAINED, Look
from gpu_core.settings import View
from viewer.look.backdrop import Pixels
from viewer.performance.trained_range import trained_range
from viewer.picture_file import write_whole
from viewer.stills.still import StillForm, draw_still

if TYPE_CHECKING:
    from gpu_core.engine import Engine

FEWEST, MOST = 2, 1440
FORMATS = ("png", "exr")
FACTS = "turntable.json"


@dataclass(frozen=True)
class TurntableForm:
    """What a turntable shows. `still` has one view."""

    folder: Path
    still: StillForm = field(default_factory=StillForm)
    frames: int = 36
    format: str = "png"  # of FORMATS

    @property
    def view(self) -> View:
        """The view that is turned."""
        return self.still.views[0]


def swing(card: Mapping[str, Any] | None) -> tuple[float, float]:
    """How far a generator's head may turn to either side, degrees: what it was trained for, within a face's limits."""
    low, high = trained_range(card).head[0]
    limit = HEAD_LIMITS_DEG["yaw"]
    return max(low, -limit), min(high, limit)


def pose(
    form: TurntableForm, index: int, expression: Expression, card: Mapping[str, Any] | None
) -> tuple[Expression, StillForm]:
    """The face of picture `index` and how it is looked at."""
    share = index / form.frames
    if form.view is View.GENERATED:
        low, high = swing(card)
        away = math.sin(2.0 * math.pi * share)
        return expression.with_head(yaw=away * (high if away > 0.0 else -low)), form.still
    look = form.still.look or TRAINED
    camera = replace(look.camera, yaw=look.camera.yaw + 360.0 * share).clamped()
    return expression, replace(form.still, look=Look(camera, look.lighting))


def draw_pose(engine: Engine, form: TurntableForm, index: int, expression: Expression) -> Pixels:
    """One picture, premultiplied. On the engine's thread."""
    card = engine.generator.card if engine.generator is not None else None
    return draw_still(engine, *pose(form, index, expression, card))


class TurntableFolder:
    """Pictures on their way into a folder. Leaving the block before `finish` leaves nothing behind.

    Raises:
        MienError: from every method: the folder has something in it, or cannot be written to.
    """

    def __init__(self, form: TurntableForm) -> None:
        from viewer.sessions.picture_sequence import (
            PictureSequence,
            exr_bytes,
        )  # brings FFmpeg, which no window waits for

        self._form, self._part = form, form.folder.with_name(f".{form.folder.name}.{os.getpid()}.part")
        if form.folder.exists() and not (form.folder.is_dir() and not any(form.folder.iterdir())):
            raise MienError(f"{form.folder} is there already: choose another name")
        try:
            form.folder.parent.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self._part, ignore_errors=True)  # of a process that was killed and had our number
        except OSError as error:
            raise MienError(f"{form.folder} cannot be written: {error.strerror or error}") from None
        half = partial(exr_bytes, half=True) if form.format == "exr" else None
        self._sequence = PictureSequence(self._part, form.format, half)

    @property
    def written(self) -> int:
        """Pictures so far."""
        return self._sequence.frames

    def write(self, pixels: Pixels) -> None:
        """Append a picture, premultiplied."""
        self._sequence.write(pixels)

    def finish(self, expression: Expression) -> None:
        """Give the folder its name.

        Raises:
            ValueError: pictures are missing.
        """
        if self.written != self._form.frames:
            raise ValueError(f"{self.written} of {self._form.frames} pictures are there")
        facts = json.dumps(_facts(self._form, expression), indent=2) + "\n"
        write_whole(self._part / FACTS, lambda file: file.write(facts.encode()))
        try:
            if self._form.folder.exists():  # and is empty
                self._form.folder.rmdir()
            self._part.rename(self._form.folder)
        except OSError as error:
            raise MienError(f"{self._form.folder} cannot be written: {error.strerror or error}") from None

    def discard(self) -> None:
        """Leave nothing behind of what is not finished; harmless when it is."""
        shutil.rmtree(self._part, ignore_errors=True)

    def __enter__(self) -> TurntableFolder:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.discard()


def _facts(form: TurntableForm, expression: Expression) -> Mapping[str, Any]:
    head = {"yaw": expression.yaw, "pitch": expression.pitch, "roll": expression.roll}
    return {
        "pictures": form.frames,
        "first": f"{0:08}.{form.format}",
        "view": form.view.value,
        "turns": "the head, within what the generator was trained for"
        if form.view is View.GENERATED
        else "the camera, 360 degrees",
        "alpha": "none" if form.still.backdrop is not None else "straight" if form.format == "png" else "premultiplied",
        "look": asdict(form.still.look or TRAINED),
        "head": head,
        "weights": {name: weight for name, weight in zip(ARKIT_SHAPES, expression.weights, strict=True) if weight},
    }
