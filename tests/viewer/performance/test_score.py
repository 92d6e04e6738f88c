"""Scores: what a table says is what the face does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gpu_core.errors import MienError
from viewer.performance.score import read_score, score


def test_a_pose_stands_for_both_sides_and_leans() -> None:
    table = {
        "title": "x", "duration_s": 4.0, "lean": {"mouthSmile": 0.5},
        "poses": {"rest": {}, "smile": {"mouthSmile": 0.8, "yaw": 10.0}},
        "pose_keys": [[0, "rest"], [1, "smile"], [2, "smile"], [3, "rest"]],
    }  # fmt: skip
    face = score("x", table).at(1.5)
    assert (face["mouthSmileLeft"], face["mouthSmileRight"], face.yaw) == pytest.approx((0.8, 0.4, 10.0))


def test_layers_join_without_passing_one() -> None:
    table = {"title": "x", "duration_s": 4.0, "poses": {"a": {"jawOpen": 0.8}}, "pose_keys": [[0, "a"]],
             "tracks": {"jawOpen": [[0, 0.5]]}}  # fmt: skip
    assert score("x", table).at(0.0)["jawOpen"] == pytest.approx(0.9)


def test_a_shut_lid_is_not_wide() -> None:
    table = {"title": "x", "duration_s": 4.0, "tracks": {"eyeWide": [[0, 1.0]]}, "blinks_s": [1.0]}
    face = score("x", table).at(1.11)
    assert face["eyeBlinkLeft"] == pytest.approx(1.0)
    assert face["eyeWideLeft"] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "broken.json"),
        ("[]", "broken.json"),
        ('{"title": "x"}', "duration_s"),
        (json.dumps({"title": "x", "duration_s": 2, "tracks": {"jawOpn": [[0, 1]]}}), "jawOpen"),
        (json.dumps({"title": "x", "duration_s": 2, "pose_keys": [[0, "gone"]]}), "gone"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(MienError, match=why) as raised:
        read_score(path)
    assert "\n" not in str(raised.value)
