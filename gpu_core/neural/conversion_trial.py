"""Whether this OpenGL converts as the CPU does: both convert the same made-up pictures, once, before it is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gpu_core.atlas import Atlas
from gpu_core.errors import GLError
from gpu_core.gl.pixel_buffers import write_texture
from gpu_core.gl.targets import TargetSet
from gpu_core.neural.pixels import pack, unpack
from gpu_core.neural.signature import Signature
from gpu_core.settings import View
from gpu_core.timing import StageTimer

if TYPE_CHECKING:
    from gpu_core.neural.conversions import Conversion

_CLOSE = 1e-4  # of a tensor's value, relative to one step of a byte it is 0.03
_STEP = 1  # of a byte: rounding at the half


def try_out(conversion: Conversion, said: Signature, size: int) -> None:
    """Convert made-up pictures and compare.

    Raises:
        GLError: tensors or the picture differ from the CPU's.
    """
    chance, timer = np.random.default_rng(0), StageTimer()
    with TargetSet(Atlas(1, size)) as target:
        pictures = {view.value: chance.integers(0, 256, (size, size, 4), np.uint8) for view in View}
        for view in View:
            write_texture(target.textures[view], size, size, 4, pictures[view.value])
        wanted = tuple(np.empty((1, *tensor.shape), np.float32) for tensor in said.inputs)
        got = tuple(np.empty_like(tensor) for tensor in wanted)
        for tensor, into in zip(said.inputs, wanted, strict=True):
            pack(pictures, tensor, into[0])
        conversion.fill(target, 0, got, timer)
        scale = max(1.0, *(1.0 / std for tensor in said.inputs for std in tensor.std))
        if any(np.abs(one - other).max() > _CLOSE * scale for one, other in zip(wanted, got, strict=True)):
            raise GLError("this OpenGL packs tensors otherwise than the CPU")
        made = chance.uniform(-0.2, 1.2, (1, *said.output.shape)).astype(np.float32)
        expected, shown = (np.empty((size, size, 4), np.uint8) for _ in range(2))
        unpack(made[0], said.output, expected, pictures["render"])
        conversion.show(target, 0, made, timer)
        target.read(View.GENERATED, shown)
    if np.abs(expected.astype(int) - shown).max() > _STEP:
        raise GLError("this OpenGL unpacks tensors otherwise than the CPU")
