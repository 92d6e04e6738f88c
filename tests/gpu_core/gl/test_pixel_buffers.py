"""Copies between textures, pixel buffers and the host."""

from __future__ import annotations

import numpy as np
import pytest
from OpenGL import GL
from OpenGL.error import GLError as OpenGLError

from gpu_core.atlas import Atlas
from gpu_core.errors import GLError
from gpu_core.gl.pixel_buffers import PixelBuffer, read_texture, write_texture
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import View

pytestmark = pytest.mark.gl


@pytest.fixture
def target(gl_context):
    with TargetSet(Atlas(2, 24)) as target:
        yield target


def colours(seed: int) -> np.ndarray:
    """A picture for the whole set."""
    return np.random.default_rng(seed).integers(0, 256, (24, 48, 4), np.uint8)


def test_pixels_of_the_host_come_back_from_a_texture(target):
    pixels, back = colours(0), np.empty((24, 48, 4), np.uint8)
    write_texture(target.textures[View.TEXTURE], 48, 24, 4, pixels)
    read_texture(target.textures[View.TEXTURE], 4, back)
    np.testing.assert_array_equal(back, pixels)


def test_depth_keeps_its_floats(target):
    depth, back = np.random.default_rng(1).random((24, 48), np.float32), np.empty((24, 48), np.float32)
    write_texture(target.geometry.depth, 48, 24, 1, depth)
    read_texture(target.geometry.depth, 1, back)
    np.testing.assert_array_equal(back, depth)


def test_a_buffer_carries_a_texture_into_another(target):
    pixels, back = colours(2), np.empty((24, 48, 4), np.uint8)
    buffer = PixelBuffer(48, 24)
    write_texture(target.textures[View.TEXTURE], 48, 24, 4, pixels)
    buffer.take(target.textures[View.TEXTURE])
    write_texture(target.textures[View.TEXTURE], 48, 24, 4, colours(3))
    buffer.give(target.textures[View.GENERATED])
    read_texture(target.textures[View.GENERATED], 4, back)
    np.testing.assert_array_equal(back, pixels)
    buffer.close()


def test_no_buffer_stays_bound(target):
    """Else the next reading back would go into it instead of to the host."""
    buffer = PixelBuffer(48, 24)
    buffer.take(target.textures[View.TEXTURE])
    buffer.give(target.textures[View.GENERATED])
    assert GL.glGetIntegerv(GL.GL_PIXEL_PACK_BUFFER_BINDING) == 0
    assert GL.glGetIntegerv(GL.GL_PIXEL_UNPACK_BUFFER_BINDING) == 0
    buffer.close()


def test_a_closed_buffer_is_gone(gl_context):
    buffer = PixelBuffer(8, 8, 1)
    name = buffer.name
    assert GL.glIsBuffer(name)
    buffer.close()
    buffer.close()
    assert not GL.glIsBuffer(name)


def test_a_buffer_that_does_not_fit_is_one_line_and_leaves_nothing(gl_context, monkeypatch):
    def refuse(*_: object) -> None:
        raise OpenGLError(1285, baseOperation="glBufferData")  # out of memory

    made: list[int] = []
    generate = GL.glGenBuffers
    monkeypatch.setattr(GL, "glGenBuffers", lambda count: made.append(int(generate(count))) or made[0])
    monkeypatch.setattr(GL, "glBufferData", refuse)
    with pytest.raises(GLError, match="no pixel buffer of 8x8 pixels"):
        PixelBuffer(8, 8)
    assert not GL.glIsBuffer(made[0])


def test_what_opengl_refuses_is_one_line(target):
    with pytest.raises(GLError, match="cannot be written"):
        write_texture(target.textures[View.TEXTURE], 4800, 24, 4, np.empty((24, 4800, 4), np.uint8))


def test_what_was_taken_is_read_where_it_is_mapped(target):
    pixels = colours(4)
    write_texture(target.textures[View.TEXTURE], 48, 24, 4, pixels)
    buffer = PixelBuffer(48, 24)
    buffer.take(target.textures[View.TEXTURE])
    for _ in range(2):
        with buffer.mapped() as mapped:
            np.testing.assert_array_equal(mapped, pixels)
    buffer.close()


@pytest.mark.parametrize("answer", [OpenGLError(1285, baseOperation="glMapBufferRange"), None])
def test_a_buffer_that_cannot_be_mapped_is_one_line_and_is_not_unmapped(target, monkeypatch, answer):
    def refuse(*_: object) -> None:
        if answer is not None:
            raise answer

    buffer = PixelBuffer(48, 24)
    monkeypatch.setattr(GL, "glMapBufferRange", refuse)
    with pytest.raises(GLError, match="48x24 pixels cannot be mapped"), buffer.mapped():
        pass
    assert GL.glGetIntegerv(GL.GL_PIXEL_PACK_BUFFER_BINDING) == 0
    buffer.close()
