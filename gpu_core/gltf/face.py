"""Load a face from a glTF 2.0 file: Mien's own, or any head with morph targets under ARKit names.

Mien's own files carry their rig in `scene.extras.mien` and are in metres. A foreign head is scaled and moved into the
camera's frame; it gets a neck, but its eyes move as its own blendshapes move them. Transparency, metal and bump maps
are not drawn; mostly clear parts (corneas) are left out, since they would hide the eyes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gpu_core.errors import AssetError
from gpu_core.expression import ARKIT_SHAPES, SHAPE_INDEX
from gpu_core.face import Eye, FaceAsset, Floats, Neck, Part, Rig, Strands
from gpu_core.gltf.container import Json, typed
from gpu_core.gltf.face_arrays import join_morphs, join_normals
from gpu_core.gltf.materials import MaterialShelf, is_clear
from gpu_core.gltf.mesh import MAX_VERTICES, Geometry, primitives, read_geometries, target_names
from gpu_core.gltf.normals import NormalField
from gpu_core.gltf.reader import GltfReader, number, numbers
from gpu_core.gltf.scene import Matrix, PlacedMesh, placed_meshes, scene
from gpu_core.gltf.shape_names import canonical
from gpu_core.gltf.strands import read_strands, strand_layout

_METRE = 10.0  # decimetres
# What may be required of a reader: all that is stored or shaded in another way is refused by name.
_KNOWN_EXTENSIONS = ("KHR_mesh_quantization", "EXT_texture_webp", "KHR_materials_", "KHR_lights_punctual")
# Where the default face has the vertices that its shapes move by 5% of the largest motion or more (measured).
_FRAME_CENTRE, _FRAME_HEIGHT = (0.0, 6.37, 0.99), 1.68
_VISIBLE_MOTION = 0.05
# What a damaged file may raise where no check names the fault.
_DAMAGE = (
    LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError, RecursionError, struct.error,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Named:
    """A geometry of the scene under its node's name."""

    node: str
    geometry: Geometry


def load_face(path: Path | str) -> FaceAsset:
    """Read the face in a .glb or .gltf file.

    Raises:
        AssetError: the file is missing, broken, too large, or no face with ARKit blendshapes; one line says why.
    """
    path = Path(path)
    try:
        with np.errstate(all="ignore"):  # absurd numbers end as infinities, which are refused
            return _read_face(path)
    except AssetError as error:
        raise AssetError(f"{path.name}: {error}") from None
    except _DAMAGE as error:
        reason = str(error).split("\n")[0][:80]
        raise AssetError(f"{path.name}: is damaged ({type(error).__name__}: {reason}); export it again") from None


def _read_face(path: Path) -> FaceAsset:
    reader = GltfReader(path)
    _refuse_extensions(reader)
    placed = placed_meshes(reader)
    _require_shapes(placed)
    own = _own_rig(reader)
    named, strands = _read_meshes(reader, placed)
    matrix = np.diag([_METRE, _METRE, _METRE, 1.0]) if own else _fit(named)
    named = [_Named(item.node, item.geometry.transformed(matrix)) for item in named]
    name = str(own.get("name", path.stem)) if own else path.stem
    rig = _rig(own, placed, named) if own else Rig()
    return _checked(_assemble(reader, named, strands, name=name, rig=rig, is_foreign=own is None))


def _read_meshes(reader: GltfReader, placed: list[PlacedMesh]) -> tuple[list[_Named], tuple[Strands, ...]]:
    named: list[_Named] = []
    strands: list[Strands] = []
    for item in placed:
        layout = strand_layout(item.mesh)
        if layout is not None:
            strands.append(read_strands(reader, item, layout, _METRE))
            continue
        budget = MAX_VERTICES - sum(len(other.geometry.positions) for other in named)
        geometries = read_geometries(reader, item.mesh, budget)
        named += [_Named(item.name, geometry.transformed(item.matrix)) for geometry in geometries]
    return named, tuple(strands)


