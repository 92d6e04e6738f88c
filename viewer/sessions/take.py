"""Takes by name: opened whatever they are, saved as what their new name says.

.csv          Live Link Face's columns; read is any table that names ARKit's shapes
.glb, .gltf   an animation of morph targets with ARKit's names; written is .glb, on the shipped face
.json         a timeline of Mien's
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from viewer.performance.blending import blended
from viewer.performance.builtin import BUILTIN
from viewer.performance.timeline_file import read_timeline, write_timeline
from viewer.picture_file import write_whole
from viewer.sessions.course import FPS, LONGEST_S, Course, Take, take_of, usual_period, usual_rate
from viewer.sessions.csv_reading import MOST_ROWS, read_table
from viewer.sessions.expression_csv import write_csv
from viewer.sessions.gltf_take import GltfTake, read_gltf_take
from viewer.sessions.gltf_writing import gltf_bytes
from viewer.sessions.take_kind import kind_of, refuse_ending
from viewer.sessions.take_timeline import take_from, timeline_from
from viewer.sessions.timed_expression import TakeError, TimedExpression

__all__ = ["FPS", "Course", "Take", "blended", "open_take", "save_take", "take_of"]


def open_take(name: str | Path) -> Take:
    """The built-in performance of that name, else the file, told by its content. `notes` say what was assumed.

    Raises:
        TakeError: there is neither, or the file holds no take; the text says what.
    """
    if str(name) in BUILTIN:
        performance = BUILTIN[str(name)]
        return Take(performance.title, performance.duration_s, FPS, performance.at)
    path = Path(name)
    try:
        if not path.exists():
            raise TakeError(f"there is no take {name}, nor a performance of that name: those are {', '.join(BUILTIN)}")
        return _OPENERS[kind_of(path)](path)
    except (OSError, ValueError) as error:  # a name that is too long, or with a NUL
        raise TakeError(f"{str(name)[:200]!r}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def save_take(take: Take, path: Path, *, face: Path | None = None) -> None:
    """Write a take whole, or leave what was there. A .json gets keys, within the tolerance of `simplifying`.

    Args:
        face: the face file that a .glb shows; by default the shipped one.

    Raises:
        TakeError: no take has such a name, or it cannot be written.
    """
    refuse_ending(path)
    try:
        _SAVERS[path.suffix.lower()](take, path, face)
    except TakeError:
        raise
    except MienError as error:
        raise TakeError(str(error)) from error


def _open_csv(path: Path) -> Take:
    read = read_table(path)
    return take_of(read.rows, path, read.remarks)


def _open_json(path: Path) -> Take:
    """A timeline, or the text of a .gltf."""
    if path.suffix.lower() == ".gltf":
        return _open_gltf(path)
    try:
        return take_from(read_timeline(path))
    except MienError as error:
        raise TakeError(str(error)) from error


def _open_gltf(path: Path) -> Take:
    read = read_gltf_take(path)
    times = read.times.tolist()
    period = usual_period(times)
    if times[-1] + period > LONGEST_S:
        raise TakeError(f"{path}: lasts {times[-1] / 3600:.1f} h; the longest is {LONGEST_S / 3600:g} h")
    if len(times) > MOST_ROWS:
        raise TakeError(f"{path}: has keys at more than {MOST_ROWS:,} moments; export fewer frames")
    moved = sum(bool(read.at(time).clamped()[1]) for time in times)
    note = (f"{path.name}: {moved} of {len(times)} keys are outside a face's limits: clamped",) * bool(moved)
    return Take(read.title, times[-1] + period, usual_rate(1 / period), _Clamped(read), (*read.remarks, *note))


class _Clamped:
    """The faces of a glTF within a face's limits."""

    def __init__(self, take: GltfTake) -> None:
        self._take = take

    def __call__(self, time_s: float) -> Expression:
        return self._take.at(time_s).clamped()[0]


def _rows(take: Take) -> Iterator[TimedExpression]:
    """A take's rows, or what it shows at its own rate."""
    if take.rows:
        return iter(take.rows)
    return (TimedExpression(frame / take.fps, face) for frame, face in enumerate(take.expressions(take.fps)))


def _save_csv(take: Take, path: Path, _face: Path | None) -> None:
    write_csv(path, _rows(take))


def _save_glb(take: Take, path: Path, face: Path | None) -> None:
    times = [time for time, _ in _rows(take)]
    data = gltf_bytes(times, [take.at(time) for time in times], take.title, face)
    write_whole(path, lambda file: file.write(data))


def _save_json(take: Take, path: Path, _face: Path | None) -> None:
    write_timeline(timeline_from(take), path)


_OPENERS = {"csv": _open_csv, "gltf": _open_gltf, "json": _open_json}
_SAVERS = {".csv": _save_csv, ".glb": _save_glb, ".json": _save_json}
