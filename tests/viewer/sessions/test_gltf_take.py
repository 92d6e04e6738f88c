"""Animations of other tools as takes: names in their spellings, three interpolations, damage in one line."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.viewer.sessions.gltf_files import glb, gltf
from viewer.sessions import gltf_take
from viewer.sessions.gltf_take import angles_of, read_gltf_take
from viewer.sessions.gltf_writing import quaternion
from viewer.sessions.timed_expression import TakeError

NAMES = ["Mouth_Smile_L", "nose", "blendShape1.jawOpen"]
VALUES = [[0, 0.7, 0.2], [0.5, 0.7, 0.4]]


def wrote(tmp_path: Path, document: dict[str, Any], name: str = "take.glb") -> Path:
    path = tmp_path / name
    path.write_bytes(glb(document) if name.endswith("glb") else json.dumps(document).encode())
    return path


@pytest.mark.parametrize("name", ["take.glb", "微笑 take.gltf"])
def test_names_in_any_spelling(tmp_path: Path, name: str) -> None:
    take = read_gltf_take(wrote(tmp_path, gltf([0, 1], VALUES, NAMES), name))
    face = take.at(0.5)
    assert (face["mouthSmileLeft"], face["jawOpen"]) == pytest.approx((0.25, 0.3))
    assert sum(face.weights) == pytest.approx(0.55)
    assert take.times.tolist() == [0, 1]


def test_steps_and_splines(tmp_path: Path) -> None:
    step = read_gltf_take(wrote(tmp_path, gltf([0, 1], VALUES, NAMES, interpolation="STEP")))
    assert step.at(0.9)["jawOpen"] == pytest.approx(0.2)
    flat = [[[0] * 3, VALUES[0], [0] * 3], [[0] * 3, VALUES[1], [0] * 3]]
    spline = read_gltf_take(wrote(tmp_path, gltf([0, 1], flat, NAMES, interpolation="CUBICSPLINE")))
    assert spline.at(0.25)["jawOpen"] == pytest.approx(0.2 + 0.2 * (3 / 16 - 2 / 64))


def test_the_mesh_with_the_most_shapes_speaks_and_others_fill_in(tmp_path: Path) -> None:
    document = gltf([0], [[0.1, 0.2]], ["jawOpen", "tongueOut"])
    document["meshes"] += [{"extras": {"targetNames": ["jawOpen"]}}, {"extras": {"targetNames": ["cheekPuff"]}}]
    document["nodes"] += [{"mesh": 1}, {"mesh": 2}]
    document["animations"][0]["samplers"].append({"input": 0, "output": 0})
    document["animations"][0]["channels"] += [
        {"sampler": 1, "target": {"node": node, "path": "weights"}} for node in (1, 2)]  # fmt: skip
    document["accessors"][0] |= {"bufferView": 0}
    face = read_gltf_take(wrote(tmp_path, document)).at(0)
    assert (face["jawOpen"], face["tongueOut"], face["cheekPuff"]) == pytest.approx((0.1, 0.2, 0.0))


def test_the_first_animation_that_moves_a_face_is_read_and_told(tmp_path: Path) -> None:
    document = gltf([0], [[0.5]], ["jawOpen"])
    document["animations"].insert(0, {"name": "walk", "channels": [], "samplers": []})
    take = read_gltf_take(wrote(tmp_path, document))
    assert take.at(0)["jawOpen"] == 0.5
    assert take.remarks == ("take.glb: 2 animations: Take 1 is read",)


def turned(rest: list[float] | None) -> dict[str, Any]:
    """A file whose node Head turns by 10 degrees of yaw; without a second accessor for it, by the weights' own."""
    turn = quaternion(10, 0, 0)
    document = gltf([0], turn, ["jawOpen", "a", "b", "c"])
    document["nodes"].append({"name": "Head"} | ({"rotation": rest} if rest else {}))
    document["accessors"].append(document["accessors"][1] | {"count": 1, "type": "VEC4"})
    document["animations"][0]["samplers"].append({"input": 0, "output": 2})
    document["animations"][0]["channels"].append({"sampler": 1, "target": {"node": 1, "path": "rotation"}})
    return document


def test_a_head_that_turns_is_read_unless_it_is_turned_at_rest(tmp_path: Path) -> None:
    assert read_gltf_take(wrote(tmp_path, turned(None))).at(0).yaw == pytest.approx(10, abs=1e-5)
    askew = read_gltf_take(wrote(tmp_path, turned([0.7, 0, 0, 0.7])))
    assert askew.at(0).yaw == 0
    assert askew.remarks == ("take.glb: its head is turned at rest: the head's rotation is not read",)


@given(st.floats(-80, 80), st.floats(-80, 80), st.floats(-80, 80))
def test_angles_and_quaternions_agree(yaw: float, pitch: float, roll: float) -> None:
    assert angles_of(np.array(quaternion(yaw, pitch, roll)) * 3) == pytest.approx((yaw, pitch, roll), abs=1e-6)


