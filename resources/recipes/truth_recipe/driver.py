"""Working through a pose table, picture by picture: what exists is skipped, what is written appears whole."""

from __future__ import annotations

import os
import signal
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from truth_recipe.poses import PoseRow


class PathTracer(Protocol):
    """Makes the picture of a pose."""

    def render(self, row: PoseRow, *, samples: int, seed: int) -> NDArray[np.uint8]:
        """Return (512, 512, 4) straight alpha, sRGB-encoded, top row first."""


@dataclass(frozen=True)
class Job:
    """One picture to make."""

    row: PoseRow
    path: Path
    samples: int
    seed: int


def plan_jobs(rows: list[PoseRow], folder: Path, *, seed: int, samples: int | None = None) -> list[Job]:
    """Return what is missing in `folder`. Every picture has noise of its own: its seed comes from its id."""
    jobs = [
        Job(row, folder / f"{row.id}.webp", samples or row.samples, zlib.crc32(f"{seed} {row.id}".encode()) >> 1)
        for row in rows
    ]
    return [job for job in jobs if not job.path.exists()]


def render_jobs(jobs: list[Job], tracer: PathTracer, say: Callable[[str], None] = print) -> int:
    """Make the pictures in order and return how many; the first Ctrl-C ends it after the picture in progress."""
    started, done = time.monotonic(), 0
    with _stop_asked() as stop:
        for job in jobs:
            if stop:
                say("stopped; the same command goes on from here")
                break
            write_picture(job.path, tracer.render(job.row, samples=job.samples, seed=job.seed))
            done += 1
            say(progress(job.row.id, done, len(jobs), time.monotonic() - started))
    return done


def write_picture(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write a lossless WebP in one step, colour under transparent pixels included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    Image.fromarray(pixels, "RGBA").save(unfinished, "WEBP", lossless=True, method=4)
    os.replace(unfinished, path)


def progress(name: str, done: int, total: int, seconds: float) -> str:
    """Return one line: a bar, counts, seconds a picture, time left."""
    filled = round(24 * done / total)
    each = seconds / done
    left = each * (total - done)
    clock = f"{left / 3600:.1f} h" if left >= 5400 else f"{left / 60:.0f} min"
    return f"[{'#' * filled}{'.' * (24 - filled)}] {done}/{total}  {each:.1f} s each  {clock} left  {name}"


@contextmanager
def _stop_asked() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of dying of them; a second one ends the program as ever."""
    asked: list[int] = []
    old = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, _frame: object) -> None:
        asked.append(number)
        signal.signal(number, old[number] or signal.SIG_DFL)

    for number in old:
        signal.signal(number, note)
    try:
        yield asked
    finally:
        for number, handler in old.items():
            signal.signal(number, handler or signal.SIG_DFL)
