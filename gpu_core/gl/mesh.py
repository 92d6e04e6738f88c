"""A face's geometry on the GPU: what never changes is uploaded once, what posing changes is written every frame.

Who writes it, numpy or shaders, is decided in `gpu_core.gl.posing`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.expression import Expression
from gpu_core.face import FaceAsset, Floats, Material, PosedFace, Strands
from gpu_core.gl.posed_vertices import PosedVertices, still_attribute
from gpu_core.gl.seen_hair import SeenHair
from gpu_core.gl.targets import create_texture


def encode_srgb(linear: Floats) -> Floats:
    """Linear 0..1 to sRGB-encoded 0..1, any shape (IEC 61966-2-1)."""
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)


@dataclass(frozen=True)
class SurfaceDraw:
    """One draw call of the surface: a run of indices whose materials differ in colour at most."""

    first: int
    count: int
    texture: int
    gloss: tuple[float, float]
    two_sided: bool


@dataclass(frozen=True)
class RibbonDraw:
    """One draw call of ribbons that face the same way."""

    first: int
    count: int
    facing_camera: bool


class Surface:
    """Triangles of skin, eyes, teeth, cloth. Vertices that two materials share are doubled: they differ in colour.

    `source` (V,) int64 says which of the asset's vertices each of those drawn is.
    """

    def __init__(self, asset: FaceAsset) -> None:
        materials = [part.material for part in asset.parts]
        runs = [np.arange(p.first, p.first + p.count) for p in asset.parts]
        triangles = asset.triangles[np.concatenate(runs)]
        owner = np.repeat(materials, [p.count for p in asset.parts])
        pairs, corner = np.unique(
            np.stack([np.repeat(owner, 3), triangles.ravel().astype(np.int64)]), axis=1, return_inverse=True
        )
        self._material_of, self.source = pairs
        self._textures = [create_texture(t.shape[1], t.shape[0], t, mipmaps=True) for t in asset.textures]
        self._white = create_texture(1, 1, np.full((1, 1, 4), 255, np.uint8))
        self.draws = tuple(self._plan(asset, owner))
        order = np.argsort(self._draw_rank(asset)[owner], kind="stable")
        self.posed = self._build(asset, corner.reshape(-1, 3)[order].astype(np.uint32))

    def _draw_rank(self, asset: FaceAsset) -> NDArray[np.int64]:
        """Position of every material in the order of drawing: textured ones first, which are skin and hide the rest."""
        order = sorted(range(len(asset.materials)), key=lambda i: _look(asset.materials[i]))
        return np.argsort(np.array(order))

    def _plan(self, asset: FaceAsset, owner: NDArray[Any]) -> list[SurfaceDraw]:
        """One draw for all materials that differ in colour alone: colours are the vertices'."""
        draws, first = [], 0
        for _, alike in groupby(np.argsort(self._draw_rank(asset)), key=lambda index: _look(asset.materials[index])):
            members = list(alike)
            count = 3 * int(np.isin(owner, members).sum())
            material = asset.materials[members[0]]
            texture = self._white if material.texture is None else self._textures[material.texture]
            if count:
                gloss = (material.specular, material.shininess)
                draws.append(SurfaceDraw(first, count, texture, gloss, material.two_sided))
            first += count
        return draws

    def _build(self, asset: FaceAsset, indices: NDArray[np.uint32]) -> PosedVertices:
        tints = np.array([m.colour for m in asset.materials], np.float32)[self._material_of]
        colours = encode_srgb(tints) * encode_srgb(asset.colours[self.source])
        still = (still_attribute(asset.uvs[self.source], 2), still_attribute(colours, 3))
        return PosedVertices(len(self.source), still, indices)

    def gather(self, posed: PosedFace, into: Floats) -> None:
        """Arrange one pose as it is drawn: positions and normals, (2, V, 3) float32."""
        np.take(posed.vertices, self.source, axis=0, out=into[0], mode="clip")
        np.take(posed.normals, self.source, axis=0, out=into[1], mode="clip")

    def close(self) -> None:
        """Delete buffers and textures; harmless when done already."""
        self.posed.close()
        if self._white:
            GL.glDeleteTextures([*self._textures, self._white])
        self._white = 0


def _look(material: Material) -> tuple[bool, bool, int, float, float]:
    """What a draw call is set up for, in the order of drawing."""
    textured = material.texture is not None
    return material.two_sided, not textured, material.texture or 0, material.specular, material.shininess