def _assemble(
    reader: GltfReader, named: list[_Named], strands: tuple[Strands, ...], *, name: str, rig: Rig, is_foreign: bool
) -> FaceAsset:
    geometries = [item.geometry for item in named]
    shelf = MaterialShelf(reader)
    parts, triangles = _parts(reader, named, shelf)
    vertices = np.concatenate([geometry.positions for geometry in geometries])
    field = NormalField(vertices, triangles)
    moved, deltas, normal_deltas = join_morphs(geometries, field)
    known = {shape for geometry in geometries for shape in geometry.morphs}
    return FaceAsset(
        name=name,
        vertices=vertices,
        normals=join_normals(geometries, field),
        uvs=np.concatenate([geometry.uvs for geometry in geometries]),
        colours=np.concatenate([geometry.colours for geometry in geometries]),
        triangles=triangles.astype(np.uint32),
        moved=moved,
        deltas=deltas,
        normal_deltas=normal_deltas,
        parts=parts,
        materials=tuple(shelf.materials),
        textures=tuple(shelf.textures),
        strands=strands,
        rig=rig,
        missing=tuple(shape for shape in ARKIT_SHAPES if SHAPE_INDEX[shape] not in known),
        sha256=reader.sha256,
        is_foreign=is_foreign,
    )


def _parts(reader: GltfReader, named: list[_Named], shelf: MaterialShelf) -> tuple[tuple[Part, ...], np.ndarray]:
    """The parts, and all triangles (T, 3) int64 in their order."""
    parts: list[Part] = []
    runs: list[np.ndarray] = []
    first_vertex = first = 0
    for item in named:
        for material, run in item.geometry.runs:
            if material is None or not is_clear(reader.item("materials", material)):
                place = shelf.place(material)
                part_name = ".".join(filter(None, (item.node, shelf.materials[place].name)))
                parts.append(Part(part_name, place, first, len(run)))
                runs.append(run + first_vertex)
                first += len(run)
        first_vertex += len(item.geometry.positions)
    if not first:
        raise AssetError("has no triangles; choose a file with a head's surface")
    return tuple(parts), np.concatenate(runs)


def _refuse_extensions(reader: GltfReader) -> None:
    for extension in map(str, typed(reader.json.get("extensionsRequired", []), list, "extensionsRequired")):
        if not extension.startswith(_KNOWN_EXTENSIONS):
            raise AssetError(f"needs the extension {extension[:60]}, which is not supported; export it without")


def _require_shapes(placed: list[PlacedMesh]) -> None:
    """Refuse a file without any target under an ARKit name."""
    pairs = [(item.mesh, primitive) for item in placed for primitive in primitives(item.mesh)]
    names = [name for mesh, primitive in pairs if primitive.get("targets") for name in target_names(mesh, primitive)]
    if any(map(canonical, names)):
        return
    if names:
        seen = ", ".join(name[:30] for name in list(dict.fromkeys(names))[:5])
        raise AssetError(f"has no morph target with an ARKit name (seen: {seen}); rename them to jawOpen and so on")
    if any(primitive.get("targets") for _, primitive in pairs):
        raise AssetError("has morph targets without names; export it with mesh.extras.targetNames")
    raise AssetError("has no morph targets; choose a head with the ARKit blendshapes")


def _own_rig(reader: GltfReader) -> Json | None:
    """`scene.extras.mien`, or None for a foreign file."""
    own = typed(scene(reader).get("extras") or {}, dict, "extras").get("mien")
    if own is None:
        return None
    if typed(own, dict, "extras.mien").get("schema") != 1:
        raise AssetError(f"has rig version {str(own.get('schema'))[:10]}, but 1 is read here; use a newer Mien")
    return typed(own, dict, "extras.mien")


