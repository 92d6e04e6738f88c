"""viewer.sound.sound_device: miniaudio's real device where there is one; one line where there is none."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from viewer.sound.sound import Samples, SoundError
from viewer.sound.sound_device import MiniaudioDevice, _blocks

pytest.importorskip("miniaudio")


def test_a_device_asks_until_it_is_closed_or_says_in_one_line_why_not() -> None:
    asked = threading.Event()

    def fill(count: int) -> Samples:
        asked.set()
        return np.zeros(count, np.float32)

    try:
        device = MiniaudioDevice(24_000, fill)
    except SoundError as error:
        pytest.skip(f"in one line: {error}")
    try:
        assert asked.wait(5)
        assert device.latency_s > 0
    finally:
        device.close()


def test_blocks_are_floats_within_the_limits() -> None:
    blocks = _blocks(lambda count: np.linspace(-2, 2, count, dtype=np.float32))
    next(blocks)
    data = np.frombuffer(blocks.send(5), np.float32)
    assert data.tolist() == [-1.0, -1.0, 0.0, 1.0, 1.0]
