"""A take out of a glTF file: an animation of the `weights` of a mesh whose morph targets bear ARKit's names.

Names are in `extras.targetNames` of the mesh, where every exporter puts them, in the spellings that
`gpu_core.gltf.shape_names` knows. Of several animations the first that moves such weights is taken. Where several
meshes of a face move (head, teeth, tongue, lashes), the one with the most shapes speaks, the others fill in what it
lacks. A node named head or head_pose that is turned gives the head's rotation, in the order of
`gpu_core.rig.rotation`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.errors import AssetError
from gpu_core.expression import ARKIT_SHAPES, SHAPE_INDEX, Expression
from gpu_core.gltf.container import Json, typed
from gpu_core.gltf.reader import GltfReader
from gpu_core.gltf.shape_names import canonical
from viewer.sessions.gltf_curves import INTERPOLATIONS, Floats, GltfCurve
from viewer.sessions.timed_expression import TakeError

HEAD_NODES = ("head", "head_pose")
# Of an animation that is read; a file may claim more than memory holds without having a byte of it.
MOST_CHANNELS, MOST_NAMES, MOST_VALUES = 200, 1000, 60_000_000
LONGEST_S = 1e6  # before anybody asks what a take may last: only that it is a number of seconds


@dataclass(frozen=True, eq=False)
class GltfTake:
    """What moves: for each curve, which shapes are which of its columns; and the head."""

    title: str
    curves: tuple[tuple[GltfCurve, tuple[tuple[int, int], ...]], ...]  # curve, (index in ARKIT_SHAPES, column)
    head: GltfCurve | None  # quaternions
    remarks: tuple[str, ...] = ()

    @property
    def times(self) -> Floats:
        """Every moment at which something has a key, in seconds, ascending."""
        moving = [curve.times for curve, _ in self.curves] + ([self.head.times] if self.head else [])
        return np.unique(np.concatenate(moving))

    def at(self, time_s: float) -> Expression:
        """The face of a moment, as the file has it: weights may be outside 0..1."""
        weights = [0.0] * len(ARKIT_SHAPES)
        for curve, columns in self.curves:
            values = curve.at(time_s).tolist()
            for index, column in columns:
                weights[index] = values[column]
        yaw, pitch, roll = angles_of(self.head.at(time_s)) if self.head else (0.0, 0.0, 0.0)
        return Expression(tuple(weights), yaw, pitch, roll)


def read_gltf_take(path: Path) -> GltfTake:
    """The take in a .glb or .gltf file.

    Raises:
        TakeError: it cannot be read, is damaged, or animates no ARKit shape.
    """
    try:
        return _take(GltfReader(path), path)
    except AssetError as error:
        raise TakeError(f"{path}: {error}") from error


def angles_of(quaternion: Floats) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of a rotation (x, y, z, w): roll first, then pitch, then yaw."""
    x, y, z, w = (quaternion / max(float(np.linalg.norm(quaternion)), 1e-12)).tolist()
    pitch = math.asin(min(max(2 * (x * w - y * z), -1.0), 1.0))
    yaw = math.atan2(2 * (x * z + y * w), 1 - 2 * (x * x + y * y))
    roll = math.atan2(2 * (x * y + z * w), 1 - 2 * (x * x + z * z))
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)


def _take(reader: GltfReader, path: Path) -> GltfTake:
    animations = [typed(each, dict, "an animation") for each in reader.items("animations")]
    if not animations:
        raise AssetError("holds no animation; export it with one")
    for animation in animations:
        channels = _weight_channels(reader, animation)
        if channels:
            break
    else:
        raise AssetError("no animation in it moves morph targets with ARKit's names; export it with targetNames")
    name = str(animation.get("name", path.stem))[:200]
    several = f"{path.name}: {len(animations)} animations: {name} is read"
    head, remark = _head(reader, animation)
    notes = [several] * (len(animations) > 1) + [f"{path.name}: {remark}"] * bool(remark)
    return GltfTake(path.stem, _shared_out(channels), head, tuple(notes))


