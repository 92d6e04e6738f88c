"""The sound device, by miniaudio (MIT): its wheel holds all it needs, and it speaks to every system's own sound."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Callable, Generator
from functools import cache
from typing import Any

import numpy as np

from viewer.sound.sound import Samples, SoundError

PERIOD_MS, PERIODS = 20, 2  # of its buffer: asked for; drivers may do otherwise
PACKAGE = "miniaudio"


class MiniaudioDevice:
    """A `viewer.sound.sound.Device`: mono, 32-bit floats; miniaudio converts to what the hardware takes."""

    # A block is asked for while the one before it plays, and waits for that; then the converter to sound has its own.
    latency_s = PERIODS * PERIOD_MS / 1000

    def __init__(self, rate: int, fill: Callable[[int], Samples]) -> None:
        if importlib.util.find_spec(PACKAGE) is None:
            raise SoundError("sound needs miniaudio: pip install 'mien[speech]'")
        import miniaudio

        _quieten_alsa()
        try:
            self._device = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.FLOAT32, 1, rate, PERIOD_MS, callback_periods=PERIODS, app_name="Mien",
                backends=[each for each in miniaudio.Backend if each is not miniaudio.Backend.NULL],
            )  # fmt: skip
            blocks = _blocks(fill)
            next(blocks)
            self._device.start(blocks)
        except miniaudio.MiniaudioError as error:
            raise SoundError(f"the sound device cannot be opened: {error}") from error

    def close(self) -> None:
        """Fall silent and let go. Waits for its thread."""
        self._device.close()


def _blocks(fill: Callable[[int], Samples]) -> Generator[bytes, int, None]:
    data = b""
    while True:
        data = np.clip(fill((yield data)), -1.0, 1.0).astype(np.float32).tobytes()


@cache
def _quieten_alsa() -> Any:
    """ALSA tells standard error of every device that is not there; the user hears it from us, in one line."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        return None
    kind = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
    handler = kind(lambda *_told: None)
    alsa.snd_lib_error_set_handler(handler)
    return handler  # ALSA calls it for as long as the process lives
