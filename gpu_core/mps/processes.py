"""The daemon's process: found by what it was started as, also by a Mien that did not start it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from gpu_core.mps.control import MARK, PROGRAM
from gpu_core.mps.places import DEFAULT_PIPES, PIPE_VARIABLE

PID_FILE = f"{PROGRAM}.pid"  # NVIDIA, "Tools and Interface Reference": the daemon writes it into its pipe directory
_AS_DAEMON = frozenset({"-d", "-f"})


@dataclass(frozen=True)
class DaemonProcess:
    """A running daemon. Where its environment cannot be read (another user's), `pipes` is where it was looked for."""

    pid: int
    user: str
    pipes: Path
    log: Path | None = None
    gpu: str = ""  # the UUID in its CUDA_VISIBLE_DEVICES, "" if that is not one UUID
    is_own: bool = False  # this user's Mien started it


def daemon_of(pipes: Path) -> DaemonProcess | None:
    """The daemon that listens in a pipe directory: the one its file names, or else whoever was started with it."""
    named = _named(pipes)
    return named or next((found for found in daemons() if found.pipes == pipes), None)


def daemons() -> Iterator[DaemonProcess]:
    """Every daemon on this machine whose environment this user may read."""
    for process in psutil.process_iter(["cmdline"]):
        found = _daemon(process, None) if is_daemon(process.info["cmdline"] or ()) else None
        if found:
            yield found


def is_daemon(command: list[str] | tuple[str, ...]) -> bool:
    """True for a command line of the daemon, False for one that only sends it a command."""
    names = [Path(word).name for word in command[:3]]  # a script stands behind its interpreter
    return PROGRAM in names and bool(_AS_DAEMON & set(command))


def is_there(pid: int) -> bool:
    """True while a process runs; one that has ended and was not waited for does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def environment_of(pid: int) -> dict[str, str]:
    """What a process was started with; {} where that cannot be read."""
    try:
        return dict(psutil.Process(pid).environ())
    except (psutil.Error, OSError):
        return {}


def command_of(pid: int) -> str:
    """The command line of a process, "" where that cannot be read."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""


def _named(pipes: Path) -> DaemonProcess | None:
    try:
        process = psutil.Process(int((pipes / PID_FILE).read_text(encoding="ascii").strip()))
        return _daemon(process, pipes) if is_daemon(process.cmdline()) else None
    except (OSError, ValueError, OverflowError, psutil.Error):
        return None  # no file, half a file, or one that a daemon left that was killed


def _daemon(process: psutil.Process, looked_for: Path | None) -> DaemonProcess | None:
    """The daemon's process, or None if it is gone, or says nothing and nobody knows where it listens."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        user, is_mine = process.username(), process.uids().real == os.getuid()
    except psutil.Error:
        return None
    said = environment_of(process.pid)
    if not said:
        return DaemonProcess(process.pid, user, looked_for) if looked_for else None
    pipes, log = Path(said.get(PIPE_VARIABLE) or DEFAULT_PIPES), said.get("CUDA_MPS_LOG_DIRECTORY")
    gpu = said.get("CUDA_VISIBLE_DEVICES", "")
    is_uuid = gpu.startswith(("GPU-", "MIG-")) and "," not in gpu
    return DaemonProcess(
        process.pid, user, pipes, Path(log) if log else None, gpu if is_uuid else "", is_mine and MARK in said
    )
