"""A video as a folder of pictures, numbered from 0 without gaps: PNG with straight alpha, or EXR in linear light."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from av.error import FFmpegError

from viewer.picture_file import finished
from viewer.sessions.background import Pixels
from viewer.sessions.growing_file import RecordingError


class PictureSequence:
    """Pictures in a new folder. Each takes its name when it is whole.

    Raises:
        RecordingError: from every method: the folder or a file cannot be made.
    """

    def __init__(self, folder: Path, suffix: str, encode: Callable[[Pixels], bytes] | None = None) -> None:
        """`encode` makes the files, if not `encoder_of(suffix)`."""
        self.path, self.frames, self.bytes = folder, 0, 0
        self._suffix, self._encode = suffix, encode or encoder_of(suffix)
        try:
            folder.mkdir()
        except OSError as error:
            raise self._failure(error) from error

    def write(self, pixels: Pixels) -> None:
        """Append a picture: (size, size, 4) uint8, premultiplied sRGB, top row first."""
        part = self.path / f".{os.getpid()}.part"
        try:
            self.bytes += part.write_bytes(self._encode(pixels))
            part.rename(self.named(self.frames))
        except (FFmpegError, OSError) as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise self._failure(error) from error
        self.frames += 1

    def repeat(self) -> None:
        """Append the last picture once more: another name of the same file where the disk can do that."""
        if not self.frames:
            return
        last, next_one = self.named(self.frames - 1), self.named(self.frames)
        try:
            try:
                os.link(last, next_one)
            except OSError:
                shutil.copyfile(last, next_one)
        except OSError as error:
            raise self._failure(error) from error
        self.frames += 1

    def named(self, number: int) -> Path:
        """The file of a picture."""
        return self.path / f"{number:08}.{self._suffix}"

    def close(self) -> None:
        """Nothing is held back."""

    def __enter__(self) -> PictureSequence:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _failure(self, error: Exception) -> RecordingError:
        return RecordingError(f"{self.path}: cannot be written: {getattr(error, 'strerror', None) or error}")


def encoder_of(suffix: str) -> Callable[[Pixels], bytes]:
    """What makes a file of a premultiplied picture: "png" or "exr"."""
    return {"png": png_bytes, "exr": exr_bytes}[suffix]


def png_bytes(pixels: Pixels) -> bytes:
    """A PNG file with straight alpha, compressed as fast as it goes."""
    straight = finished([pixels], None, None)
    _, data = cv2.imencode(".png", cv2.cvtColor(straight, cv2.COLOR_RGBA2BGRA), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return bytes(data.tobytes())


def exr_bytes(pixels: Pixels, *, half: bool = False) -> bytes:
    """An EXR file as OpenEXR means it: linear light, premultiplied, 32-bit floats or with `half` 16-bit ones."""
    context = av.CodecContext.create("exr", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.height, context.width = pixels.shape[:2]
    context.pix_fmt, context.time_base, context.thread_count = "gbrapf32le", Fraction(1, 25), 1
    context.options = {"format": "half" if half else "float", "compression": "zip16" if half else "none"}
    frame = av.VideoFrame.from_ndarray(linear(pixels), format="gbrapf32le")
    return b"".join(bytes(packet) for packet in (*context.encode(frame), *context.encode(None)))


def linear(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """sRGB-encoded premultiplied bytes as linear premultiplied floats; IEC 61966-2-1."""
    alpha = pixels[..., 3:].astype(np.float32) / 255
    encoded = np.minimum(pixels[..., :3].astype(np.float32) / 255 / np.maximum(alpha, 1 / 255), 1.0)
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.concatenate([light * alpha, alpha], axis=2, dtype=np.float32)
