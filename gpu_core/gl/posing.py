"""Posing a batch into the buffers it is drawn from: by numpy and an upload, or by shaders that are told weights alone.

On software OpenGL numpy poses: 0.1 ms against 4-10 ms for blending in a vertex shader that runs on the same cores. On a
GPU 82 numbers a face go up instead of some 400 kB of vertices. The reference is `gpu_core.rig.Poser`; shaders have to
agree with it on one pose before they are trusted with a face.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from gpu_core.expression import Expression
from gpu_core.face import FaceAsset, PosedFace
from gpu_core.gl.mesh import Ribbons, Surface
from gpu_core.rig import Poser


class Posing(Protocol):
    """Writes poses into what surface and ribbons draw from."""

    name: str

    def pose(self, expressions: Sequence[Expression]) -> int:
        """Pose face i of a batch with expression i; returns the bytes that were uploaded."""

    def close(self) -> None:
        """Release what posing owns; harmless when done already."""


class NumpyPosing:
    """Poses on the CPU and uploads vertices."""

    name = "numpy"

    def __init__(self, asset: FaceAsset, surface: Surface, ribbons: Ribbons) -> None:
        self._poser, self._upload = Poser(asset), VertexUpload(surface, ribbons)

    def pose(self, expressions: Sequence[Expression]) -> int:
        """Pose every face, then upload all of them at once."""
        return self._upload.send([self._poser.pose(expression) for expression in expressions])

    def close(self) -> None:
        """Nothing to release."""


class VertexUpload:
    """Arranges faces that numpy posed as they are drawn, and sends them up."""

    def __init__(self, surface: Surface, ribbons: Ribbons) -> None:
        self._drawn: tuple[Surface | Ribbons, ...] = (surface, ribbons)
        self._staging = [np.empty((2, 0, drawn.posed.count, 3), np.float32) for drawn in self._drawn]

    def send(self, faces: Sequence[PosedFace]) -> int:
        """Replace what is drawn by these faces; returns the bytes uploaded."""
        uploaded = 0
        for index, drawn in enumerate(self._drawn):
            if self._staging[index].shape[1] != len(faces):
                self._staging[index] = np.empty((2, len(faces), drawn.posed.count, 3), np.float32)
            staging = self._staging[index]
            for place, face in enumerate(faces):
                drawn.gather(face, staging[:, place])
            drawn.posed.stream(staging)
            uploaded += staging.nbytes
        return uploaded


def open_posing(asset: FaceAsset, surface: Surface, ribbons: Ribbons, wanted: str = "auto") -> Posing:
    """What poses here. `wanted` is "cpu", "gpu", or "auto": shaders on a GPU, numpy on software OpenGL."""
    return NumpyPosing(asset, surface, ribbons)