class Ribbons:
    """Every strand of the face as triangles, two vertices a point; points and tangents change with the pose.

    `order` lists the asset's groups of strands as they are drawn. With `seen`, hair that does not show in a pose is
    left out: `head_poses` says which poses are drawn next.
    """

    def __init__(self, strands: tuple[Strands, ...], seen: SeenHair | None = None) -> None:
        # Hair ("surface") before lashes ("camera"): lashes are thin and lie in front.
        self.order = tuple(sorted(range(len(strands)), key=lambda i: strands[i].facing)[::-1])
        groups = [strands[i] for i in self.order]
        self.points = sum(g.points.shape[0] * g.points.shape[1] for g in groups)
        self.draws, indices = _ribbon_indices(groups)
        self._seen = seen
        self._draws_of: list[tuple[RibbonDraw, ...]] = []
        self._cells: list[tuple[RibbonDraw, ...]] = []
        if seen is not None:
            self._cells, indices = _with_cells(self.draws, indices, seen)
        still = (
            still_attribute(_per_point(groups, lambda g: g.half_width[..., None]), 2),
            still_attribute(np.tile(np.array([-1.0, 1.0], np.float32), self.points), 3),
            still_attribute(encode_srgb(_per_point(groups, _point_colours)), 4),
        )
        self.posed = PosedVertices(2 * self.points, still, indices)

    def gather(self, posed: PosedFace, into: Floats) -> None:
        """Arrange one pose as it is drawn: points and tangents, each twice, (2, 2 P, 3) float32."""
        pairs, start = into.reshape(2, self.points, 2, 3), 0
        for index in self.order:
            points = posed.strands[index]
            end = start + points.shape[0] * points.shape[1]
            pairs[0, start:end] = points.reshape(-1, 1, 3)
            pairs[1, start:end] = tangents(points).reshape(-1, 1, 3)
            start = end

    def head_poses(self, expressions: Sequence[Expression] | None) -> None:
        """Choose what is drawn of each face of the batch; None: all of any face."""
        seen = self._seen
        if seen is None or expressions is None:
            self._draws_of = []
            return
        cells = [seen.cell(expression) for expression in expressions]
        self._draws_of = [self.draws if cell is None else self._cells[cell] for cell in cells]

    def draws_of(self, face: int) -> tuple[RibbonDraw, ...]:
        """What to draw of one face of the batch."""
        return self._draws_of[face] if self._draws_of else self.draws

    def close(self) -> None:
        """Delete the buffers; harmless when done already."""
        self.posed.close()


def _with_cells(
    draws: tuple[RibbonDraw, ...], indices: NDArray[np.uint32], seen: SeenHair
) -> tuple[list[tuple[RibbonDraw, ...]], NDArray[np.uint32]]:
    """What to draw from each cell, and the indices with a run of its own for each appended."""
    hair = next(draw for draw in draws if not draw.facing_camera)
    rest = tuple(draw for draw in draws if draw is not hair)
    pieces = indices[hair.first : hair.first + hair.count].reshape(-1, 6)
    cells, runs, first = [], [indices], indices.size
    for row in seen.seen:
        run = pieces[row].ravel()
        cells.append((RibbonDraw(first, run.size, facing_camera=False), *rest))
        runs.append(run)
        first += run.size
    return cells, np.concatenate(runs)


def tangents(points: Floats) -> Floats:
    """Central differences along strands: (S, K, 3) to (S, K, 3), not normalised."""
    result = np.empty_like(points)
    rows = points.reshape(-1, 3)
    # All in one row, ends too: strands are short, and a loop over each costs more than what it adds up.
    np.subtract(rows[2:], rows[:-2], out=result.reshape(-1, 3)[1:-1])
    result[:, 0] = points[:, 1] - points[:, 0]
    result[:, -1] = points[:, -1] - points[:, -2]
    return result


def _point_colours(group: Strands) -> Floats:
    return np.broadcast_to(group.colour[:, None, :], group.points.shape)


def _per_point(groups: list[Strands], values: Any) -> Floats:
    """One value a vertex: each point's value twice, all groups in a row."""
    flat = [np.asarray(values(g), np.float32) for g in groups]
    rows = [np.repeat(v.reshape(-1, v.shape[-1]), 2, axis=0) for v in flat]
    return np.concatenate(rows) if rows else np.empty((0, 1), np.float32)


def _ribbon_indices(groups: list[Strands]) -> tuple[tuple[RibbonDraw, ...], NDArray[np.uint32]]:
    draws: list[RibbonDraw] = []
    runs: list[NDArray[np.uint32]] = []
    vertex = first = 0
    for facing, members in groupby(groups, key=lambda g: g.facing):
        start = first
        for group in members:
            count, points = group.points.shape[:2]
            quad = vertex + 2 * (np.arange(count)[:, None] * points + np.arange(points - 1)).reshape(-1, 1)
            runs.append((quad + np.array([0, 2, 3, 0, 3, 1])).astype(np.uint32).ravel())
            vertex += 2 * count * points
            first += runs[-1].size
        draws.append(RibbonDraw(start, first - start, facing == "camera"))
    return tuple(draws), np.concatenate(runs) if runs else np.empty(0, np.uint32)


def draw_indices(first: int, count: int) -> None:
    """Draw a run of the bound vertex array's indices as triangles."""
    GL.glDrawElements(GL.GL_TRIANGLES, count, GL.GL_UNSIGNED_INT, ctypes.c_void_p(4 * first))
