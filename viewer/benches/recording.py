"""`mien bench recording`: what a recording costs the frames that are being made, without a window.

Spans with and without a recorder take turns in one process and one engine, which goes as fast as it can: a window that
waits for a screen has more to spare. What opens and closes the files lies outside the clock, as do a span's first
frames.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.batching import play_through
from gpu_core.engine import Engine, open_engine
from gpu_core.expression import Expression
from gpu_core.gl.context import headless_context
from gpu_core.settings import EngineSettings, Frame
from viewer.benches.calibration import load_average
from viewer.benches.engines import warn_if_busy
from viewer.benches.fixed_takes import fixed_takes
from viewer.filming.camera import Camera
from viewer.headless import wait_for_plan
from viewer.sessions.recording import Recording, RecordingForm

ROUNDS, FRAMES = 12, 90
QUICK_ROUNDS, QUICK_FRAMES = 2, 12
WARM = 4  # frames of a span before its clock starts: the first one makes the session's files
GOAL_PERCENT = 5.0
METHOD = (
    "headless; spans without and with a recorder in turn, a first pair thrown away; requests as fast as the engine "
    "takes them; loss: median of the pairs; core-ms: processor time of a thread, or of all, by frames of a span"
)
FIGURES = ("fps", "core_ms", "engine_core_ms", "recorder_core_ms")


@dataclass(frozen=True)
class Span:
    """One stretch of frames. Processor times are milliseconds a frame; NaN where the system does not tell."""

    fps: float
    core_ms: float  # all threads
    engine_core_ms: float
    recorder_core_ms: float  # the recorder's thread, which encodes pictures of up to 1024x1024 by itself
    record_ms: float  # what `Camera.film` took on the engine's thread
    encode_ms: float
    dropped: int

    def raw(self) -> dict[str, float]:
        """As plain values."""
        return {name: round(float(value), 4) for name, value in vars(self).items() if value == value}


def measure_recording(
    generator: Path | None, settings: EngineSettings, *, rounds: int, frames: int, codec: str, fps: float
) -> dict[str, Any]:
    """Medians of the spans with and without, and what that comes to.

    Raises:
        MienError: there is no OpenGL here, the generator cannot be run, or the recording fails.
    """
    warn_if_busy()
    take = fixed_takes(frames)[1]
    form = RecordingForm(fps, codec=codec, patient=False)
    with headless_context() as gl, open_engine(None, generator, settings) as engine:
        wait_for_plan(engine, for_the_best=True)
        off, on = _interleaved(engine, take.expressions, form, rounds)
        told: dict[str, Any] = {"opengl": gl.renderer, "path": engine.path_name, "engine": engine.description["engine"]}
        told |= {"size": settings.size}
    return {
        "method": METHOD,
        "settings": {"rounds": rounds, "frames": frames, "codec": codec, "video_fps": fps, **told},
        "medians": {"off": _medians(off), "on": _medians(on)},
        "loss_percent": loss_percent(off, on),
        "load_average": load_average(),
        "spans": {"off": [span.raw() for span in off], "on": [span.raw() for span in on]},
    }


def loss_percent(off: Sequence[Span], on: Sequence[Span]) -> dict[str, float]:
    """How much of the rate is lost, by quartiles of the pairs that followed each other, and by the medians of all.

    The pairs' is the one to read: a machine that slows down slows down both of a pair.
    """
    pairs = [100 * (1 - after.fps / before.fps) for before, after in zip(off, on, strict=True)]
    low, middle, high = np.percentile(pairs, (25, 50, 75))
    medians = 100 * (1 - np.median([span.fps for span in on]) / np.median([span.fps for span in off]))
    found = {"pairs_p25": low, "pairs_p50": middle, "pairs_p75": high, "of_medians": medians}
    return {name: float(value) for name, value in found.items()}


def _medians(spans: Sequence[Span]) -> dict[str, float]:
    raws = [span.raw() for span in spans]
    return {name: round(float(np.median([raw[name] for raw in raws])), 4) for name in raws[0]}


def _interleaved(
    engine: Engine, faces: Sequence[Expression], form: RecordingForm, rounds: int
) -> tuple[list[Span], list[Span]]:
    spans: dict[bool, list[Span]] = {False: [], True: []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds + 1):
            for records in (False, True) if number % 2 else (True, False):  # neither is always the first
                print(f"\rround {number} of {rounds}", end="", file=sys.stderr, flush=True)
                span = _play(engine, faces, Path(folder) if records else None, form)
                if number:
                    spans[records].append(span)
    print(file=sys.stderr)
    return spans[False], spans[True]


def _play(engine: Engine, faces: Sequence[Expression], folder: Path | None, form: RecordingForm) -> Span:
    """One span; recorded into a session in `folder`, if there is one."""
    told, taken, count = [Recording()], list[float](), len(faces)
    start_ns = time.perf_counter_ns()

    def since(frame: Frame, _index: int) -> float:
        return max(0.0, (frame.finished_ns - start_ns) / 1e9)

    with ExitStack() as owned:
        camera = Camera(folder, form, since, told.append) if folder is not None else None
        if camera is not None:
            owned.callback(camera.close, engine)
        for number, (frame, _) in enumerate(play_through(engine, islice(cycle(faces), count + WARM))):
            if number == WARM:
                clocks = _Clocks()
                taken.clear()
            began_ns = time.perf_counter_ns()
            if camera is not None:
                camera.film(engine, frame)
                taken.append((time.perf_counter_ns() - began_ns) / 1e6)
            engine.recycle(frame)
        wall_s, core_ms, engine_ms, recorder_ms = clocks.passed()
    return Span(
        count / wall_s, core_ms / count, engine_ms / count, recorder_ms / count,
        float(np.median(taken or [0.0])), told[-1].encode_ms, told[-1].dropped,
    )  # fmt: skip


class _Clocks:
    """Wall time and the processor times of who works, from the making on; for the engine's thread."""

    def __init__(self) -> None:
        self._recorder = _clock_of("recorder")
        self._began = self._now()

    def passed(self) -> tuple[float, float, float, float]:
        """Seconds, and milliseconds of all threads, this thread, the recorder's."""
        wall_s, *cores_s = (now - then for now, then in zip(self._now(), self._began, strict=True))
        return wall_s, *(1000 * core_s for core_s in cores_s)  # type: ignore[return-value]

    def _now(self) -> tuple[float, float, float, float]:
        return time.perf_counter(), time.process_time(), time.thread_time(), self._recorder()


