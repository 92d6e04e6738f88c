"""A video file of frames that somebody else has encoded: H.264 as the GPU's own encoder makes it.

Packets come some frames late, so a frame counts when it is taken, and its packet follows when it is ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import av
from av.bitstream import BitStreamFilterContext

from viewer.sessions.growing_file import GrowingFile
from viewer.sessions.video import LIVE
from viewer.sessions.video_frames import BT709

# The encoder is not asked what its colours mean: it is written into the stream, as every player reads it.
_TAGS = (
    f"h264_metadata=colour_primaries={BT709}:transfer_characteristics={BT709}:matrix_coefficients={BT709}:"
    "video_full_range_flag=0"
)


class Packet(Protocol):
    """A frame as H.264, Annex B."""

    @property
    def data(self) -> bytes: ...
    @property
    def is_key(self) -> bool: ...


class Encodable(Protocol):
    """A picture that is encoded where it is."""

    def encode(self, held: int) -> Sequence[Packet]:
        """Hold the picture before for that many frames, then encode this one; returns what is ready by now."""


class PacketVideo(GrowingFile):
    """Frames of `size` x `size` pixels in the order of their packets, none reordered.

    Raises:
        RecordingError: as `GrowingFile`.
    """

    kind = "mp4"

    def __init__(self, path: Path, fps: float, size: int) -> None:
        self._size, self._written = size, 0
        super().__init__(path, fps, {"movflags": LIVE.movflags})

    def _add_stream(self) -> None:
        self._stream = self._container.add_mux_stream("h264", rate=self._rate, width=self._size, height=self._size)
        self._stream.time_base = 1 / self._rate
        self._tagged = BitStreamFilterContext(_TAGS, in_stream=self._stream)

    def write(self, packets: Iterable[Packet]) -> None:
        """Append a frame, and the packets that are ready: of this frame, or of ones before it."""
        self.frames += 1
        self.write_late(packets)

    def repeat(self) -> None:
        """Another frame that shows the picture before; the encoder has been told, its packet will come."""
        self.frames += 1

    def write_late(self, packets: Iterable[Packet]) -> None:
        """Packets of frames that were appended before."""
        self._mux(lambda: self._numbered(packets))

    def _numbered(self, packets: Iterable[Packet]) -> Iterator[av.Packet[Any]]:
        for encoded in packets:
            packet = av.Packet(encoded.data)
            packet.pts = packet.dts = self._written
            packet.time_base, packet.duration = 1 / self._rate, 1
            packet.stream, packet.is_keyframe = self._stream, encoded.is_key
            self._written += 1
            for tagged in self._tagged.filter(packet):
                tagged.stream = self._stream
                yield tagged
