"""Posing a batch into the buffers it is drawn from: by numpy and an upload, or by shaders that are told weights alone.

On software OpenGL numpy poses: its shaders run on the same cores and take as long, a millisecond a face. On a GPU 82
numbers a face go up instead of some 400 kB of vertices. The reference is `gpu_core.rig.Poser`; shaders have to agree
with it on one pose before they are trusted with a face.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Protocol

import numpy as np
from OpenGL.error import Error as OpenGLError

from gpu_core.errors import GLError
from gpu_core.expression import Expression
from gpu_core.face import FaceAsset, PosedFace
from gpu_core.gl.context import describe_current
from gpu_core.gl.mesh import Ribbons, Surface
from gpu_core.gl.shader_posing import ShaderPosing
from gpu_core.rig import Poser

log = logging.getLogger(__name__)

WAYS = ("auto", "cpu", "gpu")
TRUSTED_DM = 1e-4  # how far shaders may be from numpy, for positions; directions have no unit
# Every shape a little, the lids on their way across the eyes, both eyes and the head turned.
TRIAL = (
    Expression(tuple(0.1 + 0.3 * (index % 3) for index in range(52)), yaw=20.0, pitch=-9.0, roll=7.0)
    .with_gaze(12.0, 8.0)
    .with_weights({"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.8})
)


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
    """What poses here. `wanted` is "cpu", "gpu", or "auto": shaders on a GPU, numpy on software OpenGL.

    With "auto", shaders that cannot pose this face are replaced by numpy, with one warning.

    Raises:
        GLError: "gpu" is wanted and shaders do not pose this face here; or `wanted` is none of the three.
    """
    if wanted not in WAYS:
        raise GLError(f"there is no posing {wanted!r}; there are {', '.join(WAYS)}")
    if wanted == "cpu" or (wanted == "auto" and describe_current().is_software):
        return NumpyPosing(asset, surface, ribbons)
    try:
        return _tried_shaders(asset, surface, ribbons)
    except GLError as error:
        if wanted == "gpu":
            raise
        log.warning("numpy poses the face: %s", error)
        return NumpyPosing(asset, surface, ribbons)


def _tried_shaders(asset: FaceAsset, surface: Surface, ribbons: Ribbons) -> ShaderPosing:
    """Shaders that posed one expression as numpy does.

    Raises:
        GLError: they did not; a driver may compute something else, or nothing, without saying so.
    """
    try:
        with ExitStack() as owned:
            shaders = ShaderPosing(asset, surface, ribbons)
            owned.callback(shaders.close)
            shaders.pose((TRIAL,))
            _compare(Poser(asset).pose(TRIAL), surface, ribbons)
            owned.pop_all()
    except OpenGLError as error:
        raise GLError(f"shaders do not pose here: {error}") from error
    return shaders


def _compare(wanted: PosedFace, surface: Surface, ribbons: Ribbons) -> None:
    drawn: Surface | Ribbons
    for drawn in (surface, ribbons):
        reference = np.empty((2, drawn.posed.count, 3), np.float32)
        drawn.gather(wanted, reference)
        away = np.abs(drawn.posed.read()[:, 0] - reference)
        # A lid's vertex on the edge of being pushed out may go either way; NaN is off.
        if away.size and np.mean(~(away < TRUSTED_DM)) > 1e-3:
            raise GLError(f"shaders pose up to {away.max():.2g} dm off what numpy does")
