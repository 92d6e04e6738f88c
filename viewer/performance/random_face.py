"""A face by chance that a face can make: muscles that work against each other do not work at once.

A face is made of a few groups of movements of which at most one happens at a time, as the muscles of a group oppose
each other (Ekman and Friesen, Facial Action Coding System, 1978: which action units exclude each other). How far each
goes, and how often, is a choice made by eye on the shipped face.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.performance.blending import blended
from viewer.performance.mirroring import companion, side_of
from viewer.performance.trained_range import TrainedRange

MOST_UNLIKE = 0.25  # of two sides
ATTEMPTS = 20  # at a face with at least one of the shapes that are asked for
_MOUTH_OPEN = 0.3  # of the jaw, for a tongue to come out


@dataclass(frozen=True)
class Movement:
    """Shapes that go together, by the left one of a pair, and how far the strongest face takes each."""

    most: Mapping[str, float]

    def moves(self, shapes: Collection[str]) -> bool:
        """Whether it moves any of these."""
        return any(name in shapes or companion(name) in shapes for name in self.most)


@dataclass(frozen=True)
class Group:
    """Movements of which one at most happens, and how often one does."""

    chance: float
    movements: tuple[Movement, ...]


def _group(chance: float, *movements: Mapping[str, float]) -> Group:
    return Group(chance, tuple(map(Movement, movements)))


_GROUPS = (
    _group(0.7, {"browDownLeft": 0.9}, {"browOuterUpLeft": 0.9, "browInnerUp": 0.6}, {"browInnerUp": 0.9}),
    _group(0.6, {"eyeBlinkLeft": 0.45}, {"eyeSquintLeft": 0.8}, {"eyeWideLeft": 0.8}),
    _group(0.4, {"eyeLookOutLeft": 0.6}, {"eyeLookInLeft": 0.6}),
    _group(0.3, {"eyeLookUpLeft": 0.5}, {"eyeLookDownLeft": 0.5}),
    _group(0.4, {"cheekSquintLeft": 0.7}, {"noseSneerLeft": 0.7}, {"cheekPuff": 0.7}),
    _group(0.5, {"jawOpen": 0.6, "mouthClose": 0.15}, {"jawOpen": 0.8}, {"jawOpen": 0.7, "tongueOut": 0.7}),
    _group(0.2, {"jawLeft": 0.4}, {"jawRight": 0.4}, {"jawForward": 0.5}),
    _group(0.7, {"mouthSmileLeft": 0.9}, {"mouthFrownLeft": 0.8}, {"mouthStretchLeft": 0.7}, {"mouthDimpleLeft": 0.7}),
    _group(
        0.5, {"mouthFunnel": 0.7}, {"mouthPucker": 0.8}, {"mouthPressLeft": 0.7}, {"mouthUpperUpLeft": 0.6},
        {"mouthLowerDownLeft": 0.7}, {"mouthRollLower": 0.7, "mouthRollUpper": 0.6},
        {"mouthShrugLower": 0.7, "mouthShrugUpper": 0.5},
    ),
    _group(0.2, {"mouthLeft": 0.4}, {"mouthRight": 0.4}),
)  # fmt: skip


def random_face(
    chance: random.Random, face: Expression, strength: float, shapes: Collection[str], *,
    within: TrainedRange, is_symmetric: bool = False,
) -> Expression:  # fmt: skip
    """A face `strength` (0..1) of the way to one by chance. Only `shapes` move, and not beyond the trained range."""
    for _ in range(ATTEMPTS):
        drawn = _drawn(chance, shapes, is_symmetric=is_symmetric)
        if drawn:
            break
    limits = dict(zip(ARKIT_SHAPES, within.weights, strict=True))
    goal = face.with_weights({name: drawn.get(name, 0.0) for name in shapes})
    there = blended(face, goal, min(max(strength, 0.0), 1.0))
    # On the face itself, which `blended` gives back rounded where nothing moves.
    return _possible(face.with_weights({name: min(there[name], limits[name]) for name in shapes}), shapes)


def _drawn(chance: random.Random, shapes: Collection[str], *, is_symmetric: bool) -> dict[str, float]:
    drawn: dict[str, float] = {}
    for group in _GROUPS:
        possible = [movement for movement in group.movements if movement.moves(shapes)]
        if not possible or chance.random() >= group.chance:
            continue
        for name, most in chance.choice(possible).most.items():
            weight = most * chance.triangular(0.25, 1.0, 0.75)
            drawn[name] = weight
            if side_of(name):
                looks = is_symmetric or name.startswith("eyeLook")  # eyes that part look ill
                unlike = 0.0 if looks else chance.uniform(-MOST_UNLIKE, MOST_UNLIKE)
                drawn[companion(name)] = min(weight * (1.0 + unlike), most)
    return {name: weight for name, weight in drawn.items() if name in shapes}


def _possible(face: Expression, shapes: Collection[str]) -> Expression:
    """With lips that close no more than the jaw opens, and the tongue only through an open mouth."""
    changes = {}
    if "mouthClose" in shapes:
        changes["mouthClose"] = min(face["mouthClose"], face["jawOpen"])
    if "tongueOut" in shapes and face["jawOpen"] < _MOUTH_OPEN:
        changes["tongueOut"] = 0.0
    return face.with_weights(changes)
