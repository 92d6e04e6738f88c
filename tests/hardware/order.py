"""Whether everything is ordered on this GPU: pictures made with nobody waiting against the same made one by one.

    python -m tests.hardware.order

A face moves; each generated picture is copied to a place of its own by OpenGL, in the order of its commands, and the
set goes back to the engine at once. A missing dependency between OpenGL and CUDA shows as an older or a torn face.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from OpenGL import GL

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.cuda.interop import TIERS
from gpu_core.engine import Engine
from gpu_core.expression import NEUTRAL
from gpu_core.gl.context import headless_context
from gpu_core.gl.sync import finish_drawing
from gpu_core.gltf.face import load_face
from gpu_core.neural.library import generator_for
from gpu_core.settings import EngineSettings, Frame, FrameRequest, View

COUNT = 96  # pictures
STEPS = 2  # of 8 bits: rounding may differ between a graph and what it was captured from


class Album:
    """A texture with a layer for each picture."""

    def __init__(self, count: int, size: int) -> None:
        self._shape = (count, size, size, 4)
        self._texture = int(GL.glGenTextures(1))
        GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._texture)
        GL.glTexStorage3D(GL.GL_TEXTURE_2D_ARRAY, 1, GL.GL_RGBA8, size, size, count)

    def keep(self, frame: Frame, number: int) -> None:
        """Have OpenGL copy a frame's picture; nothing is waited for."""
        picture = frame.pictures[View.GENERATED][0]
        GL.glCopyImageSubData(
            picture.texture, GL.GL_TEXTURE_2D, 0, picture.x, picture.y, 0,
            self._texture, GL.GL_TEXTURE_2D_ARRAY, 0, 0, 0, number, picture.size, picture.size, 1,
        )  # fmt: skip

    def take(self) -> Any:
        """All pictures; the album is gone."""
        found = np.empty(self._shape, np.uint8)
        GL.glBindTexture(GL.GL_TEXTURE_2D_ARRAY, self._texture)
        GL.glGetTexImage(GL.GL_TEXTURE_2D_ARRAY, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, found)
        GL.glDeleteTextures(1, [self._texture])
        return found


def request(number: int, faces: int) -> FrameRequest:
    """A face in motion: no two pictures are alike."""
    phase = 2 * np.pi * number / 24
    one = NEUTRAL.with_weights({"jawOpen": 0.5 + 0.5 * float(np.sin(phase))}).with_head(yaw=20 * float(np.cos(phase)))
    return FrameRequest((one,) * faces, frozenset({View.GENERATED}))


def one_by_one(engine: Engine) -> Any:
    """Every picture waited for before the next is begun."""
    album = Album(COUNT, engine.settings.size)
    for number in range(COUNT):
        frame = engine.render(request(number, engine.settings.faces))
        finish_drawing()
        album.keep(frame, number)
        finish_drawing()
        engine.recycle(frame)
    return album.take()


def all_at_once(engine: Engine) -> Any:
    """As fast as the engine takes them."""
    album, asked, done = Album(COUNT, engine.settings.size), 0, 0
    while done < COUNT:
        while engine.can_submit and asked < COUNT:
            engine.submit(request(asked, engine.settings.faces))
            asked += 1
        for frame in engine.collect(wait=True):
            album.keep(frame, done)
            engine.recycle(frame)
            done += 1
    return album.take()


def main() -> int:
    """One line for each tier, depth and number of faces; 1 if any picture is wrong."""
    face, wrong = load_face(resource(*DEFAULT_FACE)), 0
    with headless_context():
        for tier in TIERS:
            for depth, faces in ((1, 1), (2, 1), (3, 1), (3, 4)):
                settings = EngineSettings(path="cuda", tier=tier, depth=depth, faces=faces)
                with Engine(face, generator_for(face), settings) as engine:
                    while not engine.path_state.serving:
                        engine.collect(wait=False)
                    wanted, made = one_by_one(engine), all_at_once(engine)
                moved = np.abs(np.diff(wanted.astype(np.int16), axis=0)).max(axis=(1, 2, 3)).min()
                largest = np.abs(made.astype(np.int16) - wanted).max(axis=(1, 2, 3))
                bad = int((largest > STEPS).sum())
                wrong += bad
                print(
                    f"{tier}, depth {depth}, {faces} faces: {bad} of {COUNT} pictures wrong, largest difference "
                    f"{largest.max()}; neighbours differ by at least {moved}"
                )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
