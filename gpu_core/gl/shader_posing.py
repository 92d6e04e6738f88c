"""Posing by shaders: 82 numbers a face go up, three passes write vertices where they are drawn from.

Surface vertices come out of one pass. Strands take two: their points first, then two vertices a point with the tangent
between its neighbours. A pass poses the whole batch, one instance a face, and nothing is read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TypeVar

import numpy as np
from OpenGL import GL

from gpu_core.errors import GLError
from gpu_core.expression import Expression
from gpu_core.face import FaceAsset, Floats, Rig
from gpu_core.gl.capture import Capture, NoPicture, Room, TableTexture
from gpu_core.gl.mesh import Ribbons, Surface
from gpu_core.gl.pose_tables import SparseDeltas, pose_numbers, sparse_deltas, strand_table, vertex_kinds
from gpu_core.gl.posed_vertices import PosedVertices, still_attribute
from gpu_core.gl.shaders import Program
from gpu_core.rig import LID_DEPTH, SIDES, still_points

_POINT_NUMBERS = 4  # a texture buffer has no texels of three
_Thing = TypeVar("_Thing", NoPicture, TableTexture, Capture)


class ShaderPosing:
    """Poses on the GPU."""

    name = "shaders"

    def __init__(self, asset: FaceAsset, surface: Surface, ribbons: Ribbons) -> None:
        """Upload the tables and compile the passes.

        Raises:
            GLError: the face is too large for this OpenGL's tables, or its rig has more than two eyes.
            ShaderError: with the driver's log.
        """
        if len(asset.rig.eyes) > len(SIDES):
            raise GLError(f"a rig of {len(asset.rig.eyes)} eyes is not posed by shaders")
        self._surface, self._ribbons = surface.posed, ribbons.posed
        with ExitStack() as owned:
            self._no_picture = _owned(owned, NoPicture())
            self._poses = _owned(owned, TableTexture(1))
            self._points = _owned(owned, TableTexture(_POINT_NUMBERS))
            sparse = sparse_deltas(asset)
            self._deltas = _filled(owned, sparse.entries)
            self._normal_deltas = _filled(owned, sparse.normal_entries)
            self._pose_surface = _owned(owned, _surface_pass(asset, surface, sparse))
            self._strand_passes: tuple[Capture, Capture] | None = None
            if ribbons.points:
                points = _owned(owned, _point_pass(asset, ribbons, sparse))
                self._strand_passes = points, _owned(owned, _ribbon_pass(asset, ribbons))
            self._owned = owned.pop_all()

    def pose(self, expressions: Sequence[Expression]) -> int:
        """Pose every face of the batch at once; returns the bytes uploaded."""
        faces = len(expressions)
        numbers = np.stack([pose_numbers(expression) for expression in expressions])
        self._poses.fill(numbers)
        for drawn in (self._surface, self._ribbons):
            drawn.reserve(faces)
        self._no_picture.bind()
        tables = {"poses": self._poses, "deltas": self._deltas, "normal_deltas": self._normal_deltas}
        self._pose_surface.run(faces, tables, _rooms(self._surface))
        if self._strand_passes is not None:
            self._pose_strands(*self._strand_passes, faces)
        GL.glActiveTexture(GL.GL_TEXTURE0)
        return int(numbers.nbytes)

    def _pose_strands(self, points: Capture, ribbons: Capture, faces: int) -> None:
        size = faces * points.count * _POINT_NUMBERS
        self._points.reserve(size)
        room = Room(self._points.buffer, 0, 4 * size)
        points.run(faces, {"poses": self._poses, "deltas": self._deltas}, (room,))
        ribbons.run(faces, {"points": self._points}, _rooms(self._ribbons))

    def close(self) -> None:
        """Delete tables and passes; harmless when done already."""
        self._owned.close()


def _owned(owned: ExitStack, thing: _Thing) -> _Thing:
    owned.callback(thing.close)
    return thing


def _filled(owned: ExitStack, entries: Floats) -> TableTexture:
    table = _owned(owned, TableTexture(4))
    table.fill(entries if len(entries) else np.zeros((1, 4), np.float32))  # a table must not be empty
    return table


def _surface_pass(asset: FaceAsset, surface: Surface, sparse: SparseDeltas) -> Capture:
    source = surface.source
    kinds = np.concatenate([sparse.runs[: len(asset.vertices)], vertex_kinds(asset)], axis=1)[source]
    inputs = (
        still_attribute(asset.vertices[source], 0),
        still_attribute(asset.normals[source], 1),
        still_attribute(kinds, 2),
    )
    made = Capture("pose_surface.vert", ("posed", "posed_normal"), inputs, len(source))
    _set_rig(made.program, asset.rig)
    return made


def _point_pass(asset: FaceAsset, ribbons: Ribbons, sparse: SparseDeltas) -> Capture:
    still, table = still_points(asset), strand_table(asset, ribbons.order)
    runs = np.concatenate([sparse.runs[table.points], sparse.runs[table.roots]], axis=1)
    inputs = (
        still_attribute(still[table.points], 0),
        still_attribute(still[table.roots], 1),
        still_attribute(runs, 2),
        still_attribute(table.eyes, 3),
    )
    made = Capture("pose_strand.vert", ("posed",), inputs, ribbons.points)
    _set_rig(made.program, asset.rig)
    return made


def _ribbon_pass(asset: FaceAsset, ribbons: Ribbons) -> Capture:
    neighbours = strand_table(asset, ribbons.order).neighbours
    inputs = (still_attribute(np.repeat(neighbours, 2, axis=0), 0),)
    made = Capture("pose_ribbon.vert", ("position", "tangent"), inputs, 2 * ribbons.points)
    made.program.use()
    GL.glUniform1i(made.program.location("points_per_face"), ribbons.points)
    return made


def _set_rig(program: Program, rig: Rig) -> None:
    program.use()
    GL.glUniform1i(program.location("eyes"), len(rig.eyes))
    for index, eye in enumerate(rig.eyes):
        place = program.location(f"eyeballs[{index}]")
        GL.glUniform4f(place, *eye.pivot, eye.radius + rig.lid_clearance)
    GL.glUniform1f(program.location("lid_depth"), LID_DEPTH)
    GL.glUniform3f(program.location("neck_pivot"), *rig.neck.pivot)
    GL.glUniform3f(program.location("neck_fade"), rig.neck.z_share, rig.neck.low, rig.neck.high)


def _rooms(posed: PosedVertices) -> tuple[Room, Room]:
    half = posed.half_bytes
    return Room(posed.buffer, 0, half), Room(posed.buffer, half, half)
