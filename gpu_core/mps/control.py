"""nvidia-cuda-mps-control, the program that starts the daemon of MPS and speaks to it; every call has a time limit."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

from gpu_core.errors import MpsError
from gpu_core.mps.answers import NOT_RUNNING
from gpu_core.mps.places import LOG_VARIABLE, PIPE_VARIABLE, Mps

PROGRAM = "nvidia-cuda-mps-control"
ANSWER_S = 5.0  # a daemon answers in milliseconds; one that recovers from a client's fault takes seconds
MARK = "MIEN_MPS"  # in the environment of daemons that Mien has started: the process id of who did


class NotRunning(MpsError):
    """No daemon listens there."""


def program() -> str:
    """The program's path.

    Raises:
        MpsError: this machine has none; the text says why, and what would bring it.
    """
    if not sys.platform.startswith("linux"):
        raise MpsError("MPS shares an NVIDIA GPU among processes on Linux alone")
    found = shutil.which(PROGRAM)
    if found:
        return found
    if not _has_driver():
        raise MpsError("there is no NVIDIA driver on this machine: MPS has no GPU to share")
    raise MpsError(f"{PROGRAM} is not installed: it is in nvidia-compute-utils (Ubuntu) or nvidia-cuda-mps (Debian)")


def _has_driver() -> bool:
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def ask(mps: Mps, command: str, timeout_s: float = ANSWER_S) -> str:
    """Send one command to a daemon and return what it says.

    Raises:
        NotRunning: nobody listens there.
        MpsError: the program is missing, the daemon does not answer in time, or refuses.
    """
    try:
        done = subprocess.run(
            [program()], input=f"{command}\n", capture_output=True, text=True, errors="replace", timeout=timeout_s,
            env=variables(mps), start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        text = f"does not answer within {timeout_s:g} s: {_way_out(mps)}"
        raise MpsError(f"the MPS daemon in {mps.pipes} {text}") from error
    except OSError as error:
        raise MpsError(f"{PROGRAM} cannot be run: {error}") from error
    said = f"{done.stdout}\n{done.stderr}".strip()
    if NOT_RUNNING in said.lower():
        raise NotRunning(f"no MPS daemon listens in {mps.pipes}: `mien mps start` starts one")
    if done.returncode:
        why = last_line(said) or "without a word"
        raise MpsError(f"the MPS daemon in {mps.pipes} refuses {command.split()[0]}: {why}")
    return done.stdout


def _way_out(mps: Mps) -> str:
    return "`mien mps stop` ends it" if mps.is_own else "who started it has to stop it"


def variables(mps: Mps) -> dict[str, str]:
    """The environment for the program: this process's own, with nothing else about MPS in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CUDA_MPS_")}
    return kept | {PIPE_VARIABLE: str(mps.pipes), LOG_VARIABLE: str(mps.log)}


def last_line(text: str) -> str:
    """The last line that says something, cut to a length that one can read."""
    return next((line.strip()[:200] for line in reversed(text.splitlines()) if line.strip()), "")


def read_log(mps: Mps, name: str) -> str:
    """The last line of a log, "" if there is none: control.log, server.log, or start.log of our own."""
    try:
        return last_line((Path(mps.log) / name).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
