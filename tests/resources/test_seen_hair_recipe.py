"""Counting which hair shows: even poses, and that the shipped files hold what a fresh count finds."""

from __future__ import annotations

import numpy as np
import pytest
from count_seen_hair import ENOUGH, Census, count, halton, poses

from gpu_core.assets import shipped_faces
from gpu_core.expression import HEAD_LIMITS_DEG, NEUTRAL
from gpu_core.gl.seen_hair import cell_of, seen_hair
from gpu_core.gltf.face import load_face


def test_poses_are_the_same_every_time_and_fill_the_range() -> None:
    first, again = list(poses(200)), list(poses(200))
    assert first == again
    for name, limit in HEAD_LIMITS_DEG.items():
        angles = np.array([getattr(pose, name) for pose in first])
        assert angles.min() < -limit < limit < angles.max() < 1.1 * limit
        assert abs(angles.mean()) < 0.1 * limit


def test_halton_counts_backwards_in_its_base() -> None:
    assert [halton(i, 2) for i in range(1, 5)] == [0.5, 0.25, 0.75, 0.125]
    assert halton(5, 3) == pytest.approx(2 / 3 + 1 / 9)


@pytest.mark.gl
@pytest.mark.parametrize("name", sorted(shipped_faces()))
def test_a_pose_that_was_not_counted_shows_hardly_anything_new(name: str, gl_context: object) -> None:
    face = load_face(shipped_faces()[name])
    seen = seen_hair(face)
    assert seen is not None
    with Census(face) as census:
        for yaw, pitch, roll in ((-23.3, 4.7, 3.1), (1.9, -11.3, -7.7), (28.1, 9.1, 0.3)):
            pose = NEUTRAL.with_head(yaw=yaw, pitch=pitch, roll=roll).with_weights({"jawOpen": 0.37})
            showing, cell = census.showing(pose), cell_of(pose)
            assert showing.sum() > 200
            assert cell is not None
            assert (showing & ~seen.seen[cell]).sum() <= 3


@pytest.mark.gl
def test_a_cell_is_known_once_enough_was_drawn_there(gl_context: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("count_seen_hair.poses", lambda wanted: [NEUTRAL.with_head(yaw=1.0)] * wanted)
    face = load_face(shipped_faces()["man"])
    made, cell = count(face, ENOUGH), cell_of(NEUTRAL.with_head(yaw=1.0))
    assert np.flatnonzero(made["known"]).tolist() == [cell]
    assert not count(face, ENOUGH - 1)["known"].any()
    seen = np.unpackbits(made["seen"], axis=1, count=int(made["pieces"]))
    around = cell_of(NEUTRAL.with_head(yaw=5.0, pitch=-3.0))
    np.testing.assert_array_equal(seen[cell], seen[around])  # what shows here may show next door
    assert 200 < seen[cell].sum() < 1500
    assert not seen[cell_of(NEUTRAL.with_head(yaw=13.0))].any()
