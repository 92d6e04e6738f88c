"""The GPU's own video encoder, by PyNvVideoCodec (`mien[nvenc]`): filmed pictures leave the GPU as H.264.

    encoder.take(source) -> Encodable, encode(held) -> packets        ...        encoder.finish() -> packets

A kernel makes NV12 of the picture, the encoder copies it from there, both on one stream: nothing waits but for packets
of some frames ago, which are ready by then. Nobody here has seen it run on a GPU: ARCHITECTURE.md, "Unproven".
"""

from __future__ import annotations

import importlib
from contextlib import ExitStack
from typing import Any, NamedTuple

from gpu_core.cuda.calls import call, close_quietly, release
from gpu_core.cuda.driver import open_cuda
from gpu_core.cuda.frames import encode
from gpu_core.cuda.launching import Colour
from gpu_core.cuda.sources import Source
from gpu_core.errors import InferenceError, PathUnavailable

_IDR = 3  # NV_ENC_PIC_TYPE_IDR
# Constant quality as near to transparent as the recorder's own; low latency has no B-frames: packets come in order.
_OPTIONS = {"codec": "h264", "preset": "P4", "tuning_info": "low_latency", "rc": "constqp", "constqp": 20}


class Packet(NamedTuple):
    """A frame as H.264, Annex B."""

    data: bytes
    is_key: bool  # a player may begin here


class GpuEncoder:
    """Encodes square pictures of an even `size`. For the thread that owns the GL context; `close` it.

    Attributes:
        stream: where its work is: what `take` is given has to be ready there.

    Raises:
        PathUnavailable: PyNvVideoCodec is not installed, or there is no encoder here; the text is the reason.
        CudaError: the driver refuses.
    """

    def __init__(self, size: int, fps: int) -> None:
        module = _imported()
        if size % 2:
            raise PathUnavailable(f"{size} pixels a side are odd, which the GPU's encoder does not take")
        self.size = size
        with ExitStack() as owned:
            self._cuda = owned.enter_context(open_cuda())
            self.stream = self._cuda.stream()
            owned.callback(close_quietly, self.stream)
            # What was encoded last stays, to be held, while the next is being made.
            self._frames = [_Frame(self._cuda.allocate(size * size * 3 // 2, self.stream), size) for _ in range(2)]
            for frame in self._frames:
                owned.callback(close_quietly, frame.buffer)
            owned.callback(self._wait)
            self._encoder = self._open(module, fps)
            self._owned = owned.pop_all()

    def _open(self, module: Any, fps: int) -> Any:
        handles = {"cudacontext": int(call("cuCtxGetCurrent")), "cudastream": int(self.stream.handle)}
        gop = max(1, fps // 2)
        beat = {"fps": fps, "gop": gop, "idrperiod": gop, "repeatspspps": 1}  # each half second plays by itself
        try:
            encoder = module.CreateEncoder(
                self.size, self.size, "NV12", False, gpu_id=self._cuda.info.index, **handles, **beat, **_OPTIONS
            )
            if encoder.GetNumBFrames() > 0:
                raise PathUnavailable("the GPU's encoder reorders frames, although it was asked not to")
        except PathUnavailable:
            raise
        except Exception as error:  # its errors have no common type
            raise PathUnavailable(f"the GPU's encoder cannot be opened: {_first_line(error)}") from error
        return encoder

    def take(self, source: Source, background: Colour, *, left: int = 0, bottom: int = 0) -> Encodable:
        """Make NV12 of a region of a premultiplied picture, rows bottom first, laid over a colour.

        It can be encoded until the next one is taken.

        Raises:
            CudaError: the driver refuses.
        """
        frame = self._frames[-1]
        region = (left, bottom, self.size, self.size)
        encode(self._cuda.kernels, self.stream, "nv12", source, frame.buffer, region, background)
        return Encodable(self, frame)

    def encode(self, frame: _Frame, held: int) -> tuple[Packet, ...]:
        """Encode the frame before `held` times more, then this one; returns what is ready, some frames late.

        Raises:
            InferenceError: the encoder fails.
        """
        packets: list[Packet] = []
        for picture in [self._frames[0]] * held + [frame]:
            packets += self._packets("Encode", picture)
        self._frames.sort(key=lambda each: each is not frame)
        return tuple(packets)

    def finish(self) -> tuple[Packet, ...]:
        """The packets of the last frames; nothing can be encoded afterwards.

        Raises:
            InferenceError: the encoder fails.
        """
        return self._packets("EndEncode")

    def _packets(self, method: str, *arguments: Any) -> tuple[Packet, ...]:
        try:
            told = getattr(self._encoder, method)(*arguments)
        except Exception as error:  # its errors have no common type
            raise InferenceError(f"the GPU's encoder failed: {_first_line(error)}") from error
        return tuple(Packet(bytes(packet["data"]), packet["picture_type"] == _IDR) for packet in told)

    def _wait(self) -> None:
        release("cuStreamSynchronize", self.stream.handle)

    def close(self) -> None:
        """Release everything; idempotent, never fails."""
        self._encoder = None
        self._owned.close()


class Encodable:
    """A picture on the GPU that waits to be encoded."""

    def __init__(self, encoder: GpuEncoder, frame: _Frame) -> None:
        self._encoder, self._frame = encoder, frame
        self.side = encoder.size  # of the picture, in pixels
        self.size = 0  # bytes that left the GPU when it was encoded

    def ready(self) -> bool:
        """Always: whatever is asked of it is done on the GPU."""
        return True

    def picture(self) -> Encodable:
        """Itself: the recorder says how often the picture before it is held."""
        return self

    def encode(self, held: int) -> tuple[Packet, ...]:
        """See `GpuEncoder.encode`."""
        packets = self._encoder.encode(self._frame, held)
        self.size = sum(len(packet.data) for packet in packets)
        return packets

    def release(self) -> None:
        """Nothing is held."""


class _Frame:
    """NV12 in device memory, as PyNvVideoCodec takes it: two planes that say where they are."""

    def __init__(self, buffer: Any, size: int) -> None:
        self.buffer = buffer
        self._planes = [
            _Plane(int(buffer.handle), (size, size, 1), (size, 1, 1)),
            _Plane(int(buffer.handle) + size * size, (size // 2, size // 2, 2), (size, 2, 1)),
        ]

    def cuda(self) -> list[_Plane]:
        """PyNvVideoCodec: luma, then the colours."""
        return self._planes


class _Plane:
    """A plane with NumPy's description of device memory."""

    def __init__(self, address: int, shape: tuple[int, int, int], strides: tuple[int, int, int]) -> None:
        described = {"shape": shape, "strides": strides, "typestr": "|u1", "data": (address, False), "version": 3}
        self.__cuda_array_interface__ = described


def _imported() -> Any:
    try:
        return importlib.import_module("PyNvVideoCodec")
    except ModuleNotFoundError:
        text = "PyNvVideoCodec is not installed; install it with: pip install 'mien[nvenc]'"
        raise PathUnavailable(text) from None
    except Exception as error:  # it looks for the driver's encoder while it is imported
        raise PathUnavailable(f"PyNvVideoCodec cannot be used: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
