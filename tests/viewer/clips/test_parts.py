"""viewer.clips.parts: what is whole stays, what is another's goes, and the parts are one video in the end."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from viewer.clips.clip import ClipForm, video_at
from viewer.clips.parts import ABOUT_NAME, NEXT_NAME, ClipParts, PartsVideo, take_hash
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.take import Take

FORM, SIDE = ClipForm(24.0), 32


def parts_at(out: Path, name: str = "a") -> ClipParts:
    return ClipParts(out, {"take": name}, FORM.fps)


def film(parts: ClipParts, greys: list[int], frames: int = 4) -> None:
    video = PartsVideo(parts, lambda path: video_at(path, FORM)(SIDE), frames)
    for grey in greys:
        video.write(np.dstack([np.full((SIDE, SIDE, 3), grey, np.uint8), np.full((SIDE, SIDE), 255, np.uint8)]))
    video.close()
    video.close()


def greys_of(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]


def test_parts_become_one_video(tmp_path: Path) -> None:
    out, greys = tmp_path / "片 1.mp4", list(range(20, 240, 20))
    with closing(parts_at(out)) as parts:
        film(parts, greys[:6])
        assert [path.name for path in parts.paths] == ["00000000-00000004.mp4", "00000004-00000006.mp4"]
    with closing(parts_at(out)) as parts:
        assert parts.frames == 6
        film(parts, greys[6:])
        parts.join(out)
        parts.remove()
    assert not parts.folder.exists()
    shown = greys_of(out)
    assert len(shown) == len(greys)
    assert np.diff(shown) == pytest.approx(np.diff(greys), abs=4), "in their order"
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert (stream.average_rate, stream.frames) == (24, len(greys))
        times = [packet.pts * float(packet.time_base) for packet in container.demux(stream) if packet.size]
    assert times == pytest.approx([number / 24 for number in range(len(greys))])


def test_what_was_torn_or_has_a_gap_is_left_out(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)) as parts:
        film(parts, [10] * 12)
        folder = parts.folder
    (folder / NEXT_NAME).write_bytes(b"torn")
    (folder / "00000004-00000008.mp4").unlink()
    (folder / "what.mp4").write_bytes(b"")
    with closing(parts_at(out)) as parts:
        assert parts.frames == 4
        assert sorted(path.name for path in folder.glob("*.mp4")) == ["00000000-00000004.mp4"]
        assert not (folder / NEXT_NAME).exists()


def test_another_clip_begins_anew(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)) as parts:
        assert not parts.was_other
        film(parts, [10] * 5)
    with closing(parts_at(out, "b")) as parts:
        assert parts.was_other
        assert parts.frames == 0
    assert not parts.folder.exists(), "there is nothing in it"


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)), pytest.raises(MienError, match="right now by another"):
        parts_at(out)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4.parts").touch()
    with pytest.raises(MienError, match="cannot write to"):
        parts_at(tmp_path / "clip.mp4")


def test_a_part_that_cannot_be_written_leaves_those_before(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    with closing(parts_at(out)) as parts:
        film(parts, [10] * 4)

        class Full:
            def write(self, _pixels: object) -> None:
                raise RecordingError("no space")

            def close(self) -> None:
                pytest.fail("it was closed by itself")

        video = PartsVideo(parts, lambda _path: Full(), 4)
        with pytest.raises(RecordingError):
            video.write(None)
        video.close()
        assert parts.frames == 4
        assert (parts.folder / ABOUT_NAME).exists()
    assert parts.folder.exists()


def test_takes_are_told_apart_by_what_they_show() -> None:
    still = Take("a", 1.0, 25.0, lambda _t: NEUTRAL)
    moving = Take("a", 1.0, 25.0, lambda t: NEUTRAL.with_weights({"jawOpen": t / 100}))
    assert take_hash(still, 25.0) == take_hash(Take("b", 1.0, 30.0, lambda _t: NEUTRAL), 25.0)
    assert len({take_hash(still, 25.0), take_hash(moving, 25.0), take_hash(still, 30.0)}) == 3
