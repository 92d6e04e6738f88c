"""Leaving out hair that does not show: where the viewer stands, and that pictures stay what they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import shipped_faces
from gpu_core.atlas import Atlas
from gpu_core.expression import HEAD_LIMITS_DEG, NEUTRAL
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.seen_hair import CELL_DEG, CELLS, LOWEST_DEG, cell_of, seen_hair
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.settings import Camera, View

pytestmark = pytest.mark.gl
SIZE = 512  # what was counted
TURNED = (
    NEUTRAL.with_head(yaw=-27, pitch=9, roll=-6).with_weights({"jawOpen": 0.7}),
    NEUTRAL.with_head(yaw=14, pitch=-11, roll=8).with_weights({"cheekPuff": 1.0, "eyeBlinkLeft": 1.0}),
)


@pytest.fixture(scope="module", params=sorted(shipped_faces()))
def face(request):
    return load_face(shipped_faces()[request.param])


def draw(renderer, target):
    renderer.draw(target)
    pixels = np.empty((2, target.atlas.height, target.atlas.width, 4), np.uint8)
    for view, into in zip((View.TEXTURE, View.RENDER), pixels, strict=True):
        target.read(view, into)
    return pixels


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (21, 0), (-21, 0), (0, 13), (0, -13), (30, -14)])
def test_without_roll_the_cell_is_that_of_yaw_and_pitch(yaw, pitch):
    place = cell_of(NEUTRAL.with_head(yaw=yaw, pitch=pitch))
    low = [low + step * i for low, step, i in zip(LOWEST_DEG, CELL_DEG, divmod(place, CELLS[1]), strict=True)]
    for angle, from_, step in zip((yaw, pitch), low, CELL_DEG, strict=True):
        assert from_ - 1e-4 <= angle <= from_ + step + 1e-4


def test_roll_alone_shows_the_same_hair():
    assert cell_of(NEUTRAL.with_head(roll=8)) == cell_of(NEUTRAL.with_head(roll=-8)) == cell_of(NEUTRAL)


@pytest.mark.parametrize(
    "head", [{"yaw": 60}, {"yaw": -100}, {"pitch": 40}, {"pitch": -95}, {"roll": 20}, {"yaw": 180}]
)
def test_further_than_was_counted_there_is_no_cell(head):
    assert cell_of(NEUTRAL.with_head(**head)) is None


def test_every_shipped_face_was_counted_over_the_heads_range(face):
    seen = seen_hair(face)
    assert seen is not None, "./run recipe seen-hair, after every bake"
    assert seen.seen.shape == (CELLS[0] * CELLS[1], sum(s.points.shape[0] * (s.points.shape[1] - 1)
                                                        for s in face.strands if s.facing == "surface"))  # fmt: skip
    yaw, pitch = HEAD_LIMITS_DEG["yaw"], HEAD_LIMITS_DEG["pitch"]
    for y in np.linspace(-yaw, yaw, 9):
        for p in np.linspace(-pitch, pitch, 7):
            assert seen.cell(NEUTRAL.with_head(yaw=y, pitch=p)) is not None


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"strands": ()}])
def test_another_face_is_drawn_whole(face, gl_context, change):
    other = replace(face, **change)
    assert seen_hair(other) is None
    with Renderer(other) as renderer:
        renderer.pose((NEUTRAL,))
        assert renderer._ribbons.draws_of(0) == renderer._ribbons.draws


def test_another_camera_sees_all_hair(face, gl_context):
    with Renderer(face, Camera(distance=9.0)) as renderer:
        renderer.pose((NEUTRAL,))
        assert renderer._ribbons.draws_of(0) == renderer._ribbons.draws


def test_pictures_lose_nothing_with_the_hair_that_is_left_out(face, gl_context):
    """A pixel or two at the edge of a lock may go to the lock behind it."""
    with Renderer(face) as renderer, TargetSet(Atlas(len(TURNED), SIZE)) as target:
        renderer.pose(TURNED)
        runs = [renderer._ribbons.draws_of(index)[0] for index in range(len(TURNED))]
        assert runs[0] != runs[1]
        assert all(run.count < renderer._ribbons.draws[0].count / 2 for run in runs)
        fewer = draw(renderer, target)
        renderer._ribbons.head_poses(None)
        every = draw(renderer, target)
        assert every[1, ..., 3].any()
        assert (fewer != every).any(axis=(0, 3)).sum() <= 4


def test_a_face_posed_elsewhere_is_drawn_whole(face, gl_context):
    from gpu_core.rig import Poser

    with Renderer(face) as renderer:
        renderer.pose((NEUTRAL,))
        renderer.upload((Poser(face).pose(NEUTRAL),))
        assert renderer._ribbons.draws_of(0) == renderer._ribbons.draws
