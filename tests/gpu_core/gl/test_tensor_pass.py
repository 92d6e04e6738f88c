"""Passes between pictures and planes: rows, channels and faces end where they belong."""

from __future__ import annotations

import numpy as np
import pytest
from OpenGL import GL

from gpu_core.errors import GLError
from gpu_core.gl.targets import create_texture
from gpu_core.gl.tensor_pass import PlaneForm, TensorPass

pytestmark = pytest.mark.gl
SIZE = 16
AS_IT_IS = PlaneForm((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))


@pytest.fixture
def textures(gl_context):
    chance = np.random.default_rng(0)
    pixels = [chance.integers(0, 256, (SIZE, 2 * SIZE, 4), np.uint8) for _ in range(2)]
    made = [create_texture(2 * SIZE, SIZE, picture) for picture in pixels]
    yield made, pixels
    GL.glDeleteTextures(made)


@pytest.fixture
def passes(gl_context):
    with TensorPass(SIZE, 6) as made:
        yield made
    made.close()


def test_pictures_become_planes_top_row_first(textures, passes):
    names, pixels = textures
    passes.pack(names, (SIZE, 0), AS_IT_IS)
    planes = np.empty((6, SIZE, SIZE), np.float32)
    passes.read(6, planes)
    wanted = np.concatenate([picture[::-1, SIZE:, :3].transpose(2, 0, 1) / 255 for picture in pixels])
    np.testing.assert_allclose(planes, wanted, atol=1e-6)


def test_planes_become_a_picture_and_leave_the_neighbour_alone(textures, passes):
    (picture, cover), pixels = textures
    planes = np.random.default_rng(1).random((4, SIZE, SIZE), np.float32)
    passes.write(4, planes)
    passes.unpack(picture, cover, (SIZE, 0), PlaneForm((1.0,) * 4, (0.0,) * 4))
    back = np.empty((SIZE, 2 * SIZE, 4), np.uint8)
    GL.glBindTexture(GL.GL_TEXTURE_2D, picture)
    GL.glGetTexImage(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, back)
    np.testing.assert_array_equal(back[:, :SIZE], pixels[0][:, :SIZE])
    wanted = np.minimum(planes, planes[3]).transpose(1, 2, 0)[::-1] * 255
    assert np.abs(back[:, SIZE:] - wanted).max() <= 0.51


def test_a_texture_that_cannot_be_is_one_line(gl_context):
    with pytest.raises(GLError) as caught:
        TensorPass(16384, 64)
    assert "\n" not in str(caught.value)
