"""What of a face can be taken hold of, and which shapes fit it: as data, and found on any face by its own shapes.

No vertex is named here: a point belongs to the handle whose shapes move it most, each measured by the furthest it
moves anything, and less the more of the face it moves. So the jaw, that takes the lips along, leaves them to the lips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_core.expression import ARKIT_SHAPES, SHAPE_INDEX
from gpu_core.face import FaceAsset, Floats

LEAST = 0.2  # a point that no shape of a handle moves so far, as a share of the furthest, is none of it
ONE_SIDE = 0.5  # a shape's counterpart that moves the point less than so much of it belongs to the other side
_DIRECTIONS = ("jaw", "mouth")  # their Left and Right are two ways, not two sides


@dataclass(frozen=True)
class Handle:
    """A part of the face. `shapes` say where it is, and fit it; `also` fit it. Stems stand for both sides."""

    title: str
    shapes: tuple[str, ...]
    also: tuple[str, ...] = ()


HANDLES = (
    Handle("Mouth corner", ("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch"), ("mouthPress",)),
    Handle("Upper lip", ("mouthUpperUp", "mouthShrugUpper", "mouthRollUpper")),
    Handle("Lower lip", ("mouthLowerDown", "mouthShrugLower", "mouthRollLower")),
    Handle("Upper lid", ("eyeBlink", "eyeWide")),
    Handle("Lower lid", ("eyeSquint",)),
    Handle("Brow", ("browDown", "browOuterUp"), ("browInnerUp",)),
    Handle("Inner brow", ("browInnerUp",), ("browDown",)),
    Handle("Cheek", ("cheekSquint", "cheekPuff")),
    Handle("Nose", ("noseSneer",)),
    Handle("Chin", ("jawOpen", "jawLeft", "jawRight", "jawForward")),
    Handle("Tongue", ("tongueOut",)),
)
EYE = Handle("Eye", ("eyeLookUp", "eyeLookDown", "eyeLookIn", "eyeLookOut"))
HEAD = Handle("Head", ())


@dataclass(frozen=True)
class Place:
    """A point's handle; `side` is "left", "right" or "" for the middle. `influence` (52,): its share of each shape."""

    handle: Handle
    side: str
    influence: tuple[float, ...]

    @property
    def title(self) -> str:
        """What people call it: "Mouth corner, left"."""
        return f"{self.handle.title}, {self.side}" if self.side else self.handle.title

    @property
    def fitting(self) -> frozenset[str]:
        """The handle's own shapes, on this side."""
        stems = self.handle.shapes + self.handle.also
        return frozenset(name for stem in stems for name in names_of(stem) if not self._is_across(name))

    @property
    def moving(self) -> frozenset[str]:
        """All shapes that may be used to move this point: its own, and others that move it along."""
        others = {name for name, share in zip(ARKIT_SHAPES, self.influence, strict=True) if share > LEAST / 2}
        barred = {name for name in others if name.startswith("eyeLook") or name == "tongueOut"}
        return frozenset(name for name in others - barred if not self._is_across(name)) | self.fitting

    def _is_across(self, name: str) -> bool:
        """Whether a shape is the other side's here."""
        other = counterpart(name)
        return other is not None and self._share(name) < ONE_SIDE * self._share(other)

    def _share(self, name: str) -> float:
        return self.influence[SHAPE_INDEX[name]]


class HandleMap:
    """The handles of one face."""

    def __init__(self, asset: FaceAsset) -> None:
        far = np.linalg.norm(asset.deltas, axis=2)
        furthest = far.max(axis=1, initial=0.0)
        share = far / np.where(furthest > 0.0, furthest, 1.0)[:, None]
        self._influence = np.zeros((len(asset.vertices), len(ARKIT_SHAPES)), np.float32)
        self._influence[asset.moved] = share.T
        # The square root of how much of the face it moves: chosen by looking at where the borders run.
        self._extent = np.sqrt(np.linalg.norm(share, axis=1)) + 1e-9
        self._eyes = [(eye.first, eye.last) for eye in asset.rig.eyes]
        # The lids of a face without a rig follow the eyes; the eyeballs themselves turn furthest.
        self._handles = HANDLES if self._eyes else (*HANDLES, EYE)
        self._rows = [
            np.array([SHAPE_INDEX[name] for stem in h.shapes for name in names_of(stem)]) for h in self._handles
        ]

    def at(self, corners: NDArray[np.int64], shares: Floats) -> Place:
        """The place of a point of a triangle: `corners` (3,) vertices, `shares` (3,) of each."""
        influence = shares @ self._influence[corners]
        told = tuple(influence.tolist())
        if any(first <= corners[0] < last for first, last in self._eyes):
            return Place(EYE, "", told)
        scores = [float((influence[rows] / self._extent[rows]).max()) for rows in self._rows]
        best = int(np.argmax(scores))
        if influence[self._rows[best]].max() < LEAST:
            return Place(HEAD, "", told)
        return Place(self._handles[best], _side(influence, self._handles[best]), told)


def names_of(stem: str) -> tuple[str, ...]:
    """The shapes that a stem stands for: itself, or its left and right."""
    return (stem,) if stem in SHAPE_INDEX else (f"{stem}Left", f"{stem}Right")


def counterpart(name: str) -> str | None:
    """The same shape on the other side; None for one that has no side."""
    for side, other in (("Left", "Right"), ("Right", "Left")):
        stem = name.removesuffix(side)
        if stem != name and stem not in _DIRECTIONS:
            return stem + other
    return None


def _side(influence: Floats, handle: Handle) -> str:
    names = [name for stem in handle.shapes for name in names_of(stem)]
    left, right = (_sum(influence, [name for name in names if _is_on(name, side)]) for side in ("Left", "Right"))
    if min(left, right) >= ONE_SIDE * max(left, right):
        return ""
    return "left" if left > right else "right"


def _is_on(name: str, side: str) -> bool:
    return name.endswith(side) and counterpart(name) is not None


def _sum(influence: Floats, names: Sequence[str]) -> float:
    return float(sum(influence[SHAPE_INDEX[name]] for name in names))
