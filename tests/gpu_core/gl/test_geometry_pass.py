"""The normal and the depth picture against a plane and a sphere, of which both are known at every pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import resource
from gpu_core.atlas import Atlas
from gpu_core.expression import NEUTRAL
from gpu_core.face import PosedFace
from gpu_core.gl.geometry_pass import depth_planes
from gpu_core.gl.renderer import Renderer
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.neural.readback import read_picture
from gpu_core.rig import Poser
from gpu_core.settings import Camera, View

pytestmark = pytest.mark.gl
SIZE = 128
CAMERA = Camera()
CENTRE = np.array(CAMERA.target)


@pytest.fixture(scope="module")
def face():
    return load_face(resource("face", "face.glb"))


def made_of(face, vertices, normals, triangles):
    """A face that is one bare surface, and its pose."""
    count = len(vertices)
    part = replace(face.parts[0], first=0, count=len(triangles), material=0)
    asset = replace(
        face, vertices=vertices, normals=normals, triangles=triangles.astype(np.uint32), parts=(part,), strands=(),
        uvs=np.zeros((count, 2), np.float32), colours=np.ones((count, 3), np.float32), textures=(),
        materials=(replace(face.materials[0], texture=None),),
    )  # fmt: skip
    return asset, PosedFace(vertices, normals, ())


def geometry(asset, posed):
    """Normals (height, width, 3) -1..1, depth (height, width) 0..1 and coverage, of a batch; top row first."""
    with Renderer(asset) as renderer, TargetSet(Atlas(len(posed), SIZE)) as target:
        renderer.upload(posed)
        renderer.draw(target)
        renderer.draw_geometry(target)
        normals, depth = (read_picture(target, name)[::-1] for name in ("normal", "depth"))
        covered = read_picture(target, "render")[::-1, :, 3] == 255
    assert not normals[~covered].any(), "the background is 0"
    assert not depth[~covered].any()
    return normals[..., :3] / 127.5 - 1.0, depth, covered


def rays():
    """The direction of the ray through every pixel's centre, (SIZE, SIZE, 3), with -1 along the axis."""
    steps = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    x, y = np.meshgrid(steps, -steps)
    slope = CAMERA.half_height / CAMERA.distance
    return np.stack([x * slope, y * slope, -np.ones_like(x)], -1)


def test_a_plane_has_one_normal_and_one_depth(face, gl_context):
    for forward in (-1.0, 0.0, 1.5):
        corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) + CENTRE + [0, 0, forward]
        plane = np.float32(corners), np.tile(np.float32([0, 0, 1]), (4, 1)), np.array([[0, 1, 2], [0, 2, 3]])
        asset, posed = made_of(face, *plane)
        normals, depth, covered = geometry(asset, (posed,))
        near, far = depth_planes(CAMERA)
        assert covered.mean() > 0.3
        np.testing.assert_allclose(depth[covered], (far - (CAMERA.distance - forward)) / (far - near), atol=1e-4)
        np.testing.assert_allclose(normals[covered], np.tile([0, 0, 1], (covered.sum(), 1)), atol=1.1 / 127.5)


def sphere(radius, rows=96, columns=192):
    v, u = np.meshgrid(np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, columns), indexing="ij")
    normals = np.stack([np.sin(v) * np.sin(u), np.cos(v), np.sin(v) * np.cos(u)], -1).reshape(-1, 3)
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1, 1)
    quads = first + np.array([0, columns, columns + 1, 0, columns + 1, 1])
    return np.float32(CENTRE + radius * normals), np.float32(normals), quads.reshape(-1, 3)


def test_a_sphere_has_the_normals_and_the_depth_of_a_sphere(face, gl_context):
    radius = 1.2
    asset, posed = made_of(face, *sphere(radius))
    normals, depth, covered = geometry(asset, (posed,))
    # Where the eye's ray meets the sphere: |t d - c| = radius with the centre c straight ahead.
    direction, centre = rays(), np.array([0.0, 0.0, -CAMERA.distance])
    a, b = (direction**2).sum(-1), direction @ centre
    root = b**2 - a * (CAMERA.distance**2 - radius**2)
    inside = covered & (root > 0.15 * root.max())  # near the rim a pixel's centre and the facets differ
    t = (b - np.sqrt(np.maximum(root, 0))) / a
    near, far = depth_planes(CAMERA)
    np.testing.assert_allclose(depth[inside], ((far - t) / (far - near))[inside], atol=2e-3)
    expected = (t[..., None] * direction - centre) / radius
    np.testing.assert_allclose(normals[inside], expected[inside], atol=0.02)
    assert inside.mean() > 0.3


def test_the_nose_is_nearer_than_the_ears_and_every_face_has_its_own(face, gl_context):
    turned = NEUTRAL.with_head(yaw=25)
    posed = tuple(Poser(face).pose(expression) for expression in (NEUTRAL, turned))
    normals, depth, covered = geometry(face, posed)
    assert depth[covered].max() < 1.0
    assert depth[covered].min() > 0.0, "a head fits between the planes"
    first, second = (depth[:SIZE, :SIZE], depth[:SIZE, SIZE : 2 * SIZE])
    assert np.abs(first - second).max() > 0.1
    middle = SIZE // 2
    assert first[middle, middle] > first[middle, middle - 35] > 0
    lengths = np.linalg.norm(normals[covered], axis=1)
    np.testing.assert_allclose(lengths, 1.0, atol=0.02)


def test_the_pass_changes_nothing_in_the_pair(face, gl_context):
    with Renderer(face) as renderer, TargetSet(Atlas(1, SIZE)) as target:
        renderer.pose((NEUTRAL,))
        renderer.draw(target)
        before = [read_picture(target, view.value) for view in (View.TEXTURE, View.RENDER)]
        renderer.draw_geometry(target)
        after = [read_picture(target, view.value) for view in (View.TEXTURE, View.RENDER)]
        renderer.draw(target)
        again = [read_picture(target, view.value) for view in (View.TEXTURE, View.RENDER)]
    np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(before, again)
