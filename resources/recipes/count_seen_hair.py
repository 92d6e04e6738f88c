"""Count which pieces of hair show: `./run recipe seen-hair` writes resources/face/*.seen.npz for every shipped face.

Thousands of poses are drawn, spread evenly over the head's range with random expressions, and whatever shows in one of
them may show in its cell and the eight around it. Run it after every bake of a face; see `gpu_core.gl.seen_hair`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.assets import resources_root, shipped_faces
from gpu_core.atlas import Atlas
from gpu_core.expression import HEAD_LIMITS_DEG, NEUTRAL, Expression
from gpu_core.face import FaceAsset
from gpu_core.gl.context import headless_context
from gpu_core.gl.mesh import Ribbons, Surface, draw_indices
from gpu_core.gl.posing import open_posing
from gpu_core.gl.scene import set_camera
from gpu_core.gl.seen_hair import CELLS, cell_of
from gpu_core.gl.shaders import Program
from gpu_core.gl.targets import TargetSet
from gpu_core.gltf.face import load_face
from gpu_core.settings import Camera, View

SIZE = 512  # pixels: the size that pictures are generated in
ENOUGH = 8  # poses in a cell before it counts as known
MARGIN = 1.08  # poses go so much further than the head's limits
_HALTON = (2, 3, 5)


class Census:
    """Draws a face and says which pieces of its hair show."""

    def __init__(self, asset: FaceAsset) -> None:
        self._surface, self._ribbons = Surface(asset), Ribbons(asset.strands)
        self._posing = open_posing(asset, self._surface, self._ribbons, "cpu")
        self._programs = Program("face.vert", "piece.frag"), Program("strand.vert", "piece.frag")
        for program in self._programs:
            set_camera(program, Camera())
        self._target = TargetSet(Atlas(1, SIZE))
        self._owned = (self._surface, self._ribbons, *self._programs, self._target)
        self.hair = [draw for draw in self._ribbons.draws if not draw.facing_camera]
        self.pieces = sum(draw.count for draw in self.hair) // 6

    def showing(self, expression: Expression) -> NDArray[np.bool_]:
        """The pieces that show in this pose, (pieces,) bool."""
        self._posing.pose((expression,))
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._target.framebuffer)
        GL.glViewport(0, 0, SIZE, SIZE)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        GL.glEnable(GL.GL_DEPTH_TEST)
        self._draw_surface()
        self._draw_hair()
        pixels = np.empty((SIZE, SIZE, 4), np.uint8)
        self._target.read(View.TEXTURE, pixels)
        showing = np.zeros(self.pieces + 1, bool)
        showing[pixels.view("<u4") & 0xFFFFFF] = True
        return showing[1:]

    def _draw_surface(self) -> None:
        """Depth alone: what is in front of hair."""
        self._programs[0].use()
        GL.glColorMask(False, False, False, False)
        GL.glBindVertexArray(self._surface.posed.array(0))
        for part in self._surface.draws:
            (GL.glDisable if part.two_sided else GL.glEnable)(GL.GL_CULL_FACE)
            draw_indices(part.first, part.count)
        GL.glDisable(GL.GL_CULL_FACE)
        GL.glColorMask(True, True, True, True)

    def _draw_hair(self) -> None:
        program = self._programs[1]
        program.use()
        GL.glUniform1f(program.location("pixels_per_clip"), SIZE / 2)
        GL.glUniform1i(program.location("facing_camera"), False)
        GL.glBindVertexArray(self._ribbons.posed.array(0))
        for draw in self.hair:
            draw_indices(draw.first, draw.count)

    def __enter__(self) -> Census:
        return self

    def __exit__(self, *_: object) -> None:
        for owned in self._owned:
            owned.close()


def poses(count: int) -> Iterator[Expression]:
    """Evenly spread heads (a Halton sequence), random expressions."""
    rng = np.random.default_rng(1)
    for index in range(1, count + 1):
        spread = [2 * halton(index, base) - 1 for base in _HALTON]
        angles = {k: MARGIN * limit * s for (k, limit), s in zip(HEAD_LIMITS_DEG.items(), spread, strict=True)}
        weights = np.clip(rng.normal(-0.2, 0.45, len(NEUTRAL.weights)), 0, 1)
        yield Expression(tuple(map(float, weights))).with_head(**angles)


def halton(index: int, base: int) -> float:
    """The index-th number of the van der Corput sequence: 0..1."""
    value, share = 0.0, 1.0
    while index:
        share /= base
        index, digit = divmod(index, base)
        value += share * digit
    return value


def count(asset: FaceAsset, wanted: int) -> dict[str, NDArray[np.generic]]:
    """The arrays of a face's file."""
    drawn = np.zeros(CELLS[0] * CELLS[1], int)
    with Census(asset) as census:
        seen = np.zeros((drawn.size, census.pieces), bool)
        for expression in poses(wanted):
            cell = cell_of(expression)
            if cell is not None:
                seen[cell] |= census.showing(expression)
                drawn[cell] += 1
    return {
        "face_sha256": np.array(asset.sha256),
        "pieces": np.array(seen.shape[1]),
        "seen": np.packbits(with_neighbours(seen), axis=1),
        "known": drawn >= ENOUGH,
    }


def with_neighbours(seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What shows in each cell (cells, pieces) or one of the eight around it."""
    around = np.pad(seen.reshape(*CELLS, -1), ((1, 1), (1, 1), (0, 0)))
    near = [around[y : y + CELLS[0], p : p + CELLS[1]] for y in range(3) for p in range(3)]
    return np.logical_or.reduce(near).reshape(seen.shape)


def main() -> int:
    """Write the file of every shipped face, or of those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="faces by name, such as man; all by default")
    parser.add_argument("--poses", type=int, default=8000, help="how many to draw (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=resources_root() / "face", metavar="DIR")
    options = parser.parse_args()
    for name, path in shipped_faces().items():
        if not options.names or name in options.names:
            with headless_context():
                arrays = count(load_face(path), options.poses)
            np.savez_compressed(options.out / f"{name}.seen.npz", allow_pickle=False, **arrays)
            pieces = np.unpackbits(arrays["seen"][arrays["known"]], axis=1).sum(axis=1)
            print(f"{name}: {int(pieces.mean())} of {arrays['pieces']} pieces a cell, {arrays['known'].sum()} cells")
    return 0


if __name__ == "__main__":
    sys.exit(main())
