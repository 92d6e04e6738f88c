"""A set with random pictures, and what kernels see of it and make of it: for tests on hardware and on the double."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.atlas import Atlas
from gpu_core.cuda.calls import call
from gpu_core.cuda.conversions import pack, unpack
from gpu_core.cuda.driver import Cuda
from gpu_core.cuda.interop import Interop
from gpu_core.cuda.tier import picture_of
from gpu_core.gl.pixel_buffers import write_texture
from gpu_core.gl.targets import TargetSet
from gpu_core.neural import pixels
from gpu_core.neural.signature import CHANNELS, InputTensor, OutputTensor
from gpu_core.settings import View

ABOVE = {"image": "", "pixel buffer": "image", "host copy": "pixel buffer"}
SIZE = 32
EXACT = 1e-6  # of values 0..1: pictures are bytes, and packing multiplies once


class Passage:
    """Two faces of 32 pixels, drawn by chance; kernels that read them all, and write pictures back."""

    def __init__(self, cuda: Cuda, interop: Interop, seed: int = 0) -> None:
        self._interop, self._cuda = interop, cuda
        self._chance = np.random.default_rng(seed)
        self._owned = ExitStack()
        self.atlas = Atlas(2, SIZE)
        self.target = self._owned.enter_context(TargetSet(self.atlas))
        self.stream = cuda.stream()
        self._owned.callback(self.stream.close)

    def draw(self, name: str) -> NDArray[Any]:
        """Another picture into one of the set's textures: all of it, rows bottom first."""
        picture = picture_of(self.target, name)
        shape = (picture.height, picture.width)
        drawn: NDArray[Any] = (
            self._chance.random(shape, np.float32)
            if picture.channels == 1
            else self._chance.integers(0, 256, (*shape, 4), np.uint8)
        )
        write_texture(picture.texture, picture.width, picture.height, picture.channels, drawn)
        return drawn

    def start_reading(self, names: Sequence[str]) -> Tensor:
        """Have kernels read pictures; nothing is waited for."""
        said = InputTensor("x", tuple(names), width=SIZE, height=SIZE)
        tensor = Tensor(self._cuda, self.stream, (2, *said.shape))
        with self._interop.read(self.target, names, self.stream) as sources:
            pack(self._cuda.kernels, self.stream, sources, tensor.device, said, self.atlas)
        tensor.download()
        return tensor

    def read_display(self) -> NDArray[np.float32]:
        """What kernels on a stream of their own see of the display texture, as a recording does: (2, 3, SIZE, SIZE)."""
        said, stream = InputTensor("x", ("render",), width=SIZE, height=SIZE), self._cuda.stream()
        tensor = Tensor(self._cuda, stream, (2, *said.shape))
        with self._interop.read(self.target, ("display",), stream) as sources:
            pack(self._cuda.kernels, stream, {"render": sources["display"]}, tensor.device, said, self.atlas)
        tensor.download()
        seen = tensor.taken()
        stream.close()
        return seen

    def read(self, names: Sequence[str]) -> NDArray[np.float32]:
        """What kernels see of pictures, (2, channels, SIZE, SIZE)."""
        return self.start_reading(names).taken()

    def write(self) -> NDArray[np.uint8]:
        """Have a kernel write another picture into the display texture; the picture that has to be there."""
        said = OutputTensor("y", width=SIZE, height=SIZE)
        tensor = Tensor(self._cuda, self.stream, (2, *said.shape))
        tensor.host[:] = self._chance.random(tensor.host.shape, np.float32)
        tensor.upload()
        wanted = np.zeros((self.atlas.height, self.atlas.width, 4), np.uint8)
        for face, region in enumerate(self.atlas.regions):
            square = wanted[region.y : region.y + SIZE, region.x : region.x + SIZE]
            pixels.unpack(tensor.host[face], said, square)
        with self._interop.write(self.target, self.stream) as display:
            unpack(self._cuda.kernels, self.stream, tensor.device, said, display, self.atlas)
        tensor.close()
        return wanted

    def displayed(self) -> NDArray[np.uint8]:
        """What OpenGL sees of the display texture."""
        seen = np.zeros((self.atlas.height, self.atlas.width, 4), np.uint8)
        self.target.read(View.GENERATED, seen)
        return seen

    def expected(self, pictures: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        """What `read` has to give for pictures, as the host path packs them."""
        said = InputTensor("x", tuple(pictures), width=SIZE, height=SIZE)
        wanted = np.zeros((2, sum(CHANNELS[name] for name in pictures), SIZE, SIZE), np.float32)
        for face, region in enumerate(self.atlas.regions):
            rows, columns = slice(region.y, region.y + SIZE), slice(region.x, region.x + SIZE)
            pixels.pack({name: picture[rows, columns] for name, picture in pictures.items()}, said, wanted[face])
        return wanted

    def close(self) -> None:
        """Delete set and stream."""
        self._owned.close()


class Tensor:
    """A float32 tensor on the device, and the same on the host."""

    def __init__(self, cuda: Cuda, stream: Any, shape: tuple[int, ...]) -> None:
        self._stream, self._size = stream, int(np.prod(shape)) * 4
        self._pinned = cuda.pinned(self._size)
        self.device = cuda.allocate(self._size, stream)
        self.host = self._pinned.view.view(np.float32).reshape(shape)

    def upload(self) -> None:
        """Host to device."""
        call("cuMemcpyAsync", int(self.device.handle), self._pinned.pointer, self._size, self._stream.handle)

    def download(self) -> None:
        """Device to host."""
        call("cuMemcpyAsync", self._pinned.pointer, int(self.device.handle), self._size, self._stream.handle)

    def taken(self) -> NDArray[np.float32]:
        """What was downloaded; the tensor is closed."""
        call("cuStreamSynchronize", self._stream.handle)
        copied = np.array(self.host)
        self.close()
        return copied

    def close(self) -> None:
        """Free both, once the device is through."""
        call("cuStreamSynchronize", self._stream.handle)
        self.device.close()
        self._pinned.close()
