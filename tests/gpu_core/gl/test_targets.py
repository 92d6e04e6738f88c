"""Textures and framebuffers of a batch: formats, reading, writing, letting go."""

from __future__ import annotations

import numpy as np
import pytest
from OpenGL import GL

from gpu_core.atlas import Atlas
from gpu_core.gl.targets import TargetSet, create_texture
from gpu_core.settings import View

pytestmark = pytest.mark.gl


@pytest.mark.parametrize("view", list(View))
def test_textures_are_plain_rgba8(gl_context, view):
    """What CUDA can register: no sRGB, no RGB8, no multisample."""
    with TargetSet(Atlas(2, 64)) as target:
        GL.glBindTexture(GL.GL_TEXTURE_2D, target.textures[view])
        found = GL.glGetTexLevelParameteriv(GL.GL_TEXTURE_2D, 0, GL.GL_TEXTURE_INTERNAL_FORMAT)
        assert found == GL.GL_RGBA8


def test_what_is_written_to_the_display_texture_is_read_back(gl_context):
    with TargetSet(Atlas(2, 32)) as target:
        pixels = np.random.default_rng(0).integers(0, 256, (32, 64, 4), np.uint8)
        target.write_display(pixels)
        back = np.empty_like(pixels)
        target.read(View.GENERATED, back)
        np.testing.assert_array_equal(back, pixels)


@pytest.mark.parametrize("is_old", [False, True])
def test_one_face_is_read_alone_and_upright(gl_context, monkeypatch, is_old):
    if is_old:  # before OpenGL 4.5
        monkeypatch.setattr(GL, "glGetTextureSubImage", None)
    with TargetSet(Atlas(3, 32)) as target:
        pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 4), np.uint8)
        target.write_display(pixels)
        for square, region in zip(target.pictures(View.GENERATED), target.atlas.regions, strict=True):
            wanted = pixels[region.y : region.y + 32, region.x : region.x + 32][::-1]
            np.testing.assert_array_equal(target.read_square(View.GENERATED, square), wanted)


@pytest.mark.parametrize("view", [View.TEXTURE, View.RENDER])
def test_one_face_of_what_is_drawn_is_read_alone(gl_context, view):
    with TargetSet(Atlas(2, 32)) as target:
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, target.framebuffer)
        slot = [View.TEXTURE, View.RENDER].index(view)
        GL.glEnable(GL.GL_SCISSOR_TEST)
        GL.glScissor(32, 0, 32, 8)  # the lowest rows of the second face
        GL.glClearBufferfv(GL.GL_COLOR, slot, (1.0, 0.0, 1.0, 1.0))
        GL.glDisable(GL.GL_SCISSOR_TEST)
        first, second = (target.read_square(view, square) for square in target.pictures(view))
    assert not first.any()
    assert not second[:24].any()
    assert (second[24:] == (255, 0, 255, 255)).all()


def test_pictures_lie_where_the_atlas_says(gl_context):
    with TargetSet(Atlas(3, 32)) as target:
        pictures = target.pictures(View.RENDER)
        assert [(p.x, p.y) for p in pictures] == [(r.x, r.y) for r in target.atlas.regions]
        assert {p.texture for p in pictures} == {target.textures[View.RENDER]}


def test_everything_is_deleted_and_closing_twice_is_harmless(gl_context):
    target = TargetSet(Atlas(1, 32))
    textures, framebuffer = list(target.textures.values()), target.framebuffer
    target.close()
    target.close()
    GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, 0)
    assert not any(GL.glIsTexture(texture) for texture in textures)
    assert not GL.glIsFramebuffer(framebuffer)


def test_who_else_holds_the_textures_is_told_before_they_go(gl_context):
    target, seen = TargetSet(Atlas(1, 32)), []
    for _ in range(2):
        target.closing.append(lambda: seen.append(bool(GL.glIsTexture(target.textures[View.RENDER]))))
    target.close()
    target.close()
    assert seen == [True, True]
    assert not target.closing


def test_geometry_is_made_when_asked_for(gl_context):
    with TargetSet(Atlas(1, 32)) as target:
        assert not target.has_geometry
        assert GL.glIsTexture(target.geometry.normals)
        assert target.has_geometry


def test_a_texture_keeps_its_pixels(gl_context):
    pixels = np.random.default_rng(1).integers(0, 256, (8, 8, 4), np.uint8)
    texture = create_texture(8, 8, pixels, mipmaps=True)
    back = np.empty_like(pixels)
    GL.glGetTexImage(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, back)
    np.testing.assert_array_equal(back, pixels)
    GL.glDeleteTextures([texture])