def test_quaternions_turn_as_the_rig_does() -> None:
    from math import radians

    from gpu_core.rig import rotation

    x, y, z, w = quaternion(20, -10, 5)
    matrix = [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
              [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
              [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]  # fmt: skip
    assert np.asarray(rotation(radians(20), radians(-10), radians(5))) == pytest.approx(np.array(matrix), abs=1e-6)


ONE = gltf([0, 1], VALUES, NAMES)
CHANNEL = ONE["animations"][0]["channels"][0]


def animation(**changes: Any) -> dict[str, Any]:
    return {"animations": [ONE["animations"][0] | changes]}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (ONE | {"animations": []}, "no animation"),
        (ONE | {"animations": 3}, "animations"),
        (ONE | animation(channels=[]), "targetNames"),
        (ONE | {"meshes": [{}]}, "targetNames"),
        (ONE | {"meshes": [{"extras": {"targetNames": ["a", "b", "c"]}}]}, "targetNames"),
        (ONE | animation(channels=[CHANNEL] * 201), "more than 200"),
        (ONE | animation(channels=[CHANNEL | {"sampler": 7}]), "sampler is not there"),
        (ONE | animation(samplers=[{"input": 0, "output": 1, "interpolation": "BEZIER"}]), "BEZIER"),
        (ONE | animation(samplers=[{"input": 9, "output": 1}]), "accessors"),
        (ONE | animation(samplers=[{"input": 0, "output": 0}]), "damaged"),
        (ONE | {"buffers": [{"byteLength": 4, "uri": "data:;base64,AAAAAA=="}]}, "truncated|beyond"),
        (gltf([1, 0], VALUES, NAMES), "ascend"),
        (gltf([-1, 0], VALUES, NAMES), "ascend"),
        (gltf([0, float("inf")], VALUES, NAMES), "not finite"),
        (gltf([0, 1], [[float("nan")] * 3] * 2, NAMES), "not finite"),
        (gltf([], [], NAMES), "ascend"),
    ],
)
def test_damage_is_one_line(tmp_path: Path, document: dict[str, Any], why: str) -> None:
    with pytest.raises(TakeError, match=rf"take\.glb: .*{why}") as caught:
        read_gltf_take(wrote(tmp_path, document))
    assert "\n" not in str(caught.value)


def test_what_is_not_there_takes_no_memory(tmp_path: Path) -> None:
    document = gltf([0], [0.5] * 52, [f"x{i}" for i in range(51)] + ["jawOpen"])
    claim = {"componentType": 5126, "count": 12_000_000, "type": "SCALAR"}  # zeros, by the specification
    document["accessors"] += [dict(claim) for _ in range(100)]
    document["animations"][0] |= {
        "samplers": [{"input": 2 + i, "output": 2 + i} for i in range(100)],
        "channels": [{"sampler": i, "target": {"node": 0, "path": "weights"}} for i in range(100)],
    }
    tracemalloc.start()
    try:
        with pytest.raises(TakeError, match=r"ascend|more than|damaged"):
            read_gltf_take(wrote(tmp_path, document))
        assert tracemalloc.get_traced_memory()[1] < 500_000_000
    finally:
        tracemalloc.stop()


def test_meshes_that_share_a_sampler_share_its_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gltf_take, "MOST_VALUES", 6)
    document = gltf([0, 1], VALUES, NAMES)
    document["nodes"] += [{"mesh": 0}, {"mesh": 0}]
    document["animations"][0]["channels"] += [
        {"sampler": 0, "target": {"node": node, "path": "weights"}} for node in (1, 2)]  # fmt: skip
    assert read_gltf_take(wrote(tmp_path, document)).at(0)["jawOpen"] == pytest.approx(0.2)
    document["animations"][0]["samplers"].append(dict(document["animations"][0]["samplers"][0]))
    document["animations"][0]["channels"][2] = {"sampler": 1, "target": {"node": 2, "path": "weights"}}
    with pytest.raises(TakeError, match="more than 6 values"):
        read_gltf_take(wrote(tmp_path, document))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_member_may_be_anything(tmp_path: Path, data: st.DataObject) -> None:
    document: Any = json.loads(json.dumps(ONE))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = document
        while isinstance(place, dict | list) and place:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else list(range(len(place)))))
            deeper = place[key]
            if not isinstance(deeper, dict | list) or not deeper or data.draw(st.booleans()):
                junk = (
                    st.none() | st.integers(-5, 10**9) | st.text(max_size=3) | st.just({}) | st.just([]) | st.floats()
                )
                place[key] = data.draw(junk)
                break
            place = deeper
    try:
        read_gltf_take(wrote(tmp_path, document)).at(0.5)
    except TakeError as error:
        if "\n" in str(error):
            raise
