"""Another camera and other lights: golden pictures, all hair from every side, and the usual look as the pair has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import resource
from gpu_core.atlas import Atlas
from gpu_core.expression import NEUTRAL
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.look import TRAINED, FreeCamera, Look
from gpu_core.settings import Light, Lighting, View

pytestmark = pytest.mark.gl
SIZE = 256
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.8, "mouthSmileRight": 0.7, "jawOpen": 0.25})
SIDE_LIGHT = Lighting((Light((8.0, 2.0, 2.0), 2.2, (1.0, 0.6, 0.3)), Light((-8.0, 1.0, -4.0), 1.2, (0.3, 0.5, 1.0))))
LOOKS = {
    "turned": Look(FreeCamera(yaw=-52.0, pitch=14.0, lens_mm=50.0, distance=9.0, pan=(0.1, -0.2))),
    "back": Look(FreeCamera(yaw=180.0)),
    "side-light": replace(TRAINED, lighting=SIDE_LIGHT),
}


@pytest.fixture(scope="module")
def face():
    return load_face(resource("face", "face.glb"))


def draw(face, look, expressions=(SMILE,), size=SIZE):
    """Texture and render image, side by side; without a look, the pair."""
    with Renderer(face) as renderer, TargetSet(Atlas(len(expressions), size)) as target:
        renderer.pose(expressions)
        if look is None:
            renderer.draw(target)
        else:
            renderer.draw_free(target.free, look)
        source = target if look is None else target.free
        return np.hstack([target.read_picture(source.pictures(view)[-1]) for view in (View.TEXTURE, View.RENDER)])


@pytest.mark.parametrize("name", LOOKS)
def test_golden_pictures(face, approve, name):
    approve(draw(face, LOOKS[name]), f"look-{name}")


def test_the_usual_look_draws_the_pair(face, gl_context):
    """Uniforms instead of constants: a step of rounding."""
    pair, free = draw(face, None).astype(int), draw(face, TRAINED)
    np.testing.assert_allclose(free, pair, atol=1)


def test_other_lights_leave_the_texture_and_the_outline_alone(face, gl_context):
    usual, lit = draw(face, None).astype(int), draw(face, LOOKS["side-light"]).astype(int)
    np.testing.assert_array_equal(lit[:, :SIZE], usual[:, :SIZE])
    np.testing.assert_array_equal(lit[..., 3], usual[..., 3])
    assert np.abs(lit[:, SIZE:, :3] - usual[:, SIZE:, :3]).mean() > 10


def test_hair_that_nobody_sees_from_the_front_is_there_from_behind(face, gl_context):
    """Hair is left out by where the usual camera stands: from behind, that would be bare skin."""
    behind = draw(face, LOOKS["back"])[:, :SIZE].astype(int)
    with Renderer(face) as renderer, TargetSet(Atlas(1, SIZE)) as target:
        renderer.pose((SMILE,))
        renderer._ribbons.draws = renderer._ribbons.draws_of(0)
        renderer.draw_free(target.free, LOOKS["back"])
        culled = target.read_picture(target.free.pictures(View.TEXTURE)[0]).astype(int)
    assert (np.abs(behind - culled).max(axis=2) > 8).mean() > 0.05


def test_every_face_of_a_batch_is_seen_from_there(face, gl_context):
    alone = draw(face, LOOKS["turned"]).astype(int)
    np.testing.assert_allclose(draw(face, LOOKS["turned"], (NEUTRAL, SMILE)), alone, atol=1)


def test_a_light_straight_behind_the_face_is_no_division_by_zero(face, gl_context):
    away = tuple(-FreeCamera(yaw=30.0).axes()[2])
    draw(face, Look(FreeCamera(yaw=30.0), Lighting((Light(away, 1.0, (1.0, 1.0, 1.0)),))), size=64)
