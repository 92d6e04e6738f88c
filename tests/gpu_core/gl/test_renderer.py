"""The picture pair: golden pictures of the shipped face, and properties that hold on any rasteriser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import resource
from gpu_core.atlas import Atlas
from gpu_core.expression import NEUTRAL
from gpu_core.gl.mesh import encode_srgb, tangents
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.settings import View

pytestmark = pytest.mark.gl
SIZE = 256
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.8, "mouthSmileRight": 0.7, "jawOpen": 0.25})
POSES = {
    "neutral": NEUTRAL,
    "smile-turned": SMILE.with_head(yaw=25, pitch=-8, roll=4),
    "wink-tongue": NEUTRAL.with_weights({"eyeBlinkLeft": 1.0, "tongueOut": 0.8, "jawOpen": 0.5}),
}


@pytest.fixture(scope="module")
def face():
    return load_face(resource("face", "face.glb"))


def draw(face, expressions, size=SIZE):
    """Texture and render image of each expression: {view: (height, width, 4) uint8, top row first}."""
    with Renderer(face) as renderer, TargetSet(Atlas(len(expressions), size)) as target:
        renderer.pose(expressions)
        renderer.draw(target)
        pictures = {}
        for view in (View.TEXTURE, View.RENDER):
            pixels = np.empty((target.atlas.height, target.atlas.width, 4), np.uint8)
            target.read(view, pixels)
            pictures[view] = pixels[::-1]
        return pictures


@pytest.mark.parametrize("name", POSES)
def test_golden_pictures(face, approve, name):
    pictures = draw(face, (POSES[name],))
    approve(np.hstack([pictures[View.TEXTURE], pictures[View.RENDER]]), f"pair-{name}")


def test_both_images_cover_the_same_pixels(face, gl_context):
    pictures = draw(face, (SMILE,))
    np.testing.assert_array_equal(pictures[View.TEXTURE][..., 3], pictures[View.RENDER][..., 3])
    covered = (pictures[View.RENDER][..., 3] > 0).mean()
    assert 0.4 < covered < 0.8


def test_colours_are_premultiplied(face, gl_context):
    for picture in draw(face, (SMILE,)).values():
        assert (picture[..., :3].max(axis=2) <= picture[..., 3].astype(int) + 1).all()


def test_faces_of_a_batch_do_not_touch_each_other(face, gl_context):
    expressions = (NEUTRAL, SMILE, NEUTRAL.with_head(yaw=-30))
    together = draw(face, expressions, 128)
    atlas = Atlas(3, 128)
    for expression, region in zip(expressions, atlas.regions, strict=True):
        alone = draw(face, (expression,), 128)
        top = atlas.height - region.y - region.size
        for view, picture in together.items():
            crop = picture[top : top + region.size, region.x : region.x + region.size]
            # a step of rounding where interpolation starts from another corner; a neighbour's pixel would be far off
            np.testing.assert_allclose(crop.astype(int), alone[view], atol=1)


def test_drawing_again_gives_the_same_picture(face, gl_context):
    first, second = draw(face, (SMILE,)), draw(face, (SMILE,))
    np.testing.assert_array_equal(first[View.RENDER], second[View.RENDER])


def test_the_jaw_moves_the_mouth_and_nothing_above_the_nose(face, gl_context):
    shut, open_ = (draw(face, (NEUTRAL.with_weights({"jawOpen": w}),))[View.RENDER].astype(int) for w in (0, 0.7))
    change = np.abs(shut - open_).max(axis=2)
    assert change[int(0.55 * SIZE) : int(0.85 * SIZE)].max() > 60
    assert change[: int(0.4 * SIZE)].max() < 12


def test_a_lash_thinner_than_a_pixel_darkens_by_its_width(face, gl_context):
    """Coverage is what is lost: half the width gives about half the darkening, not a broken line."""

    def darkening(width: float) -> float:
        lashes = tuple(
            replace(s, half_width=np.full_like(s.half_width, width)) for s in face.strands if s.facing == "camera"
        )
        bare = draw(replace(face, strands=()), (NEUTRAL,))[View.TEXTURE].astype(float)
        return float((bare - draw(replace(face, strands=lashes), (NEUTRAL,))[View.TEXTURE]).clip(0)[..., :3].sum())

    thin, thinner = darkening(0.0010), darkening(0.0005)
    assert thinner > 0
    assert 0.4 < thinner / thin < 0.65


def test_materials_that_differ_in_colour_alone_are_one_draw(face, gl_context):
    with Renderer(face) as renderer:
        draws = renderer._surface.draws
    looks = [(draw.texture, draw.gloss, draw.two_sided) for draw in draws]
    assert len(looks) == len(set(looks)) < len(face.materials)
    assert sum(draw.count for draw in draws) == face.triangles.size
    assert [draw.first for draw in draws] == [0, *np.cumsum([draw.count for draw in draws])[:-1]]


def test_back_faces_are_drawn_last_and_only_where_a_material_has_two_sides(face, gl_context):
    materials = (replace(face.materials[0], two_sided=True), *face.materials[1:])
    with Renderer(replace(face, materials=materials)) as renderer:
        sides = [draw.two_sided for draw in renderer._surface.draws]
        assert sides == sorted(sides)
        assert sides.count(True) == 1
        skin = sum(part.count for part in face.parts if part.material == 0)
        assert renderer._surface.draws[-1].count == 3 * skin


def test_encoding_is_the_srgb_curve():
    np.testing.assert_allclose(
        encode_srgb(np.array([0.0, 0.0031308, 0.21404114, 1.0])), [0, 0.04045, 0.5, 1], atol=1e-4
    )


def test_tangents_follow_the_strand():
    line = np.stack([np.linspace(0, 1, 5)[:, None] * np.array([1.0, 2.0, 3.0])]).astype(np.float32)
    directions = tangents(line) / np.linalg.norm(tangents(line), axis=2, keepdims=True)
    np.testing.assert_allclose(directions, np.tile([1, 2, 3] / np.sqrt(14), (1, 5, 1)), atol=1e-6)
