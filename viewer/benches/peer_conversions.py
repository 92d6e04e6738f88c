"""Pictures into the network's tensor and back: ours against what the textbooks of other libraries say.

Pictures are (512, 512, 4) uint8 with the bottom row first, the tensor (6, 512, 512) float32 with the top row first, as
the shipped generators want it; the picture that comes out is (512, 512, 4) uint8, premultiplied, bottom row first.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gpu_core.neural.pixels import pack, unpack
from gpu_core.neural.signature import InputTensor, OutputTensor
from viewer.benches.peer_rows import PeerRow, timed_round

PACK, UNPACK = "two pictures into a float32 tensor", "a float32 tensor into a picture"
OURS = "Mien"
SIZE = 512
_IN, _OUT = InputTensor("pair", ("texture", "render")), OutputTensor("face")
_PILLOW_FLIP = Image.Transpose.FLIP_TOP_BOTTOM

Array = NDArray[Any]
Step = Callable[[], Array]


class Work:
    """What all of them are given: two noisy pictures, and a tensor that is a premultiplied picture."""

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        self.pictures = {name: chance.integers(0, 256, (SIZE, SIZE, 4), np.uint8) for name in _IN.pictures}
        self.tensor = chance.random((4, SIZE, SIZE), np.float32)
        self.tensor[:3] *= self.tensor[3]
        self.packed = np.empty(_IN.shape, np.float32)
        self.picture = np.empty((SIZE, SIZE, 4), np.uint8)


class Conversions:
    """The conversions' rows, a round of all of them at a time."""

    def __init__(self) -> None:
        self._steps = [(PeerRow(part, name), step) for part, name, step in _contestants(Work())]
        ours = {row.part: step().copy() for row, step in self._steps if row.name == OURS}
        for row, step in self._steps:
            if row.name != OURS:
                row.difference = _difference(step(), ours[row.part])

    def play(self, runs: int, warm_up: int) -> None:
        """One round of each."""
        for row, step in self._steps:
            timed_round(step, warm_up)
            row.rounds.append(timed_round(step, runs))

    def rows(self) -> list[PeerRow]:
        """What came of it, and why torchvision is missing if it is."""
        reason = _why_no_torchvision()
        missing = [PeerRow(part, "torchvision", reason) for part in (PACK, UNPACK) if reason]
        return sorted([row for row, _ in self._steps] + missing, key=lambda row: row.part != PACK)


def _difference(result: Array, ours: Array) -> str:
    """The largest distance of any value, in steps of a byte."""
    scale = 1.0 if result.dtype == np.uint8 else 255.0
    most = float(np.abs(result.astype(np.float64) - ours.astype(np.float64)).max()) * scale
    return f"at most {most:.2g} of 255" if most else "none"


def _contestants(work: Work) -> Iterator[tuple[str, str, Step]]:
    yield PACK, OURS, lambda: _our_pack(work)
    yield PACK, "OpenCV blobFromImages", lambda: _opencv_pack(work)
    yield PACK, "Pillow + numpy", lambda: _pillow_pack(work)
    yield UNPACK, OURS, lambda: _our_unpack(work)
    yield UNPACK, "OpenCV imagesFromBlob", lambda: _opencv_unpack(work)
    yield UNPACK, "Pillow + numpy", lambda: _pillow_unpack(work)
    if not _why_no_torchvision():
        yield PACK, "torchvision", lambda: _torch_pack(work)
        yield UNPACK, "torchvision", lambda: _torch_unpack(work)


@cache
def _why_no_torchvision() -> str:
    """Nothing if it can be used. Importing is the only way to know: beside another torch than its own it breaks."""
    try:
        importlib.import_module("torchvision.transforms.v2.functional")
    except (ImportError, RuntimeError, OSError) as error:
        return str(error).splitlines()[0]
    return ""


def _our_pack(work: Work) -> Array:
    pack(work.pictures, _IN, work.packed)
    return work.packed


def _our_unpack(work: Work) -> Array:
    unpack(work.tensor, _OUT, work.picture)
    return work.picture


def _opencv_pack(work: Work) -> Array:
    colours = [cv2.flip(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB), 0) for picture in work.pictures.values()]
    blob: Array = cv2.dnn.blobFromImages(colours, 1 / 255, (SIZE, SIZE), swapRB=False)
    return blob.reshape(_IN.shape)


def _opencv_unpack(work: Work) -> Array:
    (picture,) = cv2.dnn.imagesFromBlob(work.tensor[None])
    return np.asarray(cv2.flip(cv2.convertScaleAbs(picture, alpha=255.0), 0))


def _pillow_pack(work: Work) -> Array:
    images = [Image.fromarray(picture).convert("RGB").transpose(_PILLOW_FLIP) for picture in work.pictures.values()]
    planes = [np.asarray(image, np.float32).transpose(2, 0, 1) / np.float32(255) for image in images]
    return np.concatenate(planes)


def _pillow_unpack(work: Work) -> Array:
    bytes_ = (np.clip(work.tensor, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return np.asarray(Image.fromarray(np.ascontiguousarray(bytes_.transpose(1, 2, 0))).transpose(_PILLOW_FLIP))


def _torch_pack(work: Work) -> Array:
    import torch
    from torchvision.transforms.v2 import functional

    pictures = [torch.from_numpy(picture).permute(2, 0, 1)[:3] for picture in work.pictures.values()]
    flipped = functional.vertical_flip(torch.cat(pictures))
    return np.asarray(functional.to_dtype(flipped, torch.float32, scale=True).contiguous())


def _torch_unpack(work: Work) -> Array:
    import torch
    from torchvision.transforms.v2 import functional

    bytes_ = functional.to_dtype(torch.from_numpy(work.tensor).clamp(0, 1), torch.uint8, scale=True)
    return np.asarray(functional.vertical_flip(bytes_).permute(1, 2, 0).contiguous())
