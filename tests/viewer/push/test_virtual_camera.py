"""A camera for other programs, where there is one; this machine needs none."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.video_frames import nv12, over
from viewer.push.pusher import open_pusher
from viewer.push.target import PushError, parse_target
from viewer.push.values import VideoForm
from viewer.push.virtual_camera import VirtualCamera
from viewer.sessions.recording import BACKGROUND


class FakeCamera:
    """pyvirtualcam.Camera."""

    def __init__(self, width: int, height: int, fps: float, **more: Any) -> None:
        if more["device"] == "/dev/video99":
            raise RuntimeError("v4l2loopback device /dev/video99 is missing\nlook for it")
        self.asked, self.shown, self.is_closed = (width, height, fps, more), list[Any](), False

    def send(self, pixels: Any) -> None:
        assert pixels.flags.c_contiguous
        self.shown.append(pixels.copy())

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace(Camera=FakeCamera, PixelFormat=SimpleNamespace(RGB="RGB"))
    monkeypatch.setitem(sys.modules, "pyvirtualcam", module)


@pytest.mark.usefixtures("fake")
def test_it_shows_pictures_over_the_background() -> None:
    y, x = np.mgrid[0:64, 0:64] / 63
    pixels = np.rint(255 * np.dstack([x * y, y * y, y * 0, y])).astype(np.uint8)
    camera: Any = VirtualCamera(parse_target("camera:/dev/video7"), 64, 25)
    camera.show(pixels)
    camera.show(nv12(pixels))
    camera.close()
    inner: FakeCamera = camera._camera
    assert inner.asked == (64, 64, 25, {"fmt": "RGB", "device": "/dev/video7", "print_fps": False})
    plain, from_nv12 = inner.shown
    np.testing.assert_array_equal(plain, over(pixels, BACKGROUND))
    assert np.abs(plain.astype(int) - from_nv12).mean() < 8
    assert inner.is_closed


def test_without_the_package_a_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(PushError, match=r"pyvirtualcam is not installed: `pip install 'mien\[camera\]'` gets it"):
        open_pusher("camera:", VideoForm(), 64)


@pytest.mark.usefixtures("fake")
def test_without_a_device_a_line_says_so() -> None:
    with pytest.raises(PushError) as raised:
        open_pusher("camera:/dev/video99", VideoForm(), 64)
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith("camera:/dev/video99: ")
    if sys.platform == "linux":
        assert "modprobe v4l2loopback" in str(raised.value)
