"""Starting and stopping a daemon of our own, where somebody has asked for it, and ending single clients.

The daemon outlives whoever started it, crashed or not: it is found again by its process (`processes`), with the same
mark in its environment and in the same place, and can be stopped then. One that others have started is never stopped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from gpu_core.errors import MpsError
from gpu_core.mps.answers import process_ids
from gpu_core.mps.control import ANSWER_S, MARK, NotRunning, ask, last_line, program, read_log, variables
from gpu_core.mps.looking import is_there, look, places
from gpu_core.mps.places import Mps, own_folder, own_place, prepare
from gpu_core.mps.processes import DaemonProcess, daemon_of
from gpu_core.mps.processes import is_there as is_running

START_S = 10.0
STOP_S = 10.0  # for clients to end by themselves; the server takes longer than the daemon
_POLL_S = 0.05
_AFTER_SIGNAL_S = 3.0


def start(gpu: str, timeout_s: float = START_S) -> Mps:
    """Start our daemon for the GPU with this UUID, or return it if it runs already.

    Raises:
        MpsError: there is no NVIDIA driver, another's daemon listens, it does not start or does not answer. Nothing is
            left running then.
    """
    program()
    mps = own_place(gpu)
    if daemon_of(mps.pipes) is not None:
        return _found(mps)
    _need_no_other()
    prepare(mps)
    try:
        _launch(mps, timeout_s)
        _wait_for_answer(mps, timeout_s)
    except BaseException:
        _end(mps)
        raise
    return mps


def _found(mps: Mps) -> Mps:
    state = look(mps, deeply=False)
    if not state.answers:
        raise MpsError(f"{state.problem}; then start it anew")
    return mps


def _need_no_other() -> None:
    for mps in places():
        if not mps.is_own and is_there(mps):
            state = look(mps, deeply=False)
            if state.answers:
                whose = f" of {state.user}" if state.user else ""
                raise MpsError(
                    f"an MPS daemon{whose} serves in {mps.pipes} already, and workers will use it: "
                    "for one of Mien's own whoever started it has to stop it"
                )


def _launch(mps: Mps, timeout_s: float) -> None:
    """Run `nvidia-cuda-mps-control -d`, which returns once the daemon has gone into the background."""
    environment = variables(mps) | {"CUDA_VISIBLE_DEVICES": mps.gpu, MARK: str(os.getpid())}
    if not mps.gpu:
        del environment["CUDA_VISIBLE_DEVICES"]
    said = mps.log / "start.log"
    with said.open("wb") as out:  # not a pipe: the daemon may keep it open for as long as it lives
        try:
            code = subprocess.run(
                [program(), "-d"], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, timeout=timeout_s,
                start_new_session=True, cwd="/",
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise MpsError(f"the MPS daemon is not up after {timeout_s:g} s; its logs are in {mps.log}") from error
        except OSError as error:
            raise MpsError(f"the MPS daemon cannot be run: {error}") from error
    if code:
        why = last_line(said.read_text(encoding="utf-8", errors="replace")) or read_log(mps, "control.log")
        raise MpsError(f"the MPS daemon does not start: {why or f'exit code {code}'} (logs in {mps.log})")


def _wait_for_answer(mps: Mps, timeout_s: float) -> None:
    def answers() -> bool:
        try:
            ask(mps, "get_server_list", min(ANSWER_S, timeout_s))
        except NotRunning:
            return False
        return True

    if not _within(timeout_s, answers):
        why = read_log(mps, "control.log")
        raise MpsError(f"the MPS daemon was started and does not listen in {mps.pipes}{f': {why}' if why else ''}")


def stop(mps: Mps, timeout_s: float = STOP_S) -> str:
    """Stop a daemon of our own and wait until it is gone; returns how that went, one line.

    Clients are given the time-out to end by themselves; then the server ends them, which costs them CUDA (error 810).

    Raises:
        MpsError: it is not ours, or will not go.
    """
    process = daemon_of(mps.pipes)
    if process is None:
        _clear(mps)
        return f"no MPS daemon of Mien's runs in {mps.pipes}"
    if not process.is_own or own_folder() not in mps.pipes.parents:
        raise MpsError(
            f"the MPS daemon {process.pid} in {mps.pipes} was not started by Mien: {process.user} has to stop it"
        )
    return _quit(mps, process, timeout_s)


def _quit(mps: Mps, process: DaemonProcess, timeout_s: float) -> str:
    try:
        # NVIDIA, "Tools and Interface Reference": servers still there after -t seconds are shut down by force.
        ask(mps, f"quit -t {max(1, round(timeout_s))}", timeout_s + ANSWER_S)
        if _within(timeout_s, lambda: not is_running(process.pid)):
            _clear(mps)
            return f"MPS daemon {process.pid} stopped"
        why = f"did not go within {timeout_s:g} s"
    except MpsError as error:
        why = f"did not take it ({error})"
    _end(mps)
    return f"MPS daemon {process.pid} was asked to quit and {why}: ended by signal"


def _end(mps: Mps) -> None:
    """End our daemon and its servers by signals, asked politely first.

    Raises:
        MpsError: it is still there.
    """
    process = daemon_of(mps.pipes)
    if process is not None and process.is_own:
        family = _family(process.pid)
        for send in (psutil.Process.terminate, psutil.Process.kill):
            for member in family:
                _quietly(send, member)
            if _within(_AFTER_SIGNAL_S, lambda: not any(is_running(member.pid) for member in family)):
                break
        else:
            raise MpsError(f"the MPS daemon {process.pid} cannot be ended: `ps {process.pid}` shows its state")
    _clear(mps)


def _family(pid: int) -> list[psutil.Process]:
    """The daemon and the servers that it has started."""
    try:
        daemon = psutil.Process(pid)
        return [daemon, *daemon.children(recursive=True)]
    except psutil.Error:
        return []


def _quietly(send: Callable[[psutil.Process], None], process: psutil.Process) -> None:
    try:
        send(process)
    except psutil.Error:
        return  # gone already


def _clear(mps: Mps) -> None:
    """Remove what a daemon leaves in its pipe directory; logs are kept."""
    if own_folder() in mps.pipes.parents:
        shutil.rmtree(mps.pipes, ignore_errors=True)


def end_client(mps: Mps, pid: int, timeout_s: float = ANSWER_S) -> bool:
    """Have a client's work ended by the server, before its process is killed: so it takes nothing else along.

    NVIDIA, "Known Issues": killing a client in the midst of its work leaves the others in a state that is not defined;
    terminate_client is the way that does not. The process itself lives on, with error 810, and can be killed then.
    Returns False if no server has such a client, or it could not be ended: kill it anyway, others may be hurt.
    """
    try:
        for server in process_ids(ask(mps, "get_server_list", timeout_s)):
            if pid in process_ids(ask(mps, f"get_client_list {server}", timeout_s)):
                ask(mps, f"terminate_client {server} {pid}", timeout_s)
                return True
    except MpsError:
        return False
    return False


@contextmanager
def started(gpu: str, timeout_s: float = START_S) -> Iterator[Mps]:
    """Our daemon for the length of a block; one that ran before is used and left running.

    Raises:
        MpsError: as `start` and `stop`.
    """
    ran_before = daemon_of(own_place(gpu).pipes) is not None
    mps = start(gpu, timeout_s)
    try:
        yield mps
    finally:
        if not ran_before:
            stop(mps)


def _within(timeout_s: float, is_so: Callable[[], bool]) -> bool:
    """Ask until it is so, or the time is over."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True
