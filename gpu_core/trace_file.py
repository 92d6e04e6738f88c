"""A file of Chrome trace events that can be read however its writing ends.

It is the array form of the format: `[`, then one event a line. The closing bracket may be missing, as the format's
description says ("Trace Event Format", JSON Array Format) and Perfetto's reader does; so nothing is lost when the
process is killed but what was written within the last `FLUSH_S`. That is why it is written in place, not whole.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gpu_core.errors import MienError

FLUSH_S = 1.0
MOST_BYTES = 256 * 2**20  # a choice: over an hour at 30 frames a second; browsers refuse files not much larger
_BUFFER_BYTES = 64 * 1024


class TraceFile:
    """Takes events, up to `most_bytes` of them. A disk that fills or vanishes is no error to the writer: see `problem`.

    For one thread.

    Raises:
        MienError: the file cannot be begun.
    """

    def __init__(
        self, path: Path, *, now_ns: Callable[[], int] = time.perf_counter_ns, most_bytes: int = MOST_BYTES
    ) -> None:
        self.path, self.problem = path, ""
        self._most_bytes = most_bytes
        self.events = 0
        self._now_ns, self._flushed_ns = now_ns, now_ns()
        self._buffer = bytearray(b"[")
        self._whole_bytes = 0  # of the file, up to the end of an event
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise MienError(f"the trace {path} cannot be written: {error.strerror or error}") from error

    @property
    def is_open(self) -> bool:
        """Whether events are still taken."""
        return not self._file.closed

    def write(self, event: Mapping[str, Any]) -> None:
        """Add an event. Its numbers have to be finite."""
        if not self.is_open:
            return
        text = json.dumps(event, separators=(",", ":"), allow_nan=False, default=str)
        self._buffer += (",\n" if self.events else "\n").encode() + text.encode()
        self.events += 1
        if len(self._buffer) >= _BUFFER_BYTES:
            self.flush()

    @property
    def is_due(self) -> bool:
        """Whether something has been waiting for the disk too long."""
        return bool(self._buffer) and self._now_ns() - self._flushed_ns >= FLUSH_S * 1e9

    def flush(self) -> None:
        """Hand what there is to the operating system."""
        self._flushed_ns = self._now_ns()
        if not self.is_open:
            return
        rest, size = memoryview(bytes(self._buffer)), len(self._buffer)
        self._buffer.clear()
        try:
            while rest:
                written = self._file.write(rest)
                if not written:
                    raise BlockingIOError("it takes no more")
                rest = rest[written:]
            self._whole_bytes += size
            if not os.fstat(self._file.fileno()).st_nlink:
                raise FileNotFoundError("somebody has deleted it")
        except OSError as error:
            self._give_up(error)
        if self._whole_bytes >= self._most_bytes and self.is_open:
            self.problem = f"the trace {self.path} ends at {self._whole_bytes / 2**20:.0f} MB"
            self.close()

    def _give_up(self, error: OSError) -> None:
        """End with the last whole event, if the disk lets us."""
        self.problem = f"the trace {self.path} ends early: {error.strerror or error}"
        with suppress(OSError):  # half an event at the end then: Perfetto leaves it out
            self._file.truncate(self._whole_bytes)
        self._close()

    def _close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            self.problem = self.problem or f"the trace {self.path} ends early: {error.strerror or error}"

    def close(self) -> None:
        """Complete the file; may be called twice."""
        if self.is_open:
            self._buffer += b"\n]\n"
            self._most_bytes = sys.maxsize  # the end has room
            self.flush()
            self._close()
