"""Takes for the farm: read, and where their videos go. One that cannot be read is told, and the others go on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from gpu_core.errors import MienError
from viewer.farm.run import FarmTake
from viewer.farm.segments import faces_of
from viewer.sessions.packed_take import FaceTable
from viewer.sessions.take import open_take


def read_takes(
    names: Sequence[str], folder: Path, fps: float | None, *, say: Callable[[str], object]
) -> tuple[list[FarmTake], list[str]]:
    """The takes, and the names of those that cannot be read.

    Raises:
        MienError: two would become one file, or none can be read.
    """
    outs = {name: folder / f"{Path(name).stem}.mp4" for name in names}
    _refuse_same(names, outs)
    takes, unread = [], []
    for name in names:
        try:
            takes.append(_read(name, outs[name], fps, say))
        except MienError as error:
            if len(names) == 1:
                raise
            say(f"{name} is left out: {error}")
            unread.append(name)
    if not takes:
        raise MienError(f"none of the {len(names)} takes can be read")
    return takes, unread


def _refuse_same(names: Sequence[str], outs: dict[str, Path]) -> None:
    seen: dict[Path, str] = {}
    for name in names:
        if (other := seen.setdefault(outs[name], name)) != name:
            raise MienError(f"{other} and {name} would both become {outs[name]}: rename one, or render them apart")
    if len(outs) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise MienError(f"{twice} is there twice: name each take once")


def _read(name: str, out: Path, fps: float | None, say: Callable[[str], object]) -> FarmTake:
    take = open_take(name)
    for note in take.notes:
        say(note)
    rate = fps or take.fps
    faces = faces_of(take, rate)
    return FarmTake(name, out, rate, faces, _hash(faces))


def _hash(faces: FaceTable) -> str:
    """As `viewer.clips.parts.take_hash` has it."""
    found = hashlib.sha256()
    for face in faces:
        found.update(np.array((*face.weights, face.yaw, face.pitch, face.roll), np.float64).tobytes())
    return found.hexdigest()
