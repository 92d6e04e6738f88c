"""Frames to H.264 for live streams: at once and in their order, at a bit rate that never bursts.

No B-frames, no looking ahead. Groups of frames are closed, each begins with a key frame that carries its parameter
sets: whoever joins or comes back begins there. The rate is constant over half a second (the decoder's buffer, VBV).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av
from av.error import FFmpegError
from av.video.frame import PictureType

from viewer.push.coded import Coded
from viewer.push.form import kbps_of
from viewer.push.target import PushError
from viewer.push.values import VideoForm
from viewer.sessions.video_frames import tag_colours

_BUFFER_S = 0.5
# Measured on a head that talks, in the same bits: at 256x256 0.26 ms of a core a frame for 44 dB, where superfast takes
# 0.53 ms for 47 dB; at 512x512 1.1 ms for 48 dB and 2.0 ms for 49.5 dB. Nobody sees the difference.
_X264 = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1", "x264-params": "scenecut=0:open-gop=0"}
_NVENC = {"preset": "p4", "tune": "ull", "rc": "cbr", "zerolatency": "1", "forced-idr": "1", "delay": "0"}
_CODECS = {"x264": ("libx264", _X264), "nvenc": ("h264_nvenc", _NVENC)}


class H264Encoder:
    """Encodes frames of `side` x `side` on the thread that calls. `name`: x264 or nvenc.

    Raises:
        PushError: the encoder that was asked for is not there, or takes no such pictures.
    """

    def __init__(self, side: int, rate: Fraction, form: VideoForm) -> None:
        self._context: Any = None
        for name in ("nvenc", "x264") if form.encoder == "auto" else (form.encoder,):
            try:
                self._context, self.name = _opened(name, side, rate, form), name
                return
            except (FFmpegError, ValueError, OSError) as error:
                reason = getattr(error, "strerror", None) or type(error).__name__
        if form.encoder == "nvenc":
            raise PushError(f"NVENC cannot be opened here ({reason}): use encoder x264, or auto")
        raise PushError(f"x264 cannot encode {side}x{side} pixels at {kbps_of(form, side)} kbit/s: {reason}")

    def encode(self, frame: av.VideoFrame, number: int, *, key: bool) -> list[Coded]:
        """Encode one frame as the `number`th, higher than the one before; as a key frame where one is asked for."""
        frame.pts, frame.time_base = number, self._context.time_base
        frame.pict_type = PictureType.I if key else PictureType.NONE
        return [_coded(packet) for packet in self._context.encode(frame)]

    def finish(self) -> list[Coded]:
        """What it still holds."""
        return [_coded(packet) for packet in self._context.encode(None)]


def _opened(name: str, side: int, rate: Fraction, form: VideoForm) -> Any:
    codec, options = _CODECS[name]
    kbps = kbps_of(form, side)
    context: Any = av.CodecContext.create(codec, "w")
    context.width = context.height = side
    context.pix_fmt = "yuv420p"
    context.framerate, context.time_base = rate, 1 / rate
    context.gop_size = max(1, round(rate * Fraction(form.key_s)))
    context.max_b_frames = 0
    context.thread_count = 1  # on the thread that calls; a second costs more than it helps with small pictures
    context.bit_rate = kbps * 1000
    context.options = {**options, "maxrate": f"{kbps}k", "bufsize": f"{max(1, round(kbps * _BUFFER_S))}k"}
    tag_colours(context)
    context.open()
    return context


def _coded(packet: Any) -> Coded:
    return Coded(bytes(packet), packet.pts, 1, packet.is_keyframe)
