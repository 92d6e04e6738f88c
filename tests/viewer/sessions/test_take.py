"""Takes by name: opened whatever they are, saved as their new name says, and nothing half done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.expression import NEUTRAL, Expression
from tests.viewer.sessions.gltf_files import glb, gltf
from viewer.performance.builtin import BUILTIN
from viewer.performance.easing import Ease
from viewer.performance.keyframes import Key, Track
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import write_timeline
from viewer.sessions.expression_csv import DAY_S, TakeError, TimedExpression, write_csv
from viewer.sessions.take import FPS, open_take, save_take, take_of

TEN_DIGITS = st.integers(0, 10**10).map(lambda n: n / 10**10)


def jaw(weight: float) -> Expression:
    return NEUTRAL.with_weights({"jawOpen": weight})


def rows_at(fps: float, count: int) -> list[TimedExpression]:
    return [TimedExpression(index / fps, jaw(index / 100)) for index in range(count)]


def test_names_are_performances_and_files_takes(tmp_path: Path) -> None:
    talk = open_take("talk")
    assert (talk.fps, talk.seconds) == (FPS, BUILTIN["talk"].duration_s)
    assert list(talk.expressions(10))[7] == BUILTIN["talk"].at(0.7)
    write_csv(tmp_path / "mine.csv", rows_at(25, 80))
    mine = open_take(str(tmp_path / "mine.csv"))
    assert (mine.title, mine.frames(mine.fps)) == ("mine", round(mine.seconds * mine.fps))
    with pytest.raises(TakeError, match="no take yodel, nor a performance of that name: those are talk, look_around"):
        open_take("yodel")


@pytest.mark.parametrize("start_s", [0.0, 44867.0 + 47.169 / 60, DAY_S - 0.5])
def test_a_take_of_a_phone_gives_its_rows_back(tmp_path: Path, start_s: float) -> None:
    """Thirty rows a second on a timecode of sixty that did not begin with a whole frame, once over midnight."""
    write_csv(tmp_path / "phone.csv", rows_at(30, 70), start_s=start_s)
    take = open_take(str(tmp_path / "phone.csv"))
    assert (take.fps, take.frames(take.fps)) == (30.0, 70)
    assert [face["jawOpen"] for face in take.expressions(30)] == [round(index / 100, 10) for index in range(70)]


@pytest.mark.parametrize("ending", [".csv", ".glb", ".json"])
def test_every_format_keeps_a_take(tmp_path: Path, ending: str) -> None:
    take = open_take("talk")
    path = tmp_path / "我的 takes" / f"talk{ending}"
    path.parent.mkdir()
    save_take(take, path)
    back = open_take(path)
    assert back.notes == ()
    assert back.fps == take.fps
    assert back.frames(30) == take.frames(30)
    within = {".csv": 1e-10, ".glb": 1e-7, ".json": 0.00501}[ending]
    for one, other in zip(take.expressions(30), back.expressions(30), strict=True):
        assert max(abs(a - b) for a, b in zip(one.weights, other.weights, strict=True)) <= within
        assert (one.yaw, one.pitch, one.roll) == pytest.approx((other.yaw, other.pitch, other.roll), abs=0.11)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(TEN_DIGITS, min_size=52, max_size=52), min_size=2, max_size=5))
def test_a_take_goes_around_all_formats_unchanged(tmp_path: Path, frames: list[list[float]]) -> None:
    faces = [Expression(tuple(weights)) for weights in frames]
    take = take_of([TimedExpression(i / 30, face) for i, face in enumerate(faces)], Path("x.csv"))
    save_take(take, tmp_path / "a.csv")
    assert [face for _, face in open_take(tmp_path / "a.csv").rows] == faces
    save_take(open_take(tmp_path / "a.csv"), tmp_path / "b.glb")
    single = [np.float32(face.weights).tolist() for face in open_take(tmp_path / "b.glb").expressions(30)]
    assert single == [np.float32(face.weights).tolist() for face in faces]


def test_rows_without_a_face_stay_so_in_a_csv(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [TimedExpression(0, jaw(0.5)), TimedExpression(1 / 30, None)])
    save_take(open_take(tmp_path / "a.csv"), tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_keys_far_apart_in_a_gltf_are_blended_all_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(glb(gltf([0, 2], [[0], [1.5]], ["JawOpen"])))
    take = open_take(tmp_path / "a.glb")
    assert take.at(1)["jawOpen"] == 0.75
    assert take.at(2)["jawOpen"] == 1.0
    assert take.notes == ("a.glb: 1 of 2 keys are outside a face's limits: clamped",)


def test_a_timeline_is_a_take(tmp_path: Path) -> None:
    timeline = Timeline.of([Track("jawOpen", (Key(0, 0, Ease.STEP), Key(1, 1)))], duration_s=2, fps=60, title="Steps")
    write_timeline(timeline, tmp_path / "a.json")
    take = open_take(tmp_path / "a.json")
    assert (take.title, take.fps, take.frames(60)) == ("Steps", 60, 120)
    assert take.at(0.99)["jawOpen"] == 0


def test_what_cannot_be_saved_leaves_what_was_there(tmp_path: Path) -> None:
    take = open_take("range")
    (tmp_path / "old.glb").write_text("old")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").write_text("")
    for name, face in (("a.mp4", None), ("folder.csv", None), ("file/a.csv", None), ("file/a.json", None),
                       ("old.glb", tmp_path / "gone.glb"), ("old.glb", tmp_path / "file")):  # fmt: skip
        with pytest.raises(TakeError) as caught:
            save_take(take, tmp_path / name, face=face)
        assert "\n" not in str(caught.value)
    assert (tmp_path / "old.glb").read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder.csv", "old.glb"]


def test_names_that_are_no_paths() -> None:
    for name in ("nul\0.csv", "x" * 5000):
        with pytest.raises(TakeError):
            open_take(name)


STARTS = st.sampled_from([
    b"", b"glTF\2\0\0\0", b"{", b'{"mien": "timeline", "schema": 1', b'{"asset":{"version":"2.0"}', b"\x89PNG",
    b"Timecode,JawOpen\n", b"time;jawOpen\n",
])  # fmt: skip


def open_or_refuse(path: Path, data: bytes) -> None:
    """Nothing but TakeError comes out, in one line."""
    path.write_bytes(data)
    try:
        open_take(path)
    except TakeError as error:
        if len(str(error).splitlines()) != 1:
            raise


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(STARTS, st.binary(max_size=200), st.sampled_from([".csv", ".glb", ".gltf", ".json", ""]))
def test_any_bytes_under_any_name(tmp_path: Path, start: bytes, data: bytes, ending: str) -> None:
    open_or_refuse(tmp_path / f"a{ending}", start + data)


@pytest.mark.soak
@settings(max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_takes_for_minutes(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(glb(gltf([0, 0.5, 1], [[0, 1], [0.5, 0.5], [1, 0]], ["jawOpen", "cheekPuff"])))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    open_or_refuse(tmp_path / "a.glb", bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    open_or_refuse(tmp_path / "a.json", data.draw(STARTS) + data.draw(st.binary(max_size=300)))
