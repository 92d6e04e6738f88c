"""Where a daemon of MPS listens and writes: ours in folders of our own, others' where the environment says."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from gpu_core.errors import MpsError

PIPE_VARIABLE, LOG_VARIABLE = "CUDA_MPS_PIPE_DIRECTORY", "CUDA_MPS_LOG_DIRECTORY"
# NVIDIA, Multi-Process Service, "Environment Variables": what holds where these are not set.
DEFAULT_PIPES, DEFAULT_LOG = Path("/tmp/nvidia-mps"), Path("/var/log/nvidia-mps")
CONTROL_SOCKET, LONGEST_NAME = "control", "control_privileged"  # sockets of the daemon, in its pipe directory
LONGEST_SOCKET_PATH = 107  # unix(7): sun_path is 108 bytes with its zero


@dataclass(frozen=True)
class Mps:
    """One daemon, as its clients have to name it."""

    pipes: Path
    log: Path = DEFAULT_LOG
    gpu: str = ""  # UUID of the one GPU that it shares; "": not known, or all
    is_own: bool = False  # Mien started it; no other is ever stopped


def own_place(gpu: str) -> Mps:
    """Where our daemon for a GPU (its UUID) listens. Nothing is made yet."""
    name = gpu.removeprefix("GPU-").removeprefix("MIG-")[:8] or "all"
    return Mps(own_folder() / name, platformdirs.user_cache_path("mien") / "mps" / name, gpu, is_own=True)


def own_folder() -> Path:
    """Where all of our daemons listen; a short path, since names of sockets are."""
    user = os.getuid() if hasattr(os, "getuid") else 0  # Windows has no MPS, and is only to find none
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{user}"
    if os.environ.get("XDG_RUNTIME_DIR") or os.access(runtime, os.W_OK):
        return Path(runtime) / "mien" / "mps"
    return Path(tempfile.gettempdir()) / f"mien-{user}" / "mps"


def inherited_place() -> Mps:
    """Where CUDA in this process would look for a daemon."""
    pipes, log = os.environ.get(PIPE_VARIABLE), os.environ.get(LOG_VARIABLE)
    return Mps(Path(pipes) if pipes else DEFAULT_PIPES, Path(log) if log else DEFAULT_LOG)


def nowhere() -> Path:
    """A pipe directory where no daemon ever listens: with it CUDA runs as if there were no MPS."""
    return own_folder() / "off"


def prepare(mps: Mps) -> None:
    """Make the folders of our daemon, for this user alone.

    Raises:
        MpsError: a path is too long for a socket, cannot be made, or belongs to somebody else.
    """
    longest = len(os.fsencode(mps.pipes / LONGEST_NAME))
    if longest > LONGEST_SOCKET_PATH:
        excess = longest - LONGEST_SOCKET_PATH
        raise MpsError(f"{mps.pipes} is {excess} bytes too long for sockets: shorten XDG_RUNTIME_DIR")
    try:
        for folder in (own_folder().parent, own_folder(), mps.pipes, mps.log):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise MpsError(f"MPS cannot have its folder: {error}; set XDG_RUNTIME_DIR and XDG_CACHE_HOME") from error
    for folder in (own_folder().parent, own_folder(), mps.pipes):
        _need_private(folder)


def _need_private(folder: Path) -> None:
    """In /tmp anybody may have made it before us."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise MpsError(f"{folder} may be written to by others: remove it, or set XDG_RUNTIME_DIR to a folder of yours")
