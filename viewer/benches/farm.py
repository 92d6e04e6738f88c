"""Two workers of the farm against one, each on one core of its own: what it gains, and that no byte depends on it.

Rounds of both in turns, in one cluster a number of workers. What counts is the time from the first segment that is
handed out to the last that is back, the engines warm: starting Ray takes seconds once, and is told beside it.
"""

from __future__ import annotations

import hashlib
import math
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError
from gpu_core.settings import EngineSettings
from viewer.clips.clip import ClipForm, offline_style
from viewer.clips.offline import DEPTH, FACES, STREAMS
from viewer.farm.executor import Executor
from viewer.farm.ray_executor import RayExecutor
from viewer.farm.segments import cut, faces_of, part_of
from viewer.farm.values import Done, Ended, Failed, Job, Lost, Opened, Room, Work
from viewer.sessions.take import open_take

ROUNDS, QUICK_ROUNDS = 5, 1
FRAMES, QUICK_FRAMES = 200, 24
WORKERS = (1, 2)
SEGMENTS = 8  # a round: an even number, so that two workers have as much to do each
FPS, TAKE = 25.0, "talk"
START_S = 120.0


def measure_farm(generator: Path | None, settings: dict[str, Any], *, rounds: int, frames: int) -> dict[str, Any]:
    """Seconds, core seconds and hashes of each round with each number of workers.

    Raises:
        MienError: Ray is not there, or a worker fails.
    """
    from viewer.farm.inputs import shipped_generator

    engine = EngineSettings(depth=DEPTH, streams=STREAMS, faces=FACES, **settings)
    job = Job(ClipForm(0.0), offline_style(), engine, generator=shipped_generator(generator))
    works, rows = _works(frames), {count: _Row() for count in WORKERS}
    with ExitStack() as owned:
        farms = {}
        for count in WORKERS:
            log = Path(owned.enter_context(tempfile.TemporaryDirectory())) / "farm.log"
            start_s = time.perf_counter()
            room = Room(workers=count, pinned=True)
            farms[count] = owned.enter_context(closing(RayExecutor(job, room, most=count, log=log)))
            _until_open(farms[count], count)
            rows[count].start_s = time.perf_counter() - start_s
        for number in range(rounds):
            for count in WORKERS if number % 2 else reversed(WORKERS):
                rows[count].add(*_round(farms[count], works))
    return _figures(rows, frames)


class _Row:
    """What was measured with one number of workers."""

    def __init__(self) -> None:
        self.start_s = 0.0
        self.seconds: list[float] = []
        self.core_s: list[float] = []
        self.hashes: set[str] = set()

    def add(self, seconds: float, core_s: float, digest: str) -> None:
        self.seconds.append(seconds)
        self.core_s.append(core_s)
        self.hashes.add(digest)


def _works(frames: int) -> list[Work]:
    faces = faces_of(open_take(TAKE), FPS)
    segment_s = math.ceil(frames / SEGMENTS) / FPS
    return [Work(0, *segment, FPS, part_of(faces, *segment)) for segment in cut(frames, FPS, segment_s)]


def _until_open(farm: Executor, workers: int) -> None:
    opened, end_s = 0, time.monotonic() + START_S
    while opened < workers:
        if time.monotonic() > end_s:
            raise MienError(f"only {opened} of {workers} workers opened within {START_S:.0f} s")
        for event in farm.wait(0.2):
            _refuse_failure(event)
            opened += isinstance(event, Opened)


def _round(farm: Executor, works: Sequence[Work]) -> tuple[float, float, str]:
    """Seconds, core seconds, and the hash of all segments in order."""
    start_s, waiting, made = time.perf_counter(), list(works), dict[tuple[int, int], Done]()
    while len(made) < len(works):
        for _ in range(min(farm.room, len(waiting))):
            farm.submit(waiting.pop(0))
        for event in farm.wait(0.2):
            _refuse_failure(event)
            if isinstance(event, Done):
                made[event.key] = event
    seconds = time.perf_counter() - start_s
    digest = hashlib.sha256(b"".join(made[key].data for key in sorted(made))).hexdigest()
    return seconds, sum(done.core_s for done in made.values()), digest


def _refuse_failure(event: object) -> None:
    if isinstance(event, Failed | Lost | Ended):
        raise MienError(f"the farm failed: {event.reason}")


def _figures(rows: dict[int, _Row], frames: int) -> dict[str, Any]:
    one, two = (rows[count] for count in WORKERS)
    gains = [before / after for before, after in zip(one.seconds, two.seconds, strict=True)]
    core_ms = {count: 1000 * statistics.median(row.core_s) / frames for count, row in rows.items()}
    table = [
        {
            "workers": count, "fps": frames / statistics.median(row.seconds), "seconds": row.seconds,
            "core_ms_per_frame": core_ms[count], "start_s": row.start_s,
        }
        for count, row in rows.items()
    ]  # fmt: skip
    return {
        "frames": frames, "rounds": len(gains), "rows": table, "gain": statistics.median(gains), "gains": gains,
        # What it would be if nothing else ran: the machine's other work takes no part in it.
        "gain_by_core_time": 2 * core_ms[1] / core_ms[2],
        "same_bytes": len(one.hashes | two.hashes) == 1,
    }  # fmt: skip


def print_table(figures: dict[str, Any]) -> None:
    """For people."""
    print(f"{figures['frames']} frames a round, {figures['rounds']} rounds in turns, a core a worker")
    print("workers  frames/s  core-ms/frame  start s")
    for row in figures["rows"]:
        print(f"{row['workers']:7}  {row['fps']:8.1f}  {row['core_ms_per_frame']:13.1f}  {row['start_s']:7.1f}")
    same = "the same bytes" if figures["same_bytes"] else "OTHER BYTES"
    computed = f"{figures['gain_by_core_time']:.2f}x by what they use of a core"
    print(f"2 workers against 1: {figures['gain']:.2f}x, {computed}; {same}")
