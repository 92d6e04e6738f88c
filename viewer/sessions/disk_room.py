"""Room on a disk: what is free, and for how long that lasts at the rate at which a session grows."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOW_S = 600.0  # a choice: ten minutes are time enough to stop, or to make room
_GB = 1e9  # as disks are sold and file browsers count

# Bytes of a 512x512 frame of a talking head, measured; the rows beside it included.
TYPICAL_BYTES: Mapping[str, int] = {
    "h264": 15_000, "ffv1": 141_000, "h264rgb": 141_000, "png": 275_000, "exr": 4_200_000,
}  # fmt: skip


@dataclass(frozen=True)
class DiskRoom:
    """What a disk has and what a session takes of it. Unknown: `free_bytes` -1, `bytes_per_s` 0."""

    free_bytes: int = -1
    bytes_per_s: float = 0.0

    @property
    def left_s(self) -> float:
        """How long there is room; infinite where that is not known."""
        return self.free_bytes / self.bytes_per_s if self.free_bytes >= 0 and self.bytes_per_s > 0 else math.inf

    @property
    def is_low(self) -> bool:
        """Whether the disk is full soon."""
        return self.left_s < LOW_S

    def sentence(self) -> str:
        """`212 GB free, about 35 h`; "" if nothing is known."""
        if self.free_bytes < 0:
            return ""
        free = f"{self.free_bytes / _GB:.0f} GB" if self.free_bytes >= 10 * _GB else f"{self.free_bytes / 1e6:.0f} MB"
        return f"{free} free" + (f", about {span(self.left_s)}" if math.isfinite(self.left_s) else "")


UNKNOWN = DiskRoom()


def span(seconds: float) -> str:
    """Seconds as people plan with them: `40 s`, `12 min`, `3 h`, `4 days`."""
    for limit, unit_s, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days" if seconds < 3.2e8 else "years"


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder that may have to be made yet; -1 if nobody knows."""
    for path in (folder, *folder.absolute().parents):
        try:
            return shutil.disk_usage(path).free
        except FileNotFoundError:
            continue
        except OSError:
            return -1
    return -1


def typical_rate(codec: str, fps: float, size: int) -> float:
    """Bytes a second that a session takes, more or less."""
    return TYPICAL_BYTES[codec] * fps * (size / 512) ** 2


def bytes_in(folder: Path) -> int:
    """What the files of a folder take, those of its folders not counted."""
    with os.scandir(folder) as entries:
        return sum(entry.stat().st_size for entry in entries if entry.is_file(follow_symlinks=False))
