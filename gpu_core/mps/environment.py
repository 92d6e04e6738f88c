"""What a worker's environment has to say before its first call to CUDA, for it to be a client of MPS, within limits."""

from __future__ import annotations

import math
import os
from typing import Protocol

from gpu_core.errors import MpsError
from gpu_core.mps.places import PIPE_VARIABLE, Mps, nowhere

# NVIDIA, Multi-Process Service, "Environment Variables".
THREADS_VARIABLE, MEMORY_VARIABLE = "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"
PRIORITY_VARIABLE = "CUDA_MPS_CLIENT_PRIORITY"
PRIORITIES = {"normal": "0", "below": "1"}
MOST_MEMORY_MB = 1 << 24  # 16 TB: more than any GPU, and no number that a driver would stumble over


class Limits(Protocol):
    """What one client may take. 0 and "": no limit of its own. `viewer.streams.values.MpsLimits` is one."""

    @property
    def thread_percent(self) -> float:
        """Of the GPU's multiprocessors, 0..100; a daemon's own limit is never exceeded by it."""

    @property
    def memory_mb(self) -> int:
        """Of the GPU's memory; what is asked for beyond it fails as out of memory."""

    @property
    def priority(self) -> str:
        """One of PRIORITIES, or ""."""


def check_limits(limits: Limits) -> bool:
    """True if there is any limit.

    Raises:
        MpsError: a limit is out of its range; the text names it and the range.
    """
    percent, memory, priority = limits.thread_percent, limits.memory_mb, limits.priority
    if not math.isfinite(percent) or not 0 <= percent <= 100:
        raise MpsError(f"a share of the GPU's threads is 0 (no limit) to 100 percent, not {percent:g}")
    if not 0 <= memory <= MOST_MEMORY_MB or int(memory) != memory:
        raise MpsError(f"a share of the GPU's memory is 0 (no limit) to {MOST_MEMORY_MB} whole MB, not {memory}")
    if priority and priority not in PRIORITIES:
        raise MpsError(f"a client's priority under MPS is {' or '.join(PRIORITIES)}, not {priority!r}")
    return bool(percent or memory or priority)


def worker_environment(limits: Limits, mps: Mps | None) -> dict[str, str]:
    """What to put into the environment of a process that is to be a client of `mps`; None: MPS is not used.

    The GPU is named by its UUID, as the daemon's environment names it: numbers count anew behind the daemon, and the
    same number on both sides would mean another GPU or none.

    Raises:
        MpsError: a limit is out of its range, or there are limits and no MPS to keep them.
    """
    wanted = check_limits(limits)
    if mps is None:
        if wanted:
            raise MpsError("a worker's share of the GPU is kept by MPS, which does not run: `mien mps start` starts it")
        return {}
    said = {PIPE_VARIABLE: str(mps.pipes)}
    if mps.gpu:
        said["CUDA_VISIBLE_DEVICES"] = mps.gpu
    if limits.thread_percent:
        said[THREADS_VARIABLE] = f"{limits.thread_percent:g}"
    if limits.memory_mb:
        said[MEMORY_VARIABLE] = f"0={int(limits.memory_mb)}M"  # of device 0 behind the daemon: ours shares but one
    if limits.priority:
        said[PRIORITY_VARIABLE] = PRIORITIES[limits.priority]
    return said


def own_share() -> str:
    """The limits that this process was started with, "" without any: "25 % of its threads, 2048M of its memory"."""
    threads, memory = os.environ.get(THREADS_VARIABLE), os.environ.get(MEMORY_VARIABLE)
    priority = os.environ.get(PRIORITY_VARIABLE) == PRIORITIES["below"]
    limits = [
        f"{threads} % of its threads" if threads else "",
        f"{memory.rpartition('=')[2]} of its memory" if memory else "",
        "behind others" if priority else "",
    ]
    return ", ".join(limit for limit in limits if limit)


def without_mps() -> dict[str, str]:
    """What to put into the environment of a process that is to run beside MPS, whoever's daemon there is."""
    return {PIPE_VARIABLE: str(nowhere())}
