"""Whether this machine's memory holds so many workers: without that, the last of them would take the machine down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil

from viewer.streams.asking import StreamError

# Measured as proportional set size at 10 fps, with OpenVINO and x264, with the process that sends (15 MB): 234 MB at
# 256x256, 317 MB at 512x512, with ONNX Runtime 368 MB. CUDA takes more, which is not measured.
_BARE_MB, _PICTURES_MB = 197, 173  # what pictures take grows with their area; this is for 512x512
_LEFT = 0.9  # of what is available: the desktop and the page cache live too
_CGROUP = Path("/sys/fs/cgroup")
_MEBIBYTE = 1 << 20


def worker_mb(size: int) -> int:
    """What one worker takes that draws pictures of size x size."""
    return round(_BARE_MB + _PICTURES_MB * (size / 512) ** 2)


def available_mb(cgroup: Path = _CGROUP) -> float:
    """Memory that programs can still have: the machine's, or what is left of a container's limit."""
    return min(float(psutil.virtual_memory().available), _left_of_limit(cgroup)) / _MEBIBYTE


def _left_of_limit(cgroup: Path) -> float:
    """Bytes; what cached files take is given back when it is wanted (kernel, admin-guide/cgroup-v2)."""
    try:
        limit, used = (int((cgroup / name).read_text()) for name in ("memory.max", "memory.current"))
        stat = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
        return float(limit - used + int(stat.get("inactive_file", 0)))
    except (OSError, ValueError):  # no such group, or "max": no limit
        return float("inf")


def refuse_too_many(workers: int, size: int, *, spares: int = 0, available: Callable[[], float] = available_mb) -> None:
    """See that so many workers of this size have room, and the spares beside them.

    Raises:
        StreamError: they have not; the text says how many have.
    """
    free_mb, each_mb = available(), worker_mb(size)
    held = max(0, int(_LEFT * free_mb / each_mb) - spares)
    if workers > held:
        raise StreamError(
            f"{workers} workers do not fit: each takes about {each_mb} MB, and {free_mb:.0f} MB are available: "
            f"room for {held}; ask for fewer faces, or for --way batch, in which all share one process"
        )
