"""What a face's file calls itself, for menus: read without the face."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

from gpu_core.errors import AssetError
from gpu_core.gltf.container import read_glb_json, typed

_PROJECT = "Mien "  # a menu of Mien's need not say it


@cache
def face_title(path: Path) -> str:
    """The name in a GLB's `scene.extras.mien`, as "Default face" for "Mien default face"; else the file's own.

    It is read once: for files that do not change.
    """
    name = path.stem
    with suppress(AssetError):
        name = _own_name(path).removeprefix(_PROJECT).strip() or name
    return name[:1].upper() + name[1:]


def _own_name(path: Path) -> str:
    """The name, or "" where the file is a stranger's or has none; AssetError if it is damaged."""
    json = read_glb_json(path)
    scenes, first = typed(json.get("scenes") or [{}], list, "scenes"), typed(json.get("scene", 0), int, "scene")
    scene = typed(scenes[first] if 0 <= first < len(scenes) else {}, dict, "scene")
    own = typed(scene.get("extras") or {}, dict, "extras").get("mien")
    return typed(typed(own or {}, dict, "extras.mien").get("name", ""), str, "name")
