"""viewer.farm.segments: takes are cut without a gap, and only segments that are what was kept are believed."""

from __future__ import annotations

import json
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_core.errors import MienError
from tests.farm_fakes import FPS, grey_video, jaws
from viewer.clips.clip import PART_S
from viewer.clips.parts import HASHES_NAME, ClipParts
from viewer.farm.segments import SegmentParts, cut, faces_of, part_of, take_of_faces
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.take import open_take

FACES = jaws([number / 10 for number in range(10)])
SEGMENTS = cut(10, FPS, 0.4)


@settings(deadline=None)
@given(st.integers(1, 20_000), st.floats(1.0, 240.0), st.floats(0.5, 600.0))
def test_segments_follow_one_another_to_the_end(frames: int, fps: float, segment_s: float) -> None:
    segments = cut(frames, fps, segment_s)
    assert segments[0][0] == 0
    assert segments[-1][1] == frames
    assert all(before[1] == after[0] for before, after in pairwise(segments))
    lengths = {end - first for first, end in segments[:-1]}
    assert len(lengths) <= 1
    assert segments[-1][1] - segments[-1][0] <= max(lengths, default=frames)


def test_they_are_cut_where_a_render_in_one_go_begins_its_parts() -> None:
    assert cut(400, 25.0) == ((0, 125), (125, 250), (250, 375), (375, 400))
    assert round(PART_S * 25) == 125


@settings(deadline=None)
@given(st.sampled_from([1.0, 23.976, 24.0, 25.0, 29.97, 30.0, 60.0, 240.0]), st.integers(1, 200))
def test_a_segments_take_shows_each_face_once(fps: float, count: int) -> None:
    faces = jaws([number / count for number in range(count)])
    take = take_of_faces(faces, fps)
    assert [face["jawOpen"] for face in take.expressions(fps)] == [number / count for number in range(count)]


def test_faces_are_the_takes_own_to_the_bit() -> None:
    take = open_take("talk")
    faces = faces_of(take, 24.0)
    assert list(part_of(faces, 20, 30)) == [take.at(frame / 24.0) for frame in range(20, 30)]


def parts_at(out: Path, about: str = "a") -> SegmentParts:
    return SegmentParts(out, {"take": about}, FPS, SEGMENTS)


def keep(parts: SegmentParts, *numbers: int) -> None:
    for number in numbers:
        parts.add(*SEGMENTS[number], grey_video(part_of(FACES, *SEGMENTS[number])))


def test_what_was_kept_in_any_order_is_there_again(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)) as parts:
        assert parts.missing() == SEGMENTS
        keep(parts, 2, 0)
    with closing(parts_at(out)) as parts:
        assert parts.missing() == SEGMENTS[1:2]
        keep(parts, 1)
        assert [path.name for path in parts.paths] == sorted(path.name for path in parts.paths)
        parts.join(out)
        parts.remove()
    assert not parts.folder.exists()


@pytest.mark.parametrize("harm", ["torn", "changed", "unnoted", "notes broken", "notes of another kind"])
def test_a_segment_that_is_not_what_was_kept_is_made_again(tmp_path: Path, harm: str) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)) as parts:
        keep(parts, 0, 1)
        path, notes = parts.paths[0], parts.folder / HASHES_NAME
    data = path.read_bytes()
    match harm:
        case "torn":
            path.write_bytes(data[:-7])
        case "changed":
            path.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
        case "unnoted":
            told = json.loads(notes.read_bytes())
            del told[path.name]
            notes.write_text(json.dumps(told))
        case "notes broken":
            notes.write_bytes(b"{")
        case _:
            notes.write_text("[1]")
    with closing(parts_at(out)) as parts:
        assert SEGMENTS[0] in parts.missing()


def test_other_segments_and_other_clips_are_not_mixed_in(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)) as parts:
        keep(parts, 0, 1)
    with closing(SegmentParts(out, {"take": "a"}, FPS, cut(10, FPS, 0.8))) as parts:
        assert parts.missing() == cut(10, FPS, 0.8)
    with closing(parts_at(out)) as parts:
        keep(parts, 0)
    with closing(parts_at(out, "b")) as parts:
        assert parts.missing() == SEGMENTS
    assert not parts.folder.exists()


def test_mien_render_clears_what_the_farm_has_left(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)) as parts:
        keep(parts, 0)
    with closing(ClipParts(out, {"take": "b"}, FPS)) as plain:
        assert plain.frames == 0
    assert not parts.folder.exists()


def test_a_full_disk_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "clip.mp4"

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with closing(parts_at(out)) as parts:
        keep(parts, 0)
        monkeypatch.setattr("viewer.farm.segments.write_bytes", full)
        with pytest.raises(RecordingError, match="No space left on device"):
            keep(parts, 1)
    monkeypatch.undo()
    with closing(parts_at(out)) as parts:
        assert parts.missing() == SEGMENTS[1:]


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with closing(parts_at(tmp_path / "clip.mp4")), pytest.raises(MienError, match="right now by another"):
        parts_at(tmp_path / "clip.mp4")
