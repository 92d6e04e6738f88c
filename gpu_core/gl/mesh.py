"""A face's geometry on the GPU: what never changes is uploaded once, what posing changes is uploaded every frame.

On software OpenGL numpy poses and the vertices go up whole: 0.1 ms against 4-10 ms for blending in a vertex shader.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from gpu_core.face import FaceAsset, Floats, PosedFace, Strands
from gpu_core.gl.targets import create_texture


def encode_srgb(linear: Floats) -> Floats:
    """Linear 0..1 to sRGB-encoded 0..1, any shape (IEC 61966-2-1)."""
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)


@dataclass(frozen=True)
class SurfaceDraw:
    """One draw call of the surface: a run of indices with one material."""

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
    """Triangles of skin, eyes, teeth, cloth. Vertices that two materials share are doubled: they differ in colour."""

    def __init__(self, asset: FaceAsset) -> None:
        materials = [part.material for part in asset.parts]
        runs = [np.arange(p.first, p.first + p.count) for p in asset.parts]
        triangles = asset.triangles[np.concatenate(runs)]
        owner = np.repeat(materials, [p.count for p in asset.parts])
        pairs, corner = np.unique(
            np.stack([np.repeat(owner, 3), triangles.ravel().astype(np.int64)]), axis=1, return_inverse=True
        )
        self._material_of, self._source = pairs
        self._textures = [create_texture(t.shape[1], t.shape[0], t, mipmaps=True) for t in asset.textures]
        self._white = create_texture(1, 1, np.full((1, 1, 4), 255, np.uint8))
        self._staging = np.empty((2, len(self._source), 3), np.float32)
        self.draws = tuple(self._plan(asset, owner))
        order = np.argsort(self._draw_rank(asset)[owner], kind="stable")
        self._build(asset, corner.reshape(-1, 3)[order].astype(np.uint32))

    def _draw_rank(self, asset: FaceAsset) -> NDArray[np.int64]:
        """Position of every material in the order of drawing: same texture together saves binding it again."""
        keys = [(m.two_sided, -1 if m.texture is None else m.texture, i) for i, m in enumerate(asset.materials)]
        return np.argsort(np.array([k[2] for k in sorted(keys)]))

    def _plan(self, asset: FaceAsset, owner: NDArray[Any]) -> list[SurfaceDraw]:
        draws, first = [], 0
        for index in np.argsort(self._draw_rank(asset)):
            count = 3 * int((owner == index).sum())
            material = asset.materials[index]
            texture = self._white if material.texture is None else self._textures[material.texture]
            if count:
                gloss = (material.specular, material.shininess)
                draws.append(SurfaceDraw(first, count, texture, gloss, material.two_sided))
            first += count
        return draws

    def _build(self, asset: FaceAsset, indices: NDArray[np.uint32]) -> None:
        tints = np.array([m.colour for m in asset.materials], np.float32)[self._material_of]
        colours = encode_srgb(tints) * encode_srgb(asset.colours[self._source])
        self.vao = int(GL.glGenVertexArrays(1))
        GL.glBindVertexArray(self.vao)
        self._posed = attribute_buffer(None, ((0, 3, 0), (1, 3, self._staging[0].nbytes)))
        self._static = [
            attribute_buffer(asset.uvs[self._source], ((2, 2, 0),)),
            attribute_buffer(colours, ((3, 3, 0),)),
            index_buffer(indices),
        ]

    def upload(self, posed: PosedFace) -> None:
        """Send one pose up."""
        np.take(posed.vertices, self._source, axis=0, out=self._staging[0], mode="clip")
        np.take(posed.normals, self._source, axis=0, out=self._staging[1], mode="clip")
        stream(self._posed, self._staging)

    def close(self) -> None:
        """Delete buffers and textures; harmless when done already."""
        if self.vao:
            GL.glDeleteVertexArrays(1, [self.vao])
            GL.glDeleteBuffers(1 + len(self._static), [self._posed, *self._static])
            GL.glDeleteTextures([*self._textures, self._white])
        self.vao = 0


class Ribbons:
    """Every strand of the face as triangles, two vertices a point; points and tangents change with the pose."""

    def __init__(self, strands: tuple[Strands, ...]) -> None:
        self._order = sorted(range(len(strands)), key=lambda i: strands[i].facing)
        groups = [strands[i] for i in self._order][::-1]
        self._order.reverse()  # hair ("surface") before lashes ("camera"): lashes are thin and lie in front
        self.vao = int(GL.glGenVertexArrays(1))
        GL.glBindVertexArray(self.vao)
        doubled = 2 * sum(g.points.shape[0] * g.points.shape[1] for g in groups)
        self._staging = np.empty((2, doubled // 2, 2, 3), np.float32)
        self._posed = attribute_buffer(None, ((0, 3, 0), (1, 3, self._staging[0].nbytes)))
        self.draws, indices = _ribbon_indices(groups)
        self._static = [
            attribute_buffer(_per_point(groups, lambda g: g.half_width[..., None]), ((2, 1, 0),)),
            attribute_buffer(np.tile(np.array([-1.0, 1.0], np.float32), doubled // 2), ((3, 1, 0),)),
            attribute_buffer(encode_srgb(_per_point(groups, _point_colours)), ((4, 3, 0),)),
            index_buffer(indices),
        ]

    def upload(self, posed: PosedFace) -> None:
        """Send one pose up."""
        start = 0
        for index in self._order:
            points = posed.strands[index]
            end = start + points.shape[0] * points.shape[1]
            self._staging[0, start:end] = points.reshape(-1, 1, 3)
            self._staging[1, start:end] = tangents(points).reshape(-1, 1, 3)
            start = end
        stream(self._posed, self._staging)

    def close(self) -> None:
        """Delete the buffers; harmless when done already."""
        if self.vao:
            GL.glDeleteVertexArrays(1, [self.vao])
            GL.glDeleteBuffers(1 + len(self._static), [self._posed, *self._static])
        self.vao = 0


def tangents(points: Floats) -> Floats:
    """Central differences along strands: (S, K, 3) to (S, K, 3), not normalised."""
    result = np.empty_like(points)
    result[:, 1:-1] = points[:, 2:] - points[:, :-2]
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


def attribute_buffer(data: Any, attributes: tuple[tuple[int, int, int], ...]) -> int:
    """A buffer feeding float attributes of the bound vertex array: (location, components, byte offset) each."""
    buffer = int(GL.glGenBuffers(1))
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, buffer)
    if data is not None:
        data = np.ascontiguousarray(data, np.float32)
        GL.glBufferData(GL.GL_ARRAY_BUFFER, data.nbytes, data, GL.GL_STATIC_DRAW)
    for location, components, offset in attributes:
        GL.glEnableVertexAttribArray(location)
        GL.glVertexAttribPointer(location, components, GL.GL_FLOAT, False, 0, ctypes.c_void_p(offset))
    return buffer


def index_buffer(indices: NDArray[np.uint32]) -> int:
    """An element buffer of the bound vertex array."""
    buffer = int(GL.glGenBuffers(1))
    GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, buffer)
    GL.glBufferData(GL.GL_ELEMENT_ARRAY_BUFFER, indices.nbytes, indices, GL.GL_STATIC_DRAW)
    return buffer


def stream(buffer: int, data: Floats) -> None:
    """Replace a buffer's content; orphaning the old one lets the driver keep drawing from it."""
    GL.glBindBuffer(GL.GL_ARRAY_BUFFER, buffer)
    GL.glBufferData(GL.GL_ARRAY_BUFFER, data.nbytes, data, GL.GL_STREAM_DRAW)


def draw_indices(first: int, count: int) -> None:
    """Draw a run of the bound vertex array's indices as triangles."""
    GL.glDrawElements(GL.GL_TRIANGLES, count, GL.GL_UNSIGNED_INT, ctypes.c_void_p(4 * first))
