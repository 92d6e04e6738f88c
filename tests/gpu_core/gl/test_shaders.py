"""Shader files: includes, compilation, errors with the whole log."""

from __future__ import annotations

import pytest

from gpu_core.errors import MienError, ShaderError
from gpu_core.gl import shaders
from gpu_core.gl.shaders import Program, shader_source

pytestmark = pytest.mark.gl


def test_includes_are_put_in_place():
    source = shader_source("hair.frag")
    assert "#include" not in source
    assert source.startswith("#version 330 core")
    assert "srgb_from_linear" in source


def test_a_missing_shader_is_named():
    with pytest.raises(MienError, match=r"nowhere\.frag"):
        shader_source("nowhere.frag")


@pytest.mark.parametrize("fragment", ["hair.frag", "lash.frag"])
def test_strand_programs_link(gl_context, fragment):
    with Program("strand.vert", fragment) as program:
        assert program.location("clip_from_world") >= 0
        assert program.location("no_such_uniform") == -1


def test_a_broken_shader_gives_the_drivers_log(gl_context, monkeypatch):
    read = shader_source
    monkeypatch.setattr(
        shaders, "shader_source", lambda name: read(name) + ("\nint;; broken" if name == "face.frag" else "")
    )
    with pytest.raises(ShaderError, match=r"face\.frag") as caught:
        Program("face.vert", "face.frag")
    assert caught.value.log.strip()


def test_closing_twice_is_harmless(gl_context):
    program = Program("face.vert", "face.frag")
    program.close()
    program.close()
