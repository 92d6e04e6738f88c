"""Shader files: includes, compilation, errors with the whole log."""

from __future__ import annotations

import pytest

from gpu_core.errors import MienError, ShaderError
from gpu_core.gl import shaders
from gpu_core.gl.shaders import Program, shader_source, with_constants

pytestmark = pytest.mark.gl


def test_includes_are_put_in_place():
    source = shader_source("hair.frag")
    assert "#include" not in source
    assert source.startswith("#version 330 core")
    assert "srgb_from_linear" in source


def test_a_missing_shader_is_named():
    with pytest.raises(MienError, match=r"nowhere\.frag"):
        shader_source("nowhere.frag")


def test_constants_replace_the_uniforms_they_name_and_nothing_else():
    source = "uniform vec3 sun[COUNT];  // why\nuniform vec2 wind;\nuniform vec2 other;\nuniform float wind_speed;\n"
    made = with_constants(source, {"sun": [[1, 0.1, -2], [0, 1e-9, 3]], "wind": (0.5, 1), "absent": (1, 2, 3)})
    sun, wind, *rest = made.splitlines()
    assert sun.startswith("const vec3 sun[COUNT] = vec3[](vec3(1.0, 0.1")
    assert sun.endswith("3.0));  // why")
    assert wind == "const vec2 wind = vec2(0.5, 1.0);"
    assert rest == source.splitlines()[2:]


def test_a_program_with_a_constant_has_no_such_uniform(gl_context):
    with Program("face.vert", "geometry.frag", constants={"depth_planes": (11.0, 15.0)}) as program:
        assert program.location("depth_planes") == -1
        assert program.location("to_viewer") >= 0


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