def _clock_of(name: str) -> Callable[[], float]:
    """The processor time of the thread of that name; none: 0; NaN where the system has no such clocks."""
    thread = next((one for one in threading.enumerate() if one.name == name), None)
    if thread is None or thread.ident is None:
        return lambda: 0.0
    if not hasattr(time, "pthread_getcpuclockid"):
        return lambda: float("nan")
    clock = time.pthread_getcpuclockid(thread.ident)
    return lambda: time.clock_gettime(clock)


def print_table(figures: dict[str, Any]) -> None:
    """The figures for people, beside the goal."""
    told, medians, loss = figures["settings"], figures["medians"], figures["loss_percent"]
    print(f"{told['path']} path, {told['engine']}, {told['opengl']}, {told['size']}×{told['size']}, {told['codec']}")
    print(f"{'recording':<10}{'fps':>8}{'core-ms a frame: all':>22}{'engine thread':>15}{'recorder':>10}")
    for name, row in medians.items():
        cells = [row.get(figure, float("nan")) for figure in FIGURES]
        print(f"{name:<10}{cells[0]:>8.2f}{cells[1]:>22.2f}{cells[2]:>15.2f}{cells[3]:>10.2f}")
    on = medians["on"]
    print(f"record {on['record_ms']:.2f} ms on the engine's thread, encode {on['encode_ms']:.2f} ms beside it")
    dropped = sum(span["dropped"] for span in figures["spans"]["on"])
    low, middle, high = (loss[f"pairs_{name}"] for name in ("p25", "p50", "p75"))
    print(f"loss {middle:.1f} % of the rate (middle half {low:.1f} to {high:.1f} %); goal: at most {GOAL_PERCENT:g} %")
    print(f"{dropped:.0f} pictures dropped; {told['rounds']} spans of {told['frames']} frames with and without")
