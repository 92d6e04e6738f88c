"""A process that reads and writes takes for the window, which must not wait, nor share its interpreter's lock with it.

    python -m viewer.sessions.take_process read SOURCE              a take, a timeline, or None for a face
    python -m viewer.sessions.take_process keys SOURCE [COARSENESS] a timeline of few keys
    python -m viewer.sessions.take_process save SOURCE FILE [FACE]  nothing: the file is written

SOURCE is a take's file, a session's folder or the name of a performance. The answer is pickled to standard output; an
error is a line on standard error and exit code 2.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gpu_core.errors import MienError
from gpu_core.gltf.container import typed
from gpu_core.gltf.reader import GltfReader
from viewer.performance import preset_file
from viewer.performance.json_file import parse_json
from viewer.performance.timeline_file import read_timeline
from viewer.sessions.course import Take, take_of
from viewer.sessions.packed_take import PackedTimeline, packed_take
from viewer.sessions.session import open_session
from viewer.sessions.take import open_take, save_take
from viewer.sessions.take_kind import kind_of
from viewer.sessions.take_timeline import thinned, timeline_from
from viewer.sessions.timed_expression import TimedExpression

EXIT_REFUSED = 2
PRESETS = "presets"  # what a file holds that is no take


def main(arguments: Sequence[str]) -> int:
    """Do one thing and say what came of it."""
    try:
        answer = _ACTIONS[arguments[0]](*arguments[1:])
    except MienError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_REFUSED
    except MemoryError:
        sys.stderr.write(f"{arguments[1]}: there is not enough memory for it\n")
        return EXIT_REFUSED
    sys.stdout.buffer.write(pickle.dumps(answer, protocol=5))
    return 0


def read(source: str) -> Take | PackedTimeline | str | None:
    """A take as it is, exactly; a timeline's file as the timeline; PRESETS; None: a face, which moves no shapes."""
    path = Path(source)
    if path.suffix.lower() in (".glb", ".gltf") and not _moves_shapes(path):
        return None
    if path.is_file() and kind_of(path) == "json" and path.suffix.lower() != ".gltf":
        if _holds_presets(path):
            return PRESETS
        return PackedTimeline.of(read_timeline(path))
    return packed_take(take_from_source(source))


def keys(source: str, coarseness: str = "0") -> PackedTimeline:
    """A take as keys within the usual tolerance, and then within so many times that of these."""
    timeline = timeline_from(take_from_source(source))
    return PackedTimeline.of(thinned(timeline, float(coarseness)) if float(coarseness) else timeline)


def save(source: str, file: str, face: str = "") -> None:
    """A take in another form."""
    save_take(take_from_source(source), Path(file), face=Path(face) if face else None)


def take_from_source(source: str) -> Take:
    """The take that a file, a session's folder or a name stands for.

    Raises:
        MienError: none.
    """
    folder = Path(source)
    if not folder.is_dir():
        return open_take(source)
    rows = [TimedExpression(row.time_s, row.expression) for row in open_session(folder).track()]
    return replace(take_of(rows, folder), title=folder.absolute().name)


def _moves_shapes(path: Path) -> bool:
    """Whether a glTF has an animation of weights; a broken one has none: who opens faces says what is wrong."""
    try:
        animations = GltfReader(path).items("animations")
        channels = [typed(each, dict, "an animation").get("channels") or [] for each in animations]
        return any(channel["target"]["path"] == "weights" for some in channels for channel in some)
    except (MienError, LookupError, TypeError):
        return False


def _holds_presets(path: Path) -> bool:
    """Whether a JSON says that it holds named faces; who reads those says what is wrong with it."""
    if path.stat().st_size > preset_file.FORM.most_bytes:
        return False
    try:
        table = parse_json(path.read_bytes())
    except MienError:
        return False
    return isinstance(table, dict) and table.get("mien") == preset_file.FORM.kind


_ACTIONS: Mapping[str, Callable[..., object]] = {"read": read, "keys": keys, "save": save}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
