"""The video file by itself: what `test_recorder.py` does not see of it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.errors import MienError
from tests.video_frames import nv12, over
from viewer.sessions.growing_file import RecordingError, cut_to_whole_fragments
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import BACKGROUND, RecordingForm
from viewer.sessions.video import Style, VideoFile

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


@pytest.fixture
def gradient() -> np.ndarray:
    """Colours and transparency of all degrees, premultiplied."""
    y, x = np.mgrid[0:64, 0:64] / 63
    alpha = np.clip(1.5 - 2 * np.hypot(x - 0.5, y - 0.5), 0, 1)
    return np.rint(255 * np.dstack([x * alpha, y * alpha, (1 - x) * alpha, alpha])).astype(np.uint8)


def test_both_ways_become_the_same_video(tmp_path: Path, gradient: np.ndarray) -> None:
    """Within what a lossy codec makes of a step."""
    made = []
    for name, pixels in (("rgba", gradient), ("nv12", nv12(gradient))):
        with VideoFile(tmp_path / f"{name}.mp4", 25, 64) as video:
            for _ in range(3):
                video.write(pixels)
        with av.open(str(video.path)) as container:
            frames = list(container.decode(video=0))
        assert [int(frames[0].colorspace), int(frames[0].color_range), len(frames)] == [1, 1, 3]
        made.append(frames[-1].to_ndarray().astype(int))
    assert np.abs(made[0] - made[1]).mean() < 1
    assert np.abs(made[0] - made[1]).max() <= 6


def test_a_recording_takes_both_in_turn_and_no_nv12_of_an_odd_size(tmp_path: Path) -> None:
    with Recorder(tmp_path, RecordingForm(25), 32) as session:
        session.add(WHITE, None, 0.0)
        session.add(nv12(WHITE), None, 1 / 25)
    with av.open(str(session.video_path)) as container:
        assert [frame.to_ndarray(format="gray").min() > 250 for frame in container.decode(video=0)] == [True, True]
    with (
        Recorder(tmp_path, RecordingForm(25), 33) as session,
        pytest.raises(MienError, match="does not fit a recording of 33x33"),
    ):
        session.add(np.zeros((49, 33), np.uint8), None, 0.0)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_another_style_is_another_file_of_the_same_frames(tmp_path: Path, gradient: np.ndarray, b_frames: int) -> None:
    style = Style("ultrafast", 12, 1, key_s=0.2, b_frames=b_frames, movflags="faststart")
    with VideoFile(tmp_path / "video.mp4", 25, 64, style=style) as video:
        for turn in range(20):
            video.write(np.roll(gradient, 3 * turn, axis=1))
    data = video.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index comes first"
    with av.open(str(video.path)) as container:
        frames = list(container.decode(video=0))
    assert [frame.pts for frame in frames] == sorted(frame.pts for frame in frames)
    assert sum(frame.key_frame for frame in frames) >= 4
    for turn, frame in enumerate(frames):
        wanted = over(np.roll(gradient, 3 * turn, axis=1), BACKGROUND).astype(int)
        assert np.abs(frame.to_ndarray(format="rgb24") - wanted).mean() < 6
