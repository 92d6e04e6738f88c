"""What a drag on the picture holds, and the expression that it makes of the mouse's place. No Qt.

A grip is taken at one expression and answers every place from there: coming back brings everything back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gpu_core.expression import GAZE_DOWN_DEG, GAZE_UP_DEG, GAZE_YAW_DEG, SHAPE_INDEX, Expression
from viewer.handles.face_handles import Place
from viewer.handles.face_surface import FacePatch
from viewer.handles.picture_projection import Lens
from viewer.handles.pull import pulled

Doubles = NDArray[np.float64]
Where = tuple[float, float]  # fractions of the picture, right and down

PROBE = 0.1  # of a weight: how far a shape is moved to see where it takes the point
DAMPING = 0.005  # of the strongest shape's effect, squared: by so little a point stays behind the hand
GAZE_DAMPING = 0.001  # only for points on the rim of the eyeball, that turning hardly moves
FOREIGN_COST = 36.0  # how much dearer shapes of other handles are than those of the one that is held
TRACE = 0.02  # of a weight: so little of another handle's shape helps nobody
LEAST_BEST = 0.2  # of the strongest shape's effect: what goes less far along the pull fits none the better for it
LEAST_FIT = 0.05  # of a shape that pulls across: it is never quite out of the question
TURN_DEG = 140.0  # for a drag across the picture: what is in front of a head 2.4 dm deep stays under the mouse


class Grip(Protocol):
    """What is held; `deed` is what the history calls a drag of it."""

    title: str
    deed: str

    def dragged(self, where: Where) -> Expression:
        """The expression that brings what is held to `where`, or as near as it goes."""

    def seen(self, expression: Expression) -> Where:
        """Where it lies in the picture of an expression."""


@dataclass(frozen=True, eq=False)
class _Sight:
    """A point of the face and the lens that looks at it."""

    patch: FacePatch
    lens: Lens

    def of(self, expression: Expression) -> Doubles:
        return self.patch.seen(expression, self.lens)

    def where(self, expression: Expression) -> Where:
        x, y = self.of(expression)
        return float(x), float(y)


class ShapeGrip:
    """A point of the skin: the shapes that fit follow the hand.

    Shapes of the handle come first, those along the pull before those across it, and none goes further than it fits:
    a smile that is pulled beyond its end does not call for all the others that move the corner a little.
    """

    def __init__(self, place: Place, patch: FacePatch, lens: Lens, start: Expression, held: frozenset[str]) -> None:
        """`held` are shapes that must stay as they are."""
        self.title = place.title
        self.deed = f"Drag {place.title[0].lower()}{place.title[1:]}"
        self._start, self._sight = start, _Sight(patch, lens)
        self._names = sorted(place.moving - held, key=lambda name: SHAPE_INDEX[name])
        self._fits = np.array([name in place.fitting for name in self._names], bool)
        self._weights = np.array([start[name] for name in self._names])
        self._from = self._sight.of(start)
        self._jacobian, self._room = self._probed(), self._rooms()
        self._cost = np.where(self._fits, 1.0, FOREIGN_COST)
        far = np.hypot(*self._jacobian)
        self._strength = np.maximum(np.where(self._fits, far[self._fits].max(initial=0.0), far.max(initial=0.0)), 1e-6)

    def seen(self, expression: Expression) -> Where:
        """Where the point lies."""
        return self._sight.where(expression)

    def dragged(self, where: Where) -> Expression:
        """Bring the point there."""
        pull = np.subtract(where, self._from)
        if not len(self._names) or not np.abs(pull).max() > 0.0:
            return self._start
        penalty, low, high = self._terms(pull / np.hypot(*pull) @ self._jacobian)
        changes = self._few(pulled(self._jacobian, pull, penalty, low, high))
        return self._changed(self._nearer(changes, pull))

    def _probed(self) -> Doubles:
        """Where a change of 1 of each shape would take the point: (2, n)."""
        steps = [PROBE if weight <= 1.0 - PROBE else -PROBE for weight in self._weights]
        ends = [
            self._sight.of(self._start.with_weights({name: weight + step}))
            for name, weight, step in zip(self._names, self._weights, steps, strict=True)
        ]
        return np.reshape(
            [(end - self._from) / step for end, step in zip(ends, steps, strict=True)], (len(ends), 2)
        ).T.astype(np.float64)

    def _terms(self, along: Doubles) -> tuple[Doubles, Doubles, Doubles]:
        """Penalties, and the lowest and highest changes, where a change of 1 goes so far `along` the pull."""
        raised = np.where(self._weights < 1.0, along, 0.0)  # a shape at zero helps nobody by going down
        best = np.where(self._fits, raised[self._fits].max(initial=0.0), raised.max(initial=0.0))
        fit = np.clip(np.abs(along) / np.maximum(best, LEAST_BEST * self._strength), LEAST_FIT, 1.0) ** 2
        penalty = DAMPING * self._strength**2 * self._cost / fit
        return penalty, -self._weights, np.minimum(self._room, fit / np.sqrt(self._cost))

    def _rooms(self) -> Doubles:
        """How far each may rise. Lips close no further than the jaw is open, by what mouthClose means in ARKit."""
        room = 1.0 - self._weights
        if "mouthClose" in self._names:
            row = self._names.index("mouthClose")
            room[row] = max(self._start["jawOpen"] - self._weights[row], 0.0)
        return room

    def _few(self, changes: Doubles) -> Doubles:
        """Without the traces of shapes of other handles."""
        rest = np.sign(changes) * np.maximum(np.abs(changes) - TRACE, 0.0)
        return np.where(self._fits, changes, rest)

    def _nearer(self, changes: Doubles, pull: Doubles) -> Doubles:
        """Less of it, should the point otherwise end up further from the hand than it was."""
        for _ in range(6):
            if np.hypot(*(self._from + pull - self._sight.of(self._changed(changes)))) <= np.hypot(*pull):
                return changes
            changes = changes / 2
        return np.zeros_like(changes)

    def _changed(self, changes: Doubles) -> Expression:
        weights = np.clip(self._weights + changes, 0.0, 1.0)
        return self._start.with_weights(dict(zip(self._names, weights.tolist(), strict=True)))


class GazeGrip:
    """A point of an eyeball: both eyes turn until it is under the hand."""

    title, deed = "Gaze", "Turn the gaze"

    def __init__(self, patch: FacePatch, lens: Lens, start: Expression) -> None:
        self._start, self._sight = start, _Sight(patch, lens)
        self._gaze = np.array(start.gaze)
        self._from, self._jacobian = self._sight.of(start), self._probed(self._gaze)

    def seen(self, expression: Expression) -> Where:
        """Where the point lies."""
        return self._sight.where(expression)

    def dragged(self, where: Where) -> Expression:
        """Turn the eyes. Their point moves along a sphere: a second step starts from where the first one leads."""
        target = np.asarray(where)
        if np.array_equal(target, self._from):
            return self._start
        gaze = self._stepped(self._gaze, self._jacobian, target - self._seen_at(self._gaze))
        gaze = self._stepped(gaze, self._probed(gaze), target - self._seen_at(gaze))
        return self._start.with_gaze(float(gaze[0]), float(gaze[1]))

    def _stepped(self, gaze: Doubles, jacobian: Doubles, pull: Doubles) -> Doubles:
        lowest, highest = np.array([-GAZE_YAW_DEG, -GAZE_UP_DEG]), np.array([GAZE_YAW_DEG, GAZE_DOWN_DEG])
        penalty = np.full(2, GAZE_DAMPING * max(float(np.square(jacobian).sum(axis=0).max()), 1e-12))
        changes = pulled(jacobian, pull, penalty, np.minimum(lowest - gaze, 0.0), np.maximum(highest - gaze, 0.0))
        return gaze + changes

    def _probed(self, gaze: Doubles) -> Doubles:
        """What a degree of yaw and of pitch do to the point: (2, 2)."""
        steps = np.eye(2)
        return np.stack([(self._seen_at(gaze + step) - self._seen_at(gaze - step)) / 2 for step in steps], axis=1)

    def _seen_at(self, gaze: Doubles) -> Doubles:
        return self._sight.of(self._start.with_gaze(float(gaze[0]), float(gaze[1])))


class HeadGrip:
    """The head: it turns and nods with the hand, or tilts about the neck."""

    title = "Head"

    def __init__(self, where: Where, start: Expression, *, neck: Where, tilts: bool = False) -> None:
        """`neck` is where the neck's pivot lies in the picture."""
        self.deed = "Tilt the head" if tilts else "Turn the head"
        self._where = self._at = where
        self._start, self._neck, self._tilts = start, neck, tilts

    def seen(self, _expression: Expression) -> Where:
        """Where the hand is: a head has no point that is held."""
        return self._at

    def dragged(self, where: Where) -> Expression:
        """Turn the head; beyond its limits, `Expression.clamped` has the last word."""
        start, self._at = self._start, where
        if self._tilts:
            turned = math.degrees(_angle(self._where, self._neck) - _angle(where, self._neck))
            return start.with_head(roll=start.roll + (turned + 180.0) % 360.0 - 180.0)
        right, down = np.subtract(where, self._where)
        return start.with_head(yaw=start.yaw + TURN_DEG * float(right), pitch=start.pitch + TURN_DEG * float(down))


def _angle(where: Where, centre: Where) -> float:
    return math.atan2(where[1] - centre[1], where[0] - centre[0])
