"""Strands attached to the skin: StrandSet, and the lashes, which follow the base mesh's eyelash helpers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from face_recipe.person import Person

POINTS = 5  # per strand
Adjacency = dict[int, set[int]]


@dataclass(frozen=True, eq=False)
class StrandSet:
    """N strands of POINTS points: weights (N * POINTS, B) and offset as in `Part`; half width at the root."""

    name: str
    weights: sparse.csr_matrix
    offset: NDArray[np.float64]
    half_width: float

    def positions(self, person: Person) -> NDArray[np.float64]:
        """Return the neutral strands (N, POINTS, 3)."""
        return (self.weights @ person.vertices + self.offset).reshape(-1, POINTS, 3)

    def deltas(self, person: Person) -> NDArray[np.float32]:
        """Return how the facial actions move them, (52, N, POINTS, 3)."""
        moved = [(self.weights @ shape).reshape(-1, POINTS, 3) for shape in person.shapes.values()]
        return np.stack(moved).astype(np.float32)


@dataclass(frozen=True)
class LashRow:
    """One row of lashes: the helper's number (2 upper, 1 lower), strands, length, half width and upward curl."""

    number: int
    count: int
    length: float
    half_width: float
    curl: float


LASH_ROWS = (LashRow(2, 85, 1.0, 0.0016, 0.010), LashRow(1, 45, 0.75, 0.0010, -0.003))


def lashes(person: Person, rng: np.random.Generator) -> list[StrandSet]:
    """Grow the four rows of lashes: lash_l2, lash_l1, lash_r2, lash_r1 (2 upper, 1 lower)."""
    adjacency = _eyelash_edges(person)
    return [_lash_row(person, adjacency, side, row, rng) for side in "lr" for row in LASH_ROWS]


def _eyelash_edges(person: Person) -> Adjacency:
    adjacency: Adjacency = {}
    is_lash = np.char.find(person.mesh.face_groups, "eyelashes") >= 0
    for face in person.mesh.faces[is_lash].tolist():
        for a, b in zip(face, face[1:] + face[:1], strict=True):
            adjacency.setdefault(a, set()).add(b)
            adjacency.setdefault(b, set()).add(a)
    return adjacency


def _lash_row(person: Person, adjacency: Adjacency, side: str, row: LashRow, rng: np.random.Generator) -> StrandSet:
    """Grow strands at jittered places along the lid, each a blend of the two helper chains beside it."""
    chains = _chains(person, adjacency, side, row)
    roots = person.vertices[[chain[0] for chain in chains]]
    along = np.r_[0, np.cumsum(np.linalg.norm(np.diff(roots, axis=0), axis=1))]
    size = (row.count * POINTS, len(person.vertices))
    weights, offset = sparse.lil_matrix(size), np.zeros((size[0], 3))
    tip = np.arange(POINTS)[:, None] / (POINTS - 1)
    for strand in range(row.count):
        place = (strand + rng.uniform(0.2, 0.8)) / row.count * along[-1]
        length = min(rng.uniform(0.75, 1.05) * row.length, 1)
        left = min(np.searchsorted(along, place, "right") - 1, len(chains) - 2)
        share = (place - along[left]) / (along[left + 1] - along[left])
        rows = np.arange(POINTS) + strand * POINTS
        for chain, weight in ((chains[left], 1 - share), (chains[left + 1], share)):
            weights[rows[:, None], chain] += _shortened(person.vertices[chain], length) * weight
        jitter = rng.normal(0, 0.006, 3) * [1, 0.5, 0.5]
        offset[rows] = jitter * tip**1.5 + np.array([0, row.curl, 0]) * tip**2
    return StrandSet(f"lash_{side}{row.number}", weights.tocsr(), offset, row.half_width)


def _chains(person: Person, adjacency: Adjacency, side: str, row: LashRow) -> list[list[int]]:
    """Follow the helper's edges from the lid outwards; return chains of base vertices from nose to temple."""
    eye = person.eyes[side]
    helper = person.groups[f"helper-{side}-eyelashes-{row.number}"]
    reach = np.linalg.norm(person.vertices[helper] - eye.pivot, axis=1) - eye.radius
    height = dict(zip(helper.tolist(), reach.tolist(), strict=True))
    roots = [vertex for vertex, above in height.items() if above < 0.0045]
    chains = [_climb(person.vertices, adjacency, height, root) for root in roots]
    outwards = 1 if side == "l" else -1
    return sorted((c for c in chains if len(c) >= 4), key=lambda c: person.vertices[c[0], 0] * outwards)


def _climb(vertices: NDArray, adjacency: Adjacency, height: dict[int, float], root: int) -> list[int]:
    """Walk from a root away from the eye, always along the steepest edge."""
    chain = [root]
    while True:
        here = chain[-1]
        higher = [v for v in adjacency[here] if v in height and height[v] > height[here] + 0.004 and v not in chain]
        if not higher:
            return chain
        steepness = [(height[v] - height[here]) / np.linalg.norm(vertices[v] - vertices[here]) for v in higher]
        chain.append(higher[int(np.argmax(steepness))])


def _shortened(points: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    """Return weights (POINTS, len(points)) that place points evenly along the first `length` (0..1) of a chain."""
    samples = POINTS * 4
    path = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    chosen = np.rint(np.arange(POINTS) / (POINTS - 1) * (samples - 1) * length).astype(int)
    place = np.linspace(0, path[-1], samples)[chosen]
    before = np.minimum(np.searchsorted(path, place, "right") - 1, len(points) - 2)
    share = (place - path[before]) / (path[before + 1] - path[before])
    weights = np.zeros((POINTS, len(points)))
    weights[np.arange(POINTS), before] = 1 - share
    weights[np.arange(POINTS), before + 1] = share
    return weights
