"""CyclesTracer: the driver's path tracer, by Blender as a Python module. Blender has one scene: make one tracer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gpu_core.expression import NEUTRAL, Expression
from gpu_core.rig import Poser
from truth_recipe.cycles_bodies import StrandBody, SurfaceBody
from truth_recipe.cycles_materials import fibre_material, surface_material
from truth_recipe.cycles_stage import set_stage
from truth_recipe.head import TruthHead
from truth_recipe.poses import PoseRow


class CyclesTracer:
    """Renders one head in any pose."""

    def __init__(self, head: TruthHead, *, threads: int) -> None:
        """Build the scene once; later only points move, textures and light stay loaded."""
        self._scene = set_stage(threads)
        self._poser, self._asset = Poser(head.asset), head.asset
        self._surfaces = self._build_surfaces(head)
        self._strands = [
            StrandBody(self._scene, item, fibre_material(item.name, head.fibres[item.name]))
            for item in head.asset.strands
        ]
        self._last_turn = (NEUTRAL.yaw, NEUTRAL.pitch, NEUTRAL.roll)

    def render(self, row: PoseRow, *, samples: int, seed: int) -> NDArray[np.uint8]:
        """Return (512, 512, 4) straight alpha, sRGB-encoded, top row first."""
        self._pose(row.expression)
        self._scene.cycles.samples, self._scene.cycles.seed = samples, seed
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "picture.png")
            self._scene.render.filepath = str(path)
            with _blender_silenced():
                bpy.ops.render.render(write_still=True)
            with Image.open(path) as picture:
                return np.asarray(picture.convert("RGBA"))

    def _build_surfaces(self, head: TruthHead) -> list[SurfaceBody]:
        """Make one body of the parts of each node: "head.skin" and "head.lid" share vertices, and so smooth shading."""
        materials = [
            surface_material(material.name or str(place), surface)
            for place, (material, surface) in enumerate(zip(head.asset.materials, head.surfaces, strict=True))
        ]
        bodies = []
        for name, members in groupby(head.asset.parts, key=lambda part: part.name.partition(".")[0]):
            parts = list(members)
            body = SurfaceBody(self._scene, name, head.asset, parts, [materials[part.material] for part in parts])
            body.dress(head.surfaces[parts[0].material])
            bodies.append(body)
        return bodies

    def _pose(self, expression: Expression) -> None:
        posed = self._poser.pose(expression)
        turn = (expression.yaw, expression.pitch, expression.roll)
        for surface in self._surfaces:
            surface.move(posed.vertices)
        for body, strands, points in zip(self._strands, self._asset.strands, posed.strands, strict=True):
            if strands.deltas is not None or turn != self._last_turn:
                body.move(points)
        self._last_turn = turn


@contextmanager
def _blender_silenced() -> Iterator[None]:
    """Send what Blender writes to the process's standard output nowhere."""
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
