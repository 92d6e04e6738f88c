"""The model of OpenGL at its worst time: both fences between engine and window are needed, and it shows when one is not
there. A small engine stands in for the real one: two textures, CUDA fills each frame's with its number."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from OpenGL import GL

from gpu_core.gl import sync
from tests.emulated.bench import Bench
from tests.emulated.test_emulator_opengl import HEIGHT, WIDTH, Texture, destroy, fill, picture
from tests.emulation.lazy_window import LazyWindow

FRAMES = range(1, 7)


@dataclass
class Frame:
    """A picture on its way to the window."""

    number: int
    texture: Texture
    fence: Any = None


class SmallEngine:
    """Fills textures by CUDA, takes them back from the window. Which fences it heeds can be chosen."""

    def __init__(self, *, fences_frames=True, waits_for_window=True):
        self.bench = Bench()
        self.fences_frames, self.waits_for_window = fences_frames, waits_for_window
        self.free = deque(Texture(picture(seed)) for seed in range(2))
        self.textures = list(self.free)
        self.surfaces = []

    def make(self, number):
        """A frame, filled with its number."""
        texture = self.free.popleft()
        early = None if self.fences_frames else sync.fence_here()  # says nothing of what comes after it
        self.surfaces.append(fill(self.bench, texture, number))
        return Frame(number, texture, early or sync.fence_here())

    def take_back(self, frame, fence):
        """What the window gives back."""
        if self.waits_for_window:
            sync.wait_on_gpu(fence)
        else:
            sync.drop(fence)
        sync.drop(frame.fence)
        self.free.append(frame.texture)

    def close(self):
        self.bench.stream.sync()
        for surface in self.surfaces:
            destroy(surface)
        for texture in self.textures:
            texture.close()
        self.bench.forget()


def shown(lazy_gl, *, waits_for_frames=True, **engine_fences):
    """The numbers that a window has drawn."""
    engine = SmallEngine(**engine_fences)
    window = LazyWindow(lazy_gl, engine.take_back)
    for number in FRAMES:
        frame = engine.make(number)
        window.show(frame, frame.texture.name, frame.fence if waits_for_frames else None)
    drawn = window.finish()
    engine.close()
    return [number if (pixels == number).all() else None for number, pixels in zip(FRAMES, drawn, strict=True)]


def test_with_both_fences_every_frame_is_seen(lazy_gl):
    assert shown(lazy_gl) == list(FRAMES)


def test_a_window_that_does_not_wait_sees_what_was_there_before(lazy_gl):
    assert None in shown(lazy_gl, waits_for_frames=False)


def test_a_fence_from_before_the_unmapping_is_none(lazy_gl):
    assert None in shown(lazy_gl, fences_frames=False)


def test_an_engine_that_does_not_wait_overwrites_what_is_being_drawn(lazy_gl):
    assert None in shown(lazy_gl, waits_for_window=False)


@pytest.mark.parametrize("fences", [{"waits_for_window": False}, {"fences_frames": False}, {"waits_for_frames": False}])
def test_without_all_this_no_missing_fence_is_seen_eagerly(lazy_gl, emulator, fences):
    emulator.mode("eager")
    drawn = shown(lazy_gl, **fences)
    # Only the window's lateness is left.
    assert (None in drawn) == ("waits_for_window" in fences)


def test_within_one_context_no_fence_is_needed(lazy_gl):
    bench, texture = Bench(), Texture(picture(1))
    surface = fill(bench, texture, 77)
    assert (lazy_gl.pixels(texture.name) == picture(1)).all()
    assert (texture.pixels() == 77).all()
    destroy(surface)
    texture.close()


def test_waiting_on_the_cpu_is_waiting(lazy_gl):
    bench, texture = Bench(), Texture(picture(1))
    surface = fill(bench, texture, 77)
    fence = sync.fence_here()
    GL.glClientWaitSync(fence, 0, 10**9)
    assert (lazy_gl.pixels(texture.name) == 77).all()
    assert lazy_gl.pixels(texture.name).shape == (HEIGHT, WIDTH, 4)
    assert np.array_equal(lazy_gl.pixels(texture.name), texture.pixels())
    sync.drop(fence)
    destroy(surface)
    texture.close()
