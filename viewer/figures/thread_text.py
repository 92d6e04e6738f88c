"""Who takes the cores, in words: threads by what they do. Pure text."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from gpu_core.frame_budget import ENGINE, INFERENCE, WINDOW
from gpu_core.thread_load import ThreadLoad

LLVMPIPE, ENCODER, REST, PROGRAMS = "llvmpipe", "video encoder", "others", "other programs"
TIPS = {
    WINDOW: "The thread of the interface, which shows pictures and draws panels, and the workers of OpenCV it started",
    ENGINE: "Poses, draws, converts; on software OpenGL part of the drawing",
    INFERENCE: "The workers of OpenVINO or ONNX Runtime, which the engine thread has started",
    LLVMPIPE: "Mesa's rasterisers: OpenGL is drawn by the processor here",
    ENCODER: "A recording: its own thread and those of the encoder",
    REST: "All other threads of Mien",
}
# By the beginning of a thread's own name; libraries name theirs, and others inherit the name of who started them.
_BY_NAME = (
    ("llvmpipe", LLVMPIPE),
    ("encoder", ENCODER),
    ("av:", ENCODER),
    ("cuda", "CUDA driver"),
    ("Thread (pooled)", "files"),
)
_ENGINE_NAME = "EngineThread"  # Qt names a thread by its class


@dataclass(frozen=True)
class Taker:
    """Threads that do the same, together."""

    title: str
    cores: float  # how many they kept busy
    threads: int
    tip: str = ""


def takers(loads: Iterable[ThreadLoad], *, others_cores: float = 0.0, pid: int | None = None) -> tuple[Taker, ...]:
    """Who takes the cores, the busiest first.

    Args:
        others_cores: how many cores other programs keep busy.
    """
    pid = os.getpid() if pid is None else pid
    sums: dict[str, list[float]] = {}
    engine_seen = False
    ordered = sorted(loads, key=lambda load: load.tid)
    window_name = next((load.name for load in ordered if load.tid == pid), "")
    for load in ordered:
        title = _title(load, pid, window_name=window_name, engine_seen=engine_seen)
        engine_seen |= title == ENGINE
        sums.setdefault(title, []).append(load.percent)
    found = [Taker(title, sum(shares) / 100, len(shares), TIPS.get(title, "")) for title, shares in sums.items()]
    if others_cores > 0.0:
        found.append(Taker(PROGRAMS, others_cores, 0, "Whatever else runs on this machine"))
    return tuple(sorted(found, key=lambda taker: (-round(taker.cores, 2), taker.title)))


def _title(load: ThreadLoad, pid: int, *, window_name: str, engine_seen: bool) -> str:
    if load.tid == pid:
        return WINDOW
    if load.name == _ENGINE_NAME:
        # The first of that name is the engine's; later ones are workers it started, which inherit the name.
        return INFERENCE if engine_seen else ENGINE
    for beginning, title in _BY_NAME:
        if load.name.startswith(beginning):
            return title
    if load.python_name and not load.python_name.startswith(("Dummy-", "MainThread")):
        return load.python_name
    return WINDOW if load.name == window_name and not load.python_name else REST
