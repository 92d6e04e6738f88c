"""What Mien reads and writes: shipped faces and generators, caches, video encoders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import platformdirs

from gpu_core.assets import resource, shipped_faces
from gpu_core.doctor.finding import Finding
from gpu_core.errors import MienError
from gpu_core.neural.library import shipped_models, versions

VIDEO_ENCODERS = ("libx264", "libx264rgb", "ffv1", "h264_nvenc")
ROOM_MB = 256  # for the kernels and plans of all shipped generators, several times


def shipped_files() -> Finding:
    """The faces and generators that come with Mien, each generator with the precisions it ships in."""
    name = "shipped files"
    try:
        faces, models = list(shipped_faces()), [versions(model) for model in shipped_models()]
        stray = {path.name for path in resource("models").glob("*.onnx")}
    except MienError as error:
        return Finding(name, False, "damaged", str(error), "install Mien again")
    stray -= {version.path.name for group in models for version in group}
    told = [f"{group[0].name} ({', '.join(version.precision for version in group)})" for group in models]
    value = f"faces: {', '.join(faces) or 'none'}; generators: {', '.join(told) or 'none'}"
    absent = [kind for kind, found in (("face", faces), ("generator", models)) if not found]
    if absent:
        reason = f"no {' and no '.join(absent)}"
        return Finding(name, False, value, reason, "./run recipe face, ./run recipe generator")
    if stray:
        reason = f"{', '.join(sorted(stray))}: no card says that it belongs to one of these generators"
        return Finding(name, False, value, reason, "none needed: it is left alone", needed=False)
    return Finding(name, True, value)


def caches() -> Finding:
    """Where compiled kernels and TensorRT plans are kept: without it every start makes them anew."""
    name, folder = "caches", platformdirs.user_cache_path("mien")
    # Each by itself: whoever once started Mien with sudo owns some of them no more.
    for place in map(_nearest, (folder / "plans", folder / "kernels")):
        if not os.access(place, os.W_OK | os.X_OK):
            reason = f"{place} cannot be written to: kernels and plans are made anew at every start"
            remedy = f"make {place} writable, or point XDG_CACHE_HOME to a folder that is"
            return Finding(name, False, str(folder), reason, remedy, needed=False)
    free_mb = shutil.disk_usage(_nearest(folder)).free >> 20
    if free_mb < ROOM_MB:
        reason = f"{free_mb} MB are free there, {ROOM_MB} MB are wanted"
        return Finding(name, False, str(folder), reason, "make room, or set XDG_CACHE_HOME", needed=False)
    return Finding(name, True, f"{folder}, writable", needed=False)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: it is there that it would be made."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def ffmpeg() -> Finding:
    """The video encoders that recording uses."""
    try:
        from av.codec import Codec
        from av.codec.codec import UnknownCodecError
    except ImportError as error:
        return Finding("ffmpeg", False, "none", str(error), "pip install av", needed=False)

    def is_there(name: str) -> bool:
        try:
            Codec(name, "w")
        except UnknownCodecError:
            return False
        return True

    there = [name for name in VIDEO_ENCODERS if is_there(name)]
    if "libx264" in there:
        return Finding("ffmpeg", True, f"encoders {', '.join(there)}", needed=False)
    reason, remedy = "libx264 is not in this build of av", "pip install --force-reinstall av"
    return Finding("ffmpeg", False, f"encoders {', '.join(there) or 'none'}", reason, remedy, needed=False)
