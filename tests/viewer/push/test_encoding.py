"""What becomes of frames: nothing is computed that nobody sees."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.viewer.push.feeding import Tone, until
from tests.viewer.sessions.recording_process import picture
from viewer.push.encoding import CameraOutput, Encoding
from viewer.push.target import parse_target
from viewer.push.values import VideoForm


def test_nothing_is_encoded_while_nobody_takes_it_and_the_first_after_it_is_the_newest(tmp_path: Path) -> None:
    encoding = Encoding(parse_target(str(tmp_path / "a.ts")), 64, Fraction(25), VideoForm(encoder="x264"), Tone())
    encoding.begin(0.0)
    queue = encoding._queue
    until(lambda: queue.is_open)
    queue.shut()
    made: list[Any] = []
    encode = encoding._encoder.encode
    encoding._encoder.encode = lambda *given, **more: made.append(given) or encode(*given, **more)  # type: ignore
    assert not encoding.write(picture(1, 64), 0)
    assert not encoding.write(picture(2, 64), 1)
    assert not made
    queue.open()
    assert encoding.write(None, 2), "what came meanwhile is shown"
    assert encoding.write(None, 3), "and shown again"
    assert [number for _, number in made] == [2, 3]
    encoding.finish()
    encoding.end()
    encoding.close(10.0)
    assert encoding.status().frames == 2


class Broken:
    """A device that is unplugged after the second picture."""

    def __init__(self) -> None:
        self.shown, self.is_closed = 0, False

    def show(self, _pixels: np.ndarray) -> None:
        if self.shown == 2:
            raise RuntimeError("/dev/video7 is gone")
        self.shown += 1

    def close(self) -> None:
        self.is_closed = True


def test_a_camera_shows_repeats_and_tells_when_its_device_is_gone() -> None:
    device: Any = Broken()
    output = CameraOutput(parse_target("camera:/dev/video7"), device)
    assert not output.write(None, 0)
    assert output.write(picture(1, 64), 1)
    assert output.write(None, 2)
    assert output.status().state == "live"
    assert output.wait_live(0.0)
    assert not output.write(None, 3)
    assert output.status().note == "camera:/dev/video7: the device takes no more pictures"
    assert (output.status().state, output.status().frames, output.process_id) == ("failed", 2, 0)
    output.end()
    output.close(1.0)
    assert device.is_closed
    assert output.status().state == "failed"


@pytest.mark.parametrize("size", [63, 64])
def test_odd_pictures_grow(tmp_path: Path, size: int) -> None:
    encoding = Encoding(parse_target(str(tmp_path / "a.ts")), size, Fraction(25), VideoForm(encoder="x264"), None)
    until(lambda: encoding._queue.is_open)
    assert encoding.write(picture(1, size), 0)
    encoding.end()
    encoding.close(10.0)
    assert encoding.status().frames == 1