def _channels(animation: Json, kind: str) -> Iterator[tuple[int, Json]]:
    """(node, sampler) of the channels that move `kind`."""
    samplers = typed(animation.get("samplers", []), list, "samplers")
    channels = typed(animation.get("channels", []), list, "channels")
    if len(channels) > MOST_CHANNELS:
        raise AssetError(f"an animation has {len(channels):,} channels, more than {MOST_CHANNELS:,}")
    for channel in channels:
        target = typed(typed(channel, dict, "a channel").get("target"), dict, "a channel's target")
        place, node = channel.get("sampler"), target.get("node")
        if target.get("path") != kind or node is None:
            continue
        if type(place) is not int or not 0 <= place < len(samplers):
            raise AssetError("a channel's sampler is not there; export it again")
        yield node, typed(samplers[place], dict, "a sampler")


def _weight_channels(reader: GltfReader, animation: Json) -> list[tuple[GltfCurve, tuple[str | None, ...]]]:
    """The curves whose mesh has ARKit's names, and these, the mesh with the most first."""
    found, curves = [], dict[tuple[int, int], GltfCurve]()
    for node, sampler in _channels(animation, "weights"):
        names = _target_names(reader, reader.item("nodes", node))
        if not any(names):
            continue
        key = id(sampler), len(names)  # meshes of one face often share a sampler
        if key not in curves:
            curves[key] = _curve(
                reader, sampler, len(names), room=MOST_VALUES - sum(c.values.size for c in curves.values())
            )
        found.append((curves[key], names))
    return sorted(found, key=lambda each: -len(set(each[1]) - {None}))


def _target_names(reader: GltfReader, node: Json) -> tuple[str | None, ...]:
    if "mesh" not in node:
        return ()
    mesh = reader.item("meshes", node["mesh"])
    primitives = typed(mesh.get("primitives", []), list, "primitives")
    for place in (mesh, *primitives[:1]):
        extras = place.get("extras") if isinstance(place, dict) else None
        names: Any = extras.get("targetNames") if isinstance(extras, dict) else None
        if isinstance(names, list) and len(names) <= MOST_NAMES:
            return tuple(canonical(name) if isinstance(name, str) else None for name in names)
    return ()


def _curve(
    reader: GltfReader, sampler: Json, width: int, *, room: int = MOST_VALUES, is_quaternion: bool = False
) -> GltfCurve:
    interpolation = sampler.get("interpolation", "LINEAR")
    if interpolation not in INTERPOLATIONS:
        raise AssetError(f"unknown interpolation {str(interpolation)[:20]!r}; export it again")
    if reader.count(sampler.get("output")) * (width if is_quaternion else 1) > room:
        raise AssetError(f"an animation has more than {MOST_VALUES:,} values; export fewer frames")
    times = reader.floats(sampler.get("input"), (1,))[:, 0].astype(np.float64)
    if len(times) == 0 or times[0] < 0 or (np.diff(times) <= 0).any() or times[-1] > LONGEST_S:
        raise AssetError("an animation's times must ascend from 0; export it again")
    values = reader.floats(sampler.get("output"), (4,) if is_quaternion else (1,)).astype(np.float64)
    rows = 3 if interpolation == "CUBICSPLINE" else 1
    if values.size != len(times) * rows * width:
        raise AssetError(f"an animation has {values.size:,} values for {len(times):,} keys of {width}: damaged")
    shape = (len(times), 3, width) if rows == 3 else (len(times), width)
    return GltfCurve(str(interpolation), times, values.reshape(shape))


def _shared_out(
    channels: list[tuple[GltfCurve, tuple[str | None, ...]]],
) -> tuple[tuple[GltfCurve, tuple[tuple[int, int], ...]], ...]:
    """Each shape given to the first curve that has it; a curve that is left without one is left out."""
    taken: set[str] = set()
    shared = []
    for curve, names in channels:
        columns = []
        for column, name in enumerate(names):
            if name is not None and name not in taken:
                taken.add(name)
                columns.append((SHAPE_INDEX[name], column))
        if columns:
            shared.append((curve, tuple(columns)))
    return tuple(shared)


def _head(reader: GltfReader, animation: Json) -> tuple[GltfCurve | None, str]:
    for index, sampler in _channels(animation, "rotation"):
        node = reader.item("nodes", index)
        if str(node.get("name", "")).lower() not in HEAD_NODES:
            continue
        if node.get("rotation") not in (None, [0, 0, 0, 1]) or "matrix" in node:
            return None, "its head is turned at rest: the head's rotation is not read"
        return _curve(reader, sampler, 4, is_quaternion=True), ""
    return None, ""
