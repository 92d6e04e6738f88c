"""Stills: which views, how large, before what; drawn on the engine's thread, turned into files on any. Without Qt.

Texture and render image are drawn in the size asked for, seen as the look says, while whatever is in flight goes on.
The generator makes one size: its picture is resampled. Alpha is straight in PNG, premultiplied in EXR, as each wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from gpu_core.look import Look
from gpu_core.settings import LARGEST, FrameRequest, View
from viewer.look.backdrop import Backdrop, Pixels, on_backdrop
from viewer.picture_file import finished, write_png, write_whole
from viewer.picture_resizing import resized

if TYPE_CHECKING:
    from gpu_core.engine import Engine

SUFFIXES = (".png", ".exr")
SIZES = (512, 1024, 2048, 4096)
ROWS = 256  # of a large picture at a time: as floats it would be a gigabyte


@dataclass(frozen=True)
class StillForm:
    """What a still shows. `size` None: as large as the engine draws; `backdrop` None: transparent."""

    views: tuple[View, ...] = (View.GENERATED,)
    size: int | None = None
    backdrop: Backdrop | None = None
    look: Look | None = None


def draw_still(engine: Engine, expression: Expression, form: StillForm) -> Pixels:
    """The views side by side, (size, views * size, 4) premultiplied. On the engine's thread.

    Raises:
        GLError: OpenGL has no room for this size.
        MienError: the generator cannot be run.
    """
    pictures = [_draw_view(engine, expression, view, form) for view in form.views]
    if form.backdrop is not None:
        pictures = [on_backdrop(picture, form.backdrop) for picture in pictures]
    return pictures[0] if len(pictures) == 1 else np.concatenate(pictures, axis=1)


def _draw_view(engine: Engine, expression: Expression, view: View, form: StillForm) -> Pixels:
    size = min(form.size or engine.settings.size, LARGEST)
    request = FrameRequest((expression,), frozenset({view}), look=form.look)
    if view is not View.GENERATED:
        return engine.still(request, view, size)
    frame = engine.render(request)
    try:
        picture = engine.read(frame, view)
    finally:
        engine.recycle(frame)
    return resized(picture, size)


def straight(pixels: Pixels) -> Pixels:
    """Premultiplied pixels with straight alpha, as PNG files and other programs want them."""
    rows = range(0, pixels.shape[0], ROWS)
    return np.concatenate([finished([pixels[row : row + ROWS]], None, None) for row in rows])


def save_still(pixels: Pixels, path: Path) -> None:
    """Write premultiplied pixels as PNG or EXR, whole or not at all. On any thread.

    Raises:
        MienError: the name ends in neither, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix == ".png":
        write_whole(path, lambda file: write_png(straight(pixels), file))
    elif suffix == ".exr":
        from viewer.sessions.picture_sequence import exr_bytes

        data = exr_bytes(pixels, half=True)
        write_whole(path, lambda file: file.write(data))
    else:
        raise MienError(f"{path.name}: a picture is a .png or an .exr file")
