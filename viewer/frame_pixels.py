"""Frames that carry their pictures as pixels, for a window that draws without OpenGL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gpu_core.settings import Frame, Traffic
from viewer.face_grid import sheet

if TYPE_CHECKING:
    from gpu_core.engine import Engine


def with_pixels(engine: Engine, frame: Frame) -> Frame:
    """The frame with copies of the pictures that were asked for, and their bytes. Call on the engine thread."""
    views = [view for view in frame.request.views if view in frame.pictures]
    pixels = {
        view: sheet([engine.read(frame, view, face) for face in range(len(frame.pictures[view]))]) for view in views
    }
    copied = sum(picture.nbytes for picture in pixels.values())
    return replace(frame, pixels=pixels, traffic=frame.traffic + Traffic(copied, copied))
