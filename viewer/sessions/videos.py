"""Every form that the pictures of a session can take, behind one door."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from viewer.sessions.layout import VIDEO_NAMES
from viewer.sessions.lossless_video import FFV1, H264_RGB, LosslessVideo
from viewer.sessions.packet_video import PacketVideo
from viewer.sessions.picture_sequence import PictureSequence
from viewer.sessions.recording import Colour
from viewer.sessions.video import VideoFile


class Pictures(Protocol):
    """What a recorder writes pictures to; RecordingError from every method."""

    frames: int

    def write(self, pixels: Any) -> None: ...
    def repeat(self) -> None: ...
    def close(self) -> None: ...


def open_pictures(
    folder: Path, codec: str, *, fps: float, size: int, background: Colour, encoded: bool = False
) -> Pictures:
    """Begin the pictures of a session in its folder; `encoded`: they come as packets of a GPU's encoder.

    Raises:
        RecordingError: they cannot be begun.
    """
    path = folder / VIDEO_NAMES[codec]
    if encoded:
        return PacketVideo(path, fps, size)
    if codec in ("png", "exr"):
        return PictureSequence(path, codec)
    if codec == "h264":
        return VideoFile(path, fps, size, background)
    return LosslessVideo(path, fps, size, background, codec={"ffv1": FFV1, "h264rgb": H264_RGB}[codec])
