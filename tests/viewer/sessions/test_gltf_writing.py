"""Takes as animated faces: other tools can read them, the numbers are those of single precision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gpu_core.expression import NEUTRAL
from gpu_core.gltf.container import split_glb
from gpu_core.gltf.face import load_face
from viewer.sessions.gltf_take import read_gltf_take
from viewer.sessions.gltf_writing import _Document, gltf_bytes
from viewer.sessions.timed_expression import TakeError

FACES = [NEUTRAL.with_weights({"jawOpen": i / 3, "mouthLeft": 0.1}).with_head(yaw=i * 5.0, roll=-i) for i in range(3)]
TIMES = [0.0, 1 / 30, 2 / 30]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("glb") / "acting.glb"
    path.write_bytes(gltf_bytes(TIMES, FACES, "Acting"))
    return path


def test_what_is_written_is_read_back(written: Path) -> None:
    take = read_gltf_take(written)
    for time, face in zip(TIMES, FACES, strict=True):
        back = take.at(time)
        assert np.array_equal(np.float32(back.weights), np.float32(face.weights))
        assert (back.yaw, back.pitch, back.roll) == pytest.approx((face.yaw, face.pitch, face.roll), abs=1e-5)


def test_another_reader_sees_the_animation(written: Path) -> None:
    pygltflib = pytest.importorskip("pygltflib")
    document = pygltflib.GLTF2().load(str(written))
    (animation,) = document.animations
    assert animation.name == "Acting"
    paths = [channel.target.path for channel in animation.channels]
    assert paths.count("rotation") == 1
    assert paths.count("weights") == 8  # head, teeth, tongue, lashes
    clock = document.accessors[animation.samplers[0].input]
    assert (clock.count, clock.min, clock.max[0]) == (3, [0.0], pytest.approx(2 / 30))
    assert document.accessors[animation.samplers[0].output].count == 3 * 52
    assert all(view.byteOffset % 4 == 0 for view in document.bufferViews[-3:])
    assert len(document.binary_blob()) == document.buffers[0].byteLength


def test_it_is_still_the_face(written: Path) -> None:
    face = load_face(written)
    assert not face.missing
    assert len(face.vertices) > 1000


def test_times_that_single_precision_cannot_tell_apart_become_one() -> None:
    data = gltf_bytes([0.0, 1e-12, 1.0, 0.5], [NEUTRAL] * 4, "x")
    assert b"head_pose" not in data  # a head that never moves needs no node


def test_numbers_begin_at_multiples_of_four() -> None:
    document = _Document({"buffers": [{}]}, b"odd")
    assert document.floats(np.float32([1, 2]), "SCALAR", bounds=True) == 0
    assert document.json["bufferViews"] == [{"buffer": 0, "byteOffset": 4, "byteLength": 8}]
    text, blob = split_glb(document.glb())
    assert (len(text) % 4, blob) == (0, b"odd\0" + np.float32([1, 2]).tobytes())


def test_a_face_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TakeError, match=r"gone\.glb"):
        gltf_bytes([0.0], [NEUTRAL], "x", tmp_path / "gone.glb")
