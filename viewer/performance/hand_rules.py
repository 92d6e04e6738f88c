"""What a hand cannot move, and what moves along with what it moves: locks, links and the live mirror, as values.

The rules are for edits by hand; performances and the history do not ask them. Locks hold whatever the edit. Links and
the mirror follow only shapes that the hand took hold of (`touched`): a preset is a face of its own, and a wink of which
the mirror made a blink would be none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gpu_core.expression import HEAD_LIMITS_DEG, SHAPE_INDEX, Expression
from viewer.performance.mirroring import companion


@dataclass(frozen=True)
class Link:
    """Shapes that move together: by the same amount, or in the proportion that their weights had when linked."""

    weights: tuple[tuple[str, float], ...]  # ARKit name, weight when linked
    is_proportional: bool = False

    @classmethod
    def of(cls, names: Iterable[str], face: Expression, *, is_proportional: bool = False) -> Link:
        """Link shapes as they are now. Where all of them rest, in proportion means alike."""
        weights = {name: face[name] for name in names}
        if not any(weights.values()):
            weights = dict.fromkeys(weights, 1.0)
        return cls(tuple(weights.items()), is_proportional)

    @property
    def names(self) -> tuple[str, ...]:
        """Those that it holds."""
        return tuple(name for name, _ in self.weights)

    def followers(self, name: str, weight: float, start: Expression) -> dict[str, float]:
        """Where the others go when one of them goes to a weight, from the face at the gesture's start."""
        if not self.is_proportional:
            return {other: start[other] + (weight - start[name]) for other in self.names if other != name}
        shares = dict(self.weights)
        if shares[name] <= 0.0:  # what rested when linked has no proportion to the others, and leads none
            return {}
        return {other: weight * share / shares[name] for other, share in shares.items() if other != name}


@dataclass(frozen=True)
class HandRules:
    """All that holds now. `locked` has ARKit names and names of the head's angles."""

    locked: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    mirrors: bool = False

    def obeyed(
        self, wanted: Expression, touched: Collection[str], *, before: Expression, start: Expression
    ) -> tuple[Expression, frozenset[str]]:
        """What becomes of an edit, and the shapes that it moves by hand: those touched and those that go along.

        Args:
            before: the face now.
            start: the face when the gesture began. Links go by it, so that what met its limit on the way comes back.
        """
        touched = frozenset(touched) - self.locked
        if self == FREE or wanted == before:
            return wanted, touched
        along = self._along(wanted, touched, before, start)
        kept = {name: before[name] for name in self.locked if name in SHAPE_INDEX}
        head = {axis: getattr(before, axis) for axis in HEAD_LIMITS_DEG if axis in self.locked}
        face = wanted.with_weights(along | kept).with_head(**head)
        return face, touched | along.keys()

    def _along(
        self, wanted: Expression, touched: frozenset[str], before: Expression, start: Expression
    ) -> dict[str, float]:
        leaders = [name for name in touched if wanted[name] != before[name]]
        waiting = deque((name, wanted[name]) for name in sorted(leaders))
        settled = set(touched | self.locked)
        along: dict[str, float] = {}
        while waiting:
            name, weight = waiting.popleft()
            for other, follows in self._followers(name, weight, start).items():
                if other not in settled:
                    settled.add(other)
                    along[other] = min(max(follows, 0.0), 1.0)
                    waiting.append((other, along[other]))
        return along

    def _followers(self, name: str, weight: float, start: Expression) -> dict[str, float]:
        found: dict[str, float] = {}
        if self.mirrors and (other := companion(name)):
            found[other] = weight
        for link in self.links:
            if name in link.names:
                found |= link.followers(name, weight, start)
        return found


FREE = HandRules()
