"""Camera and lights: where the camera looks, and that lights built into the shaders light as uniforms do."""

from __future__ import annotations

import numpy as np
import pytest
from OpenGL import GL

from gpu_core.assets import resource
from gpu_core.atlas import Atlas
from gpu_core.expression import NEUTRAL
from gpu_core.gl import shaders
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.scene import LIGHTS, clip_from_world, light_constants
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.settings import Camera, Light, Lighting, View

pytestmark = pytest.mark.gl


def test_the_camera_is_the_ground_truths():
    """Half height 1.5 dm at the target fills the picture; the centre is the target."""
    camera = Camera()
    matrix = clip_from_world(camera)

    def ndc(point):
        clip = matrix @ np.array([*point, 1.0])
        return clip[:3] / clip[3]

    x, y, z = camera.target
    np.testing.assert_allclose(ndc((x, y, z))[:2], 0, atol=1e-6)
    np.testing.assert_allclose(ndc((x + 1.5, y + 1.5, z))[:2], 1, atol=1e-5)
    assert abs(ndc((x, y, z + 2))[2]) < 1


def set_uniforms(program, values):
    """What the shader files themselves ask for: every value of the lights as a uniform."""
    program.use()
    for name, value in values.items():
        for index, row in enumerate(np.atleast_2d(value).astype(np.float32)):
            place = GL.glGetUniformLocation(program.id, f"{name}[{index}]" if np.ndim(value) == 2 else name)
            (GL.glUniform2f if len(row) == 2 else GL.glUniform3f)(place, *row)


def pictures(*, uniforms):
    face, lights = load_face(resource("face", "face.glb")), light_constants(Lighting())
    with Renderer(face) as renderer, TargetSet(Atlas(1, 256)) as target:
        if uniforms:
            for program in (renderer._face_program, renderer._hair_program, renderer._lash_program):
                set_uniforms(program, lights)
        renderer.pose((NEUTRAL.with_head(yaw=-12, pitch=5),))
        renderer.draw(target)
        pixels = np.empty((2, 256, 256, 4), np.uint8)
        for view, into in zip((View.TEXTURE, View.RENDER), pixels, strict=True):
            target.read(view, into)
        return pixels.astype(int)


def test_lights_as_constants_draw_what_the_shader_files_say(gl_context, monkeypatch):
    """The contract hashes the files and the lights: building one into the other must change no picture."""
    built_in = pictures(uniforms=False)
    monkeypatch.setattr(shaders, "with_constants", lambda source, constants: source)
    as_uniforms = pictures(uniforms=True)
    assert np.ptp(as_uniforms[1, ..., :3]) > 200  # the lights are on
    np.testing.assert_allclose(built_in, as_uniforms, atol=1)  # rounding, where products are folded
    assert (built_in != as_uniforms).mean() < 1e-4


def test_fewer_lights_leave_the_others_dark():
    values = light_constants(Lighting(lights=(Light((3.0, 0.0, 4.0), 0.5, (1.0, 0.5, 0.0)),)))
    np.testing.assert_allclose(values["light_direction"][0], [0.6, 0, 0.8])
    np.testing.assert_allclose(values["light_halfway"][0], np.divide([1, 0, 3], np.sqrt(10)))
    np.testing.assert_allclose(values["light_colour"][0], [0.5, 0.25, 0])
    assert np.shape(values["light_colour"]) == (LIGHTS, 3)
    assert not np.any(values["light_colour"][1:])


def test_more_lights_than_the_shaders_have_room_for_are_refused():
    with pytest.raises(ValueError, match="5 lights"):
        light_constants(Lighting(lights=(Light((0.0, 0.0, 1.0), 1.0, (1.0, 1.0, 1.0)),) * 5))
