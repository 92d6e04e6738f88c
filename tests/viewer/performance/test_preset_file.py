"""Presets on disk: exact there and back, one line for anything else."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from viewer.performance.preset_file import Preset, PresetError, checked_title, name_of, read_presets, write_presets

SMILE = Preset("smile", "Smile 微笑", "yours", NEUTRAL.with_weights({"mouthSmileLeft": 1 / 3}).with_head(roll=-2.5))
FACES = st.builds(
    Expression, st.tuples(*[st.floats(0, 1)] * len(ARKIT_SHAPES)), st.floats(-32, 32), st.floats(-15, 15),
    st.floats(-10, 10),
)  # fmt: skip
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def row(**members: object) -> dict[str, object]:
    return {"name": "x", "title": "X", "group": "yours", "weights": {}} | members


def file_of(path: Path, *rows: object, **members: object) -> Path:
    path.write_text(json.dumps({"mien": "presets", "schema": 1, "presets": list(rows)} | members), encoding="utf-8")
    return path


@QUICK
@given(st.lists(FACES, min_size=1, max_size=3))
def test_there_and_back_to_the_last_bit(tmp_path: Path, faces: list[Expression]) -> None:
    presets = tuple(Preset(f"p{i}", f"P {i}", "yours", face) for i, face in enumerate(faces))
    write_presets(presets, tmp_path / "a.json")
    assert read_presets(tmp_path / "a.json") == presets


def test_it_reads_well_and_keeps_its_letters(tmp_path: Path) -> None:
    write_presets([SMILE], tmp_path / "我的" / "smile.json")
    text = (tmp_path / "我的" / "smile.json").read_text(encoding="utf-8")
    assert "微笑" in text
    assert text.count("\n") == 3
    assert read_presets(tmp_path / "我的" / "smile.json") == (SMILE,)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "holds 0 presets"),
        ([row(), row()], "two presets 'x'"),
        (["x"], "must be an object"),
        ([row(name="../evil")], "cannot be a preset's name"),
        ([row(name="con")], "cannot be a preset's name"),
        ([row(name="Upper")], "cannot be a preset's name"),
        ([row(name=3)], "'name' must be a str"),
        ([row(title=" ")], "visible characters"),
        ([row(title="a\nb")], "visible characters"),
        ([row(title="x" * 61)], "visible characters"),
        ([row(weights={"jawOpne": 1})], "preset x: .*did you mean jawOpen"),
        ([row(weights={"jawOpen": 1.5})], "preset x: jawOpen 1.5 is outside 0..1"),
        ([row(weights={"jawOpen": "much"})], "jawOpen must be a number"),
        ([row(weights=[])], "'weights' must be a dict"),
        ([row(head={"yaw": 90})], "yaw 90 is outside"),
        ([row(head={"nod": 1})], "the head has no 'nod'"),
    ],
)
def test_bad_presets_are_one_line(tmp_path: Path, rows: list[object], why: str) -> None:
    with pytest.raises(PresetError, match=rf"a\.json: .*{why}") as caught:
        read_presets(file_of(tmp_path / "a.json", *rows))
    assert "\n" not in str(caught.value)


def test_other_files(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="newer Mien: schema 9"):
        read_presets(file_of(tmp_path / "a.json", row(), schema=9))
    with pytest.raises(PresetError, match="no presets of Mien"):
        read_presets(file_of(tmp_path / "a.json", row(), mien="timeline"))
    with pytest.raises(PresetError, match="no such file"):
        read_presets(tmp_path / "gone.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(PresetError, match="cannot be written"):
        write_presets([SMILE], tmp_path / "file" / "a.json")


@QUICK
@given(st.binary(max_size=80))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    for start in (b"", b'{"mien": "presets", "schema": 1, "presets": ['):
        (tmp_path / "a.json").write_bytes(start + data)
        with pytest.raises(PresetError):
            read_presets(tmp_path / "a.json")


ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]) | st.just({})


@QUICK
@given(st.dictionaries(st.sampled_from(["name", "title", "group", "weights", "head"]), ANY))
def test_any_members(tmp_path: Path, members: dict[str, object]) -> None:
    with suppress(PresetError):
        read_presets(file_of(tmp_path / "a.json", row(**members)))


@pytest.mark.parametrize(
    ("title", "name"), [("Big Smile!", "big-smile"), ("  Été  ", "été"), ("微笑 2", "微笑-2"), ("a/../b", "a-b")]
)
def test_names_of_titles(title: str, name: str) -> None:
    assert name_of(title) == name
    assert checked_title(title) == title.strip()


@given(st.text(max_size=200))
def test_any_title_gives_a_safe_name_or_an_error(title: str) -> None:
    with suppress(PresetError):
        name = name_of(title)
        assert Path(f"{name}.json").name == f"{name}.json"
        assert name == name_of(name)
