"""A double of PyNvVideoCodec 2.2.4's encoder, in software: its calls, its three frames of delay, its refusals.

It reads the picture where `__cuda_array_interface__` says, when the stream has come to it, as the real one's copy does.
"""

from __future__ import annotations

import ctypes
from fractions import Fraction
from types import ModuleType
from typing import Any

import av
import numpy as np

from tests.emulation.emulator import Emulator

DELAY = 3  # nExtraOutputDelay of NVIDIA's NvEncoder
# What CreateEncoder of the real one knows, as far as it is used here.
OPTIONS = frozenset({
    "codec", "preset", "tuning_info", "rc", "constqp", "fps", "gop", "idrperiod", "repeatspspps", "gpu_id",
})  # fmt: skip
IDR, P = 3, 0


class Double(ModuleType):
    """The module. `fail` names a method that raises from its n-th call on; `reorders` is what GetNumBFrames says."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__("PyNvVideoCodec")
        self.emulator = emulator
        self.made: list[Encoder] = []
        self.fail: dict[str, int] = {}
        self.reorders = 0

    def CreateEncoder(self, width: int, height: int, fmt: str, usecpuinputbuffer: bool, **kwargs: Any) -> Encoder:
        self.called("CreateEncoder")
        handles = [int(kwargs.pop(name)) for name in ("cudacontext", "cudastream")]
        assert all(handles), "a context and a stream of our own"
        assert set(kwargs) <= OPTIONS, set(kwargs) - OPTIONS
        assert (fmt, usecpuinputbuffer) == ("NV12", False)
        self.made.append(Encoder(self, width, height, kwargs))
        return self.made[-1]

    def called(self, method: str) -> None:
        left = self.fail.get(method)
        if left is not None:
            self.fail[method] = left - 1
            if left <= 1:
                raise RuntimeError(f"{method}: NV_ENC_ERR_GENERIC\nat some line of C++")


class Encoder:
    """PyNvEncoder."""

    def __init__(self, module: Double, width: int, height: int, options: dict[str, Any]) -> None:
        self._module, self._shape = module, (height * 3 // 2, width)
        self._context = av.CodecContext.create("libx264", "w")
        self._context.width, self._context.height, self._context.pix_fmt = width, height, "nv12"
        self._context.time_base, self._context.gop_size = Fraction(1, options["fps"]), options["gop"]
        self._context.options = {
            "preset": "ultrafast", "tune": "zerolatency", "qp": str(options["constqp"]),
            "x264-params": "annexb=1:repeat-headers=1",
        }  # fmt: skip
        self._late: list[dict[str, Any]] = []
        self.frames, self.ended = 0, False

    def GetNumBFrames(self) -> int:
        return self._module.reorders

    def Encode(self, frame: Any, *_: Any) -> list[dict[str, Any]]:
        self._module.called("Encode")
        assert not self.ended
        picture = av.VideoFrame.from_ndarray(self._copy(frame), format="nv12")
        picture.pts, picture.time_base = self.frames, self._context.time_base
        self.frames += 1
        self._late += [_told(packet) for packet in self._context.encode(picture)]
        ready, self._late = self._late[:-DELAY], self._late[-DELAY:]
        return ready

    def EndEncode(self) -> list[dict[str, Any]]:
        self._module.called("EndEncode")
        self.ended = True
        return [*self._late, *(_told(packet) for packet in self._context.encode(None))]

    def _copy(self, frame: Any) -> np.ndarray:
        height, width = self._shape[0] * 2 // 3, self._shape[1]
        luma, colours = (plane.__cuda_array_interface__ for plane in frame.cuda())
        assert (luma["shape"], luma["strides"]) == ((height, width, 1), (width, 1, 1))
        assert (colours["shape"], colours["strides"]) == ((height // 2, width // 2, 2), (width, 2, 1))
        assert colours["data"][0] == luma["data"][0] + width * height
        assert luma["typestr"] == colours["typestr"] == "|u1"
        self._module.emulator.finish()
        with self._module.emulator.device_access():
            whole = (ctypes.c_uint8 * (self._shape[0] * width)).from_address(luma["data"][0])
            return np.frombuffer(bytes(whole), np.uint8).reshape(self._shape)


def _told(packet: av.Packet) -> dict[str, Any]:
    return {"data": bytes(packet), "timestamp": packet.pts, "picture_type": IDR if packet.is_keyframe else P}
