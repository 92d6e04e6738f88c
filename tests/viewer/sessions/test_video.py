"""The video file by itself: what `test_recorder.py` does not see of it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from viewer.sessions.video import RecordingError, VideoFile, cut_to_whole_fragments, over

WHITE = np.full((32, 32, 4), 255, np.uint8)


def boxes(*names: bytes) -> bytes:
    """MP4 boxes of 16 bytes each."""
    return b"".join(b"\0\0\0\x10" + name + bytes(8) for name in names)


def test_premultiplied_pixels_over_a_colour() -> None:
    pixels = np.array([[[0, 0, 0, 0], [255, 255, 255, 255], [100, 50, 0, 128], [90, 90, 90, 80]]], np.uint8)
    expected = [[(200, 100, 0), (255, 255, 255), (100 + 100, 50 + 50, 0), (80 + 137, 80 + 69, 80)]]
    np.testing.assert_array_equal(over(pixels, (200, 100, 0)), expected)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    path.write_text("precious")
    with pytest.raises(RecordingError, match="File exists"):
        VideoFile(path, 30, 32)
    assert path.read_text() == "precious"


def test_a_rate_of_thousandths_is_kept(tmp_path: Path) -> None:
    with VideoFile(tmp_path / "video.mp4", 29.97, 32) as video:
        for _ in range(10):
            video.write(WHITE)
    with av.open(str(video.path)) as container:
        assert container.streams.video[0].average_rate == pytest.approx(29.97, abs=1e-3)


def test_closing_without_a_frame_and_closing_again(tmp_path: Path) -> None:
    video = VideoFile(tmp_path / "video.mp4", 30, 32)
    video.repeat()
    video.close()
    video.close()
    assert video.frames == 0


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (boxes(b"ftyp", b"moov", b"moof", b"mdat") + boxes(b"moof", b"mdat")[:-1], 4),
        (boxes(b"ftyp", b"moov", b"moof", b"mdat", b"moof"), 4),
        (boxes(b"ftyp", b"moov", b"moof", b"mdat"), 4),
        (boxes(b"ftyp", b"moov") + bytes(4), 2),
        (b"", 0),
    ],
)
def test_a_torn_fragment_is_cut_off(tmp_path: Path, data: bytes, kept: int) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(data)
    cut_to_whole_fragments(path)
    assert path.read_bytes() == data[: kept * 16]
