"""Where the shipped files lie: `resources/` in a checkout, `gpu_core/_resources/` in an installed package."""

from __future__ import annotations

from pathlib import Path

from gpu_core.errors import MienError

DEFAULT_FACE = ("face", "face.glb")
_PACKAGE = Path(__file__).resolve().parent


def resources_root() -> Path:
    """The folder of shipped files.

    The installed place is looked at first: beside an installed package, a folder `resources` would be a stranger's.
    """
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def resource(*parts: str) -> Path:
    """Path of a shipped file or folder, as in `resource("shaders", "face.vert")`.

    Raises:
        MienError: it is not there; the text names it and the folder that was searched.
    """
    path = resources_root().joinpath(*parts)
    if not path.exists():
        name = "/".join(parts)
        raise MienError(f"the shipped file {name} is missing from {resources_root()}: install Mien again")
    return path


def shipped_faces() -> dict[str, Path]:
    """Every shipped face by name, the default one first."""
    default, *_ = DEFAULT_FACE[1].split(".")
    found = {path.stem: path for path in sorted(resource("face").glob("*.glb"))}
    return {name: found[name] for name in sorted(found, key=lambda name: (name != default, name))}
