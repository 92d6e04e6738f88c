"""A process that records in real time until somebody kills it: FOLDER CODEC FPS SIZE. Says each frame it has added."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL, Expression
from viewer.sessions.recorder import Recorder
from viewer.sessions.recording import RecordingForm


def picture(number: int, size: int) -> NDArray[np.uint8]:
    """A picture that says its number, bit by bit, in sixteen squares; below it a texture that moves."""
    pixels = np.zeros((size, size, 4), np.uint8)
    square = size // 16
    for bit in range(16):
        pixels[:square, bit * square : (bit + 1) * square, :3] = 255 * (number >> bit & 1)
    rows = np.arange(square, size)[:, None]
    pixels[square:, :, 0] = (rows * 3 + np.arange(size) + 5 * number) % 256
    pixels[..., 3] = 255
    return pixels


def number_of(rgb: NDArray[np.uint8]) -> int:
    """What a decoded picture says."""
    square = rgb.shape[0] // 16
    inner = slice(square // 4, 3 * square // 4)
    squares = rgb[:square].reshape(square, 16, square, 3)[inner, :, inner]
    return sum(int(squares[:, bit].mean() > 128) << bit for bit in range(16))


def face(number: int) -> Expression:
    """One that no other frame has, with digits that only an exact track keeps."""
    return NEUTRAL.with_weights({"jawOpen": (number % 97) / 97, "browInnerUp": 1 / (number + 3)}).with_head(
        yaw=number / 7
    )


def complaint_of(do: Callable[[], object]) -> str:
    """What a user is told if something is refused; "" if it is not. Anything but a MienError fails the test."""
    try:
        do()
    except MienError as error:
        return str(error)
    return ""


def main(folder: str, codec: str, fps: float, size: int) -> None:
    form = RecordingForm(fps, codec=codec, patient=False)
    recorder = Recorder(Path(folder), form, size)
    start_s = time.perf_counter()
    for number in range(100_000):
        time.sleep(max(0.0, number / fps - (time.perf_counter() - start_s)))
        recorder.add(picture(number, size), face(number), number / fps)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
