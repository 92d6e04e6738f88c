"""Timelines on disk: exact there and back, and nothing but one line for anything else."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_core.errors import MienError
from tests.viewer.performance.timelines import timelines
from viewer.performance import timeline_file
from viewer.performance.keyframes import Key, TimelineError, Track
from viewer.performance.timeline import Timeline
from viewer.performance.timeline_file import from_json, read_timeline, to_json, write_timeline

ONE = Timeline.of([Track("jawOpen", (Key(0.1, 1 / 3),))], title="Ein Lächeln 微笑", loops=True)


def test_there_and_back_with_any_path(tmp_path: Path) -> None:
    path = tmp_path / "my 表情" / "a take.json"
    write_timeline(ONE, path)
    assert read_timeline(path) == ONE
    assert [each.name for each in path.parent.iterdir()] == ["a take.json"]


@given(timelines())
def test_there_and_back_to_the_last_bit(timeline: Timeline) -> None:
    assert from_json(to_json(timeline)) == timeline


def changed(**members: object) -> str:
    return json.dumps(json.loads(to_json(ONE)) | members)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        ("[]", "no timeline"),
        (changed(mien="preset"), "no timeline"),
        (changed(schema=2), "newer Mien"),
        (changed(schema="1"), "no schema number"),
        (changed(fps=1), "24 to 120"),
        (changed(fps=None), "fps must be a number"),
        (changed(duration_s=10**400), "duration_s must be a number"),
        (to_json(ONE).replace("0.1", "NaN"), "NaN"),
        (to_json(ONE).replace("0.1", "1e999"), "must be a number"),
        (changed(tracks=[]), "'tracks' must be a dict"),
        (changed(tracks={"jawOpne": []}), "did you mean jawOpen"),
        (changed(tracks={"jawOpen": [[0, 0]]}), "a key of jawOpen"),
        (changed(tracks={"jawOpen": [[0, 0, "elastic"]]}), "a key of jawOpen"),
        (changed(tracks={"jawOpen": [[0, 0, []]]}), "a key of jawOpen"),
        (changed(tracks={"jawOpen": [[0, 2, "step"]]}), "outside 0..1"),
        (changed(tracks={"jawOpen": [[0, True, "step"]]}), "must be a number"),
        (changed(title=7), "'title' must be a str"),
    ],
)
def test_anything_else_is_one_line(text: str | bytes, why: str) -> None:
    with pytest.raises(TimelineError, match=why) as caught:
        from_json(text)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.json", tmp_path, tmp_path / "nul\0"):
        with pytest.raises(TimelineError, match=r"no such file|is no file|cannot be read"):
            read_timeline(path)


def test_no_file_is_written_that_would_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = to_json(ONE)
    monkeypatch.setattr(timeline_file, "MOST_KEYS", 0)
    with pytest.raises(TimelineError, match="more than 0 keys"):
        from_json(text)
    with pytest.raises(TimelineError, match=r"save it as \.csv"):
        write_timeline(ONE, tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["tracks", "fps", "title", "loops", "duration_s", "schema"]), VALUES),
    st.dictionaries(st.sampled_from(["jawOpen", "yaw", "nose"]), st.lists(st.tuples(VALUES, VALUES, VALUES))),
)
def test_any_json_is_a_timeline_or_an_error(members: dict[str, object], tracks: dict[str, object]) -> None:
    for said in (members, members | {"tracks": tracks}):
        with suppress(TimelineError):
            from_json(changed(**said))


@given(st.binary(max_size=60))
def test_any_bytes_are_an_error(data: bytes) -> None:
    with pytest.raises(MienError):
        from_json(data)