def _rig(own: Json, placed: list[PlacedMesh], named: list[_Named]) -> Rig:
    rig = typed(own.get("rig"), dict, "rig")
    eyes = typed(rig.get("eyes") or {}, dict, "rig.eyes")
    lids = typed(rig.get("lids") or {}, dict, "rig.lids")
    neck = typed(rig.get("neck") or {}, dict, "rig.neck")
    sides = [typed(eyes[side], dict, side) for side in ("left", "right")] if eyes else []
    x, y, z = numbers(neck, "pivot", (0.0, 0.575, 0.015))
    return Rig(
        eyes=tuple(_eye(side, placed, named) for side in sides),
        lid_range=_vertex_range(named, str(lids["node"])) if sides and lids else (0, 0),
        lid_clearance=number(lids, "clearance", 0.0004) * _METRE,
        neck=Neck(
            (x * _METRE, y * _METRE, z * _METRE),
            number(neck, "z_share", 0.35),
            number(neck, "low", 0.5) * _METRE,
            number(neck, "high", 0.635) * _METRE,
        ),
    )


def _eye(side: Json, placed: list[PlacedMesh], named: list[_Named]) -> Eye:
    node = str(side.get("node"))
    first, last = _vertex_range(named, node)
    matrix = next(item.matrix for item in placed if item.name == node)
    x, y, z = (matrix[:3, 3] * _METRE).tolist()
    return Eye((x, y, z), number(side, "radius", 0.0) * _METRE, first, last)


def _vertex_range(named: list[_Named], node: str) -> tuple[int, int]:
    """The vertices (first, last) of a node's mesh."""
    ends = np.cumsum([0, *(len(item.geometry.positions) for item in named)]).tolist()
    places = [place for place, item in enumerate(named) if item.node == node]
    if not places:
        raise AssetError(f"its rig names the node {node[:30]!r}, which has no mesh; bake the face again")
    return ends[places[0]], ends[places[-1] + 1]


def _fit(named: list[_Named]) -> Matrix:
    """The matrix that brings a foreign head's face to where the default one has its own."""
    points = _visibly_moved([item.geometry for item in named]).astype(np.float64)
    if not len(points):
        raise AssetError("has ARKit blendshapes that move nothing; export it with its morph targets")
    low, high = points.min(axis=0), points.max(axis=0)
    if not 1e-9 < high[1] - low[1] < 1e9:
        raise AssetError("has a face without a height (+Y should be up); export it upright")
    scale = _FRAME_HEIGHT / float(high[1] - low[1])
    matrix = np.diag([scale, scale, scale, 1.0])
    matrix[:3, 3] = np.array(_FRAME_CENTRE) - scale * (low + high) / 2
    return matrix


def _visibly_moved(geometries: list[Geometry]) -> Floats:
    """Where the vertices are (K, 3) that some shape moves by a share of the largest motion: noise has no say."""
    pairs = [(geometry, morph) for geometry in geometries for morph in geometry.morphs.values()]
    sizes = [np.abs(morph.moves).max(axis=1, initial=0.0) for _, morph in pairs]
    threshold = _VISIBLE_MOTION * max((float(size.max(initial=0.0)) for size in sizes), default=0.0)
    found = [g.positions[m.rows[size > threshold]] for (g, m), size in zip(pairs, sizes, strict=True)]
    return np.concatenate(found) if found else np.zeros((0, 3), np.float32)


def _checked(face: FaceAsset) -> FaceAsset:
    """Refuse numbers that no face has: what went in may be finite and still overflow on the way."""
    arrays = [face.vertices, face.normals, face.uvs, face.colours, face.deltas, face.normal_deltas]
    arrays += [array for item in face.strands for array in (item.points, item.half_width, item.colour)]
    arrays += [item.deltas for item in face.strands if item.deltas is not None]
    rig = face.rig
    arrays += [np.array([*eye.pivot, eye.radius], np.float32) for eye in rig.eyes]
    arrays.append(np.array([*rig.neck.pivot, rig.neck.z_share, rig.neck.low, rig.neck.high, rig.lid_clearance], "f4"))
    if not all(np.abs(array).max(initial=0.0) < 1e6 for array in arrays):  # written so that NaN fails too
        raise AssetError("holds numbers that are not finite or absurdly large; export it again")
    return face
