"""Every form of video: what goes in comes out, bit by bit where that is promised, and a sheet for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_core.expression import NEUTRAL
from viewer.picture_file import finished
from viewer.sessions import contact_sheet
from viewer.sessions.background import ground_by_alpha, laid_over
from viewer.sessions.checking import shortcomings
from viewer.sessions.contact_sheet import ContactSheet
from viewer.sessions.growing_file import RecordingError
from viewer.sessions.layout import LOSSLESS, VIDEO_NAMES
from viewer.sessions.picture_sequence import PictureSequence, linear
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import BACKGROUND, RecordingForm
from viewer.sessions.session import open_session
from viewer.sessions.video_reading import frames_in, pictures
from viewer.sessions.videos import open_pictures

SIZE = 33  # odd: lossless forms take any


@pytest.fixture
def noise() -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(5)
    made = []
    for _ in range(20):
        pixels = random.integers(0, 256, (SIZE, SIZE, 4), np.uint8)
        pixels[..., :3] = np.minimum(pixels[..., :3], pixels[..., 3:])
        made.append(pixels)
    return made


def session_of(folder: Path, codec: str, shown: list[NDArray[np.uint8]]) -> Path:
    with Recorder(folder, RecordingForm(25.0, name="", codec=codec), shown[0].shape[0]) as session:
        for number, pixels in enumerate(shown):
            session.add(pixels, NEUTRAL, (number + (number > 10)) / 25)  # one moment is nobody's
    assert shortcomings(folder) == []
    return folder


@pytest.mark.parametrize("codec", ["ffv1", "h264rgb"])
def test_lossless_video_keeps_every_byte(tmp_path: Path, codec: str, noise: list[NDArray[np.uint8]]) -> None:
    session = open_session(session_of(tmp_path / "带 空格", codec, noise))
    ground = ground_by_alpha(BACKGROUND)
    expected = [laid_over(pixels, ground)[..., :3] for pixels in (*noise[:11], noise[10], *noise[11:])]
    seen = list(pictures(session))
    assert [number for number, _ in seen] == list(range(21)) == list(range(frames_in(session)))
    for (_, picture), pixels in zip(seen, expected, strict=True):
        np.testing.assert_array_equal(picture, pixels)


def test_a_sequence_of_png_has_straight_alpha_and_no_gap(tmp_path: Path, noise: list[NDArray[np.uint8]]) -> None:
    session = open_session(session_of(tmp_path / "s", "png", noise))
    assert sorted(path.name for path in session.video.iterdir()) == [f"{n:08}.png" for n in range(21)]
    seen = dict(pictures(session))
    np.testing.assert_array_equal(seen[10], finished([noise[10]], None, None))
    np.testing.assert_array_equal(seen[11], seen[10])
    np.testing.assert_array_equal(seen[20], finished([noise[19]], None, None))


def test_exr_is_linear_light(tmp_path: Path, noise: list[NDArray[np.uint8]]) -> None:
    session = open_session(session_of(tmp_path / "s", "exr", noise[:2]))
    with av.open(str(session.video / "00000001.exr")) as file:
        (frame,) = file.decode(video=0)
    assert frame.format.name == "gbrapf32le"
    np.testing.assert_allclose(frame.to_ndarray(), linear(noise[1]), atol=1e-6)
    grey = linear(np.array([[[188, 188, 188, 255], [94, 94, 94, 128]]], np.uint8))[0]
    assert grey[0] == pytest.approx([0.5029] * 3 + [1.0], abs=1e-3)
    assert grey[1] == pytest.approx([0.2503] * 3 + [0.502], abs=2e-3)  # half of about the same, premultiplied


def test_every_form_says_when_it_cannot_be_written(tmp_path: Path) -> None:
    for codec in VIDEO_NAMES:
        with pytest.raises(RecordingError, match=r"cannot be written: No such file"):
            open_pictures(tmp_path / "none", codec, fps=25, size=32, background=BACKGROUND)
    assert {"ffv1", "h264rgb", "png", "exr"} == LOSSLESS


def test_a_picture_that_cannot_be_written_leaves_none(tmp_path: Path, noise: Any, monkeypatch: Any) -> None:
    sequence = PictureSequence(tmp_path / "p", "png")
    sequence.write(noise[0])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(RecordingError, match="No space left"):
        sequence.write(noise[1])
    assert [path.name for path in sequence.path.iterdir()] == ["00000000.png"]


@pytest.mark.parametrize("codec", ["h264", "ffv1", "h264rgb"])
def test_a_key_frame_twice_a_second_and_nothing_reordered(tmp_path: Path, codec: str) -> None:
    still = np.full((32, 32, 4), 255, np.uint8)
    folder = tmp_path / "s"
    with Recorder(folder, RecordingForm(25.0, name="", codec=codec), 32) as session:
        for number in range(50):
            session.add(still, NEUTRAL, number / 25)
    with av.open(str(open_session(folder).video)) as file:
        stream = file.streams.video[0]
        packets = [packet for packet in file.demux(stream) if packet.size]
        times = [float(packet.pts * stream.time_base) for packet in packets]
        keys = [time for time, packet in zip(times, packets, strict=True) if packet.is_keyframe]
    assert times == sorted(times)
    assert max(after - before for before, after in zip(keys, [*keys[1:], 2.0], strict=True)) <= 0.5


def test_a_contact_sheet_never_keeps_more_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = ContactSheet()
    assert sheet.png() == b""
    for number in range(1000):
        sheet.add(number, number / 25, np.full((64, 64, 4), number % 256, np.uint8))
        assert len(sheet._kept) <= contact_sheet.MOST
    times = [time_s for _, time_s, _ in sheet._kept]
    assert len(times) >= contact_sheet.MOST // 2
    assert np.ptp(np.diff(times)) < 1e-9, "evenly"
    assert times[-1] > 20.0
    picture = cv2.imdecode(np.frombuffer(sheet.png(), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape[1] > 6 * contact_sheet.SIDE
