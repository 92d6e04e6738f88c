"""Meshes and hair as Blender objects whose points can be moved."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from gpu_core.face import FaceAsset, Floats, Part, Strands
from truth_recipe.head import Surface

_WELD_DECIMALS = 5  # vertices of UV seams agree to 1e-5 decimetres and are one point to smooth shading


class SurfaceBody:
    """The parts of one node as one mesh; vertices at one place are welded."""

    def __init__(self, scene: Any, name: str, asset: FaceAsset, parts: list[Part], looks: list[Any]) -> None:
        """Build the object; `looks` are Blender's materials, one a part."""
        triangles = np.concatenate([asset.triangles[part.first : part.first + part.count] for part in parts])
        used, corners = np.unique(triangles, return_inverse=True)
        places = asset.vertices[used].round(_WELD_DECIMALS)
        _, first, owner = np.unique(places, axis=0, return_index=True, return_inverse=True)
        self._source = used[first]
        mesh = _new_mesh(name, asset.vertices[self._source], owner.ravel()[corners.ravel()])
        uvs = asset.uvs[triangles.ravel()] * np.float32([1, -1]) + np.float32([0, 1])
        mesh.uv_layers.new(name="UV").data.foreach_set("uv", uvs.astype(np.float32).ravel())
        for look in looks:
            mesh.materials.append(look)
        which = np.repeat(np.arange(len(parts)), [part.count for part in parts])
        mesh.polygons.foreach_set("material_index", which.astype(np.int32))
        mesh.polygons.foreach_set("use_smooth", np.ones(len(triangles), bool))
        mesh.update()
        mesh.validate()
        self._mesh, self.object = mesh, bpy.data.objects.new(name, mesh)
        scene.collection.objects.link(self.object)

    def move(self, vertices: Floats) -> None:
        """Take posed vertices (N, 3) of the whole asset."""
        self._mesh.vertices.foreach_set("co", np.ascontiguousarray(vertices[self._source], np.float32).ravel())
        self._mesh.update()

    def dress(self, surface: Surface) -> None:
        """Set what belongs to an object rather than to its material."""
        if surface.glass:
            self.object.visible_shadow = self.object.visible_diffuse = False
        if surface.smoothed:
            finer = self.object.modifiers.new("smoothed", "SUBSURF")
            finer.levels = finer.render_levels = 1


def _new_mesh(name: str, points: Floats, corners: NDArray[np.int64]) -> Any:
    """Return a mesh of triangles: points (V, 3), corners (3T,)."""
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(points))
    mesh.loops.add(len(corners))
    mesh.polygons.add(len(corners) // 3)
    mesh.vertices.foreach_set("co", np.ascontiguousarray(points, np.float32).ravel())
    mesh.loops.foreach_set("vertex_index", corners.astype(np.int32))
    mesh.polygons.foreach_set("loop_start", np.arange(0, len(corners), 3, dtype=np.int32))
    return mesh


class StrandBody:
    """Strands as Blender's hair curves."""

    def __init__(self, scene: Any, strands: Strands, look: Any) -> None:
        """Build the object."""
        count, length = strands.points.shape[:2]
        self._curves = bpy.data.hair_curves.new(strands.name)
        self._curves.add_curves([length] * count)
        radius = self._curves.attributes.get("radius") or self._curves.attributes.new("radius", "FLOAT", "POINT")
        radius.data.foreach_set("value", strands.half_width.astype(np.float32).ravel())
        self._curves.materials.append(look)
        self.move(strands.points)
        scene.collection.objects.link(bpy.data.objects.new(strands.name, self._curves))

    def move(self, points: Floats) -> None:
        """Take posed points (S, K, 3)."""
        position = self._curves.attributes["position"].data
        position.foreach_set("vector", np.ascontiguousarray(points, np.float32).ravel())
        self._curves.update_tag()
