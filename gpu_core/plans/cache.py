"""PlanCache: plans on disk, each under everything that would make another plan of it.

A file is a line of JSON (what it holds, for what, how long, SHA-256) and then the bytes. What does not match to the
last field is not loaded, whatever it is called. Files appear whole or not at all, so processes may share the folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from gpu_core.plans.request import PlanRequest, digest

log = logging.getLogger(__name__)

MOST_BYTES = 1 << 30  # chosen: of plans; the shipped generators' are 3 to 15 MB each
LONGEST_HEADER = 65536
_PLAN, _TIMING = "plan", "timing"


class PlanCache:
    """Plans and timing caches in a folder, the user's cache folder by default. May be used from any thread.

    A folder that cannot be written to is worth one warning: plans are then built anew in every process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or platformdirs.user_cache_path("mien") / "plans"
        self._warned = False

    def get(self, request: PlanRequest) -> bytes | None:
        """The plan for exactly this request, or None. One that is damaged or another's is deleted."""
        return self._read(self._plan_path(request), _PLAN, request.facts)

    def put(self, request: PlanRequest, plan: bytes) -> None:
        """Keep a plan; the least recently used make room for it."""
        self._write(self._plan_path(request), _PLAN, request.facts, plan)
        self._make_room(keep=self._plan_path(request))

    def drop(self, request: PlanRequest, why: object) -> None:
        """Forget a plan that is whole and yet of no use, as when TensorRT does not load it."""
        self._delete(self._plan_path(request), why)

    def get_timing(self, request: PlanRequest) -> bytes:
        """TensorRT's timings of this GPU, which make later builds faster; empty if there are none."""
        return self._read(self._timing_path(request), _TIMING, request.timing_facts) or b""

    def put_timing(self, request: PlanRequest, timing: bytes) -> None:
        """Keep TensorRT's timings."""
        self._write(self._timing_path(request), _TIMING, request.timing_facts, timing)

    def turn_path(self, request: PlanRequest) -> Path:
        """The file whose lock is held by whoever builds this plan: see `plans.turn`."""
        return self.folder / f"{request.key}.turn"

    def _plan_path(self, request: PlanRequest) -> Path:
        return self.folder / f"{request.key}.plan"

    def _timing_path(self, request: PlanRequest) -> Path:
        return self.folder / f"{digest(request.timing_facts)}.timing"

    def _read(self, path: Path, kind: str, facts: dict[str, Any]) -> bytes | None:
        try:
            payload = _unsealed(path, kind, facts)
            os.utime(path)  # used just now
        except FileNotFoundError:
            return None
        except _UnusableError as error:
            self._delete(path, error)
            return None
        except OSError as error:
            self._warn(error)
            return None
        return payload

    def _delete(self, path: Path, why: object) -> None:
        log.warning("%s in the cache is not used: %s; it is made anew", path.name, why)
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def _write(self, path: Path, kind: str, facts: dict[str, Any], payload: bytes) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_whole(path, _sealed(kind, facts, payload))
        except OSError as error:
            self._warn(error)

    def _make_room(self, keep: Path) -> None:
        with suppress(OSError):  # another process makes room at the same time
            plans = sorted(self.folder.glob("*.plan"), key=lambda path: path.stat().st_mtime)
            excess = sum(path.stat().st_size for path in plans) - MOST_BYTES
            for path in plans:
                if excess > 0 and path != keep:
                    excess -= path.stat().st_size
                    path.unlink()

    def _warn(self, error: OSError) -> None:
        if not self._warned:
            log.warning("plans cannot be kept in %s: %s; they are built in every run", self.folder, error.strerror)
        self._warned = True


class _UnusableError(Exception):
    """A file of the cache is damaged, or somebody else's."""


def _sealed(kind: str, facts: dict[str, Any], payload: bytes) -> bytes:
    header = {"mien": kind, "facts": facts, "bytes": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}
    return json.dumps(header).encode() + b"\n" + payload


def _unsealed(path: Path, kind: str, facts: dict[str, Any]) -> bytes:
    """The payload of a file, if it is that of these facts; raises _UnusableError with the reason, or OSError."""
    with path.open("rb") as file:
        header = _header(file.readline(LONGEST_HEADER))
        payload = file.read()
    if header.get("mien") != kind or header.get("facts") != facts:
        raise _UnusableError("it was made for something else")
    if header.get("bytes") != len(payload):
        raise _UnusableError(f"it has {len(payload)} bytes and should have {header.get('bytes')}")
    if header.get("sha256") != hashlib.sha256(payload).hexdigest():
        raise _UnusableError("it is damaged")
    return payload


def _header(line: bytes) -> dict[str, Any]:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _UnusableError("it is damaged") from error
    if not isinstance(header, dict):
        raise _UnusableError("it is damaged")
    return header


def _write_whole(path: Path, data: bytes) -> None:
    """Write beside the file under a name of one's own, then put it in its place."""
    number, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
