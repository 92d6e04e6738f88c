"""Looking at MPS without CUDA: is there a daemon, whose is it, does it answer, and who are its clients."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gpu_core.errors import MpsError
from gpu_core.mps.answers import Listed, listed_clients, process_ids, server_status
from gpu_core.mps.control import ANSWER_S, NotRunning, ask, program
from gpu_core.mps.environment import MEMORY_VARIABLE, PRIORITIES, PRIORITY_VARIABLE, THREADS_VARIABLE
from gpu_core.mps.places import CONTROL_SOCKET, PIPE_VARIABLE, Mps, inherited_place, nowhere, own_folder
from gpu_core.mps.processes import DaemonProcess, command_of, daemon_of, daemons, environment_of


@dataclass(frozen=True)
class Client:
    """A process that computes through a server. Limits are what its environment says: "" means none, or unreadable."""

    pid: int
    command: str = ""
    device: str = ""
    threads: str = ""  # "25 %"
    memory: str = ""  # "2048M"
    priority: str = ""  # one of PRIORITIES


@dataclass(frozen=True)
class Server:
    """One of the daemon's servers: it starts one for a user when that user's first client comes."""

    pid: int
    status: str = ""  # "ACTIVE" and the like, "": it did not say
    clients: tuple[Client, ...] = ()


@dataclass(frozen=True)
class MpsState:
    """What there is in one place."""

    mps: Mps
    is_there: bool = False  # a daemon's process, or its socket
    pid: int = 0  # of the daemon, 0: not found
    user: str = ""  # who it runs as
    answers: bool = False
    problem: str = ""  # why it does not answer, one line
    servers: tuple[Server, ...] = ()

    @property
    def clients(self) -> tuple[Client, ...]:
        """Those of all servers."""
        return tuple(client for server in self.servers for client in server.clients)


def in_use(gpu: str = "") -> Mps | None:
    """The daemon to send workers to: one of ours that answers (for the GPU with this UUID), or an inherited one."""
    fitting = [mps for mps in places() if not gpu or mps.gpu in ("", gpu)]
    return next((mps for mps in fitting if is_there(mps) and _answers(mps)), None)


def _answers(mps: Mps) -> bool:
    try:
        return look(mps, deeply=False).answers
    except MpsError:
        return False  # there is no program here to ask it with


def places() -> tuple[Mps, ...]:
    """Where a daemon may be: ours first, found anew each time, then where CUDA looks by itself."""
    ours = [mps for mps in map(_mps, daemons()) if mps.is_own]
    inherited = inherited_place()
    rest = [] if inherited.pipes in [nowhere(), *(mps.pipes for mps in ours)] else [_completed(inherited)]
    return (*sorted(ours, key=lambda mps: mps.pipes), *rest)


def is_there(mps: Mps) -> bool:
    """True if a daemon's process or its socket is in a place; answers or not."""
    return (mps.pipes / CONTROL_SOCKET).exists() or daemon_of(mps.pipes) is not None


def look(mps: Mps, timeout_s: float = ANSWER_S, *, deeply: bool = True) -> MpsState:
    """Ask a daemon what it is and, if `deeply`, for its servers and clients; never raises for a daemon's sake.

    Raises:
        MpsError: nvidia-cuda-mps-control is missing, with the reason.
    """
    program()
    process = daemon_of(mps.pipes)
    seen = process is not None or (mps.pipes / CONTROL_SOCKET).exists()
    user = process.user if process else _owner(mps.pipes)
    state = MpsState(_completed(mps, process), seen, process.pid if process else 0, user)
    try:
        ids = process_ids(ask(mps, "get_server_list", timeout_s))
        servers = tuple(_servers(mps, ids, timeout_s)) if deeply else tuple(map(Server, ids))
    except NotRunning as error:
        return _with(state, problem=f"{error}" if not seen else _left_behind(mps, process))
    except MpsError as error:
        return _with(state, problem=str(error))
    return _with(state, answers=True, servers=servers)


def _with(state: MpsState, *, answers: bool = False, problem: str = "", servers: tuple[Server, ...] = ()) -> MpsState:
    return MpsState(
        state.mps, state.is_there or answers, state.pid, state.user, answers=answers, problem=problem, servers=servers
    )


def _left_behind(mps: Mps, process: DaemonProcess | None) -> str:
    if process is None:
        return f"no MPS daemon runs, though one has left its socket in {mps.pipes}"
    return f"the MPS daemon {process.pid} runs, but does not listen in {mps.pipes}"


def _servers(mps: Mps, ids: tuple[int, ...], timeout_s: float) -> Iterator[Server]:
    listed = {client.pid: client for client in listed_clients(_optional(mps, "ps", timeout_s))}
    for pid in ids:
        status = server_status(_optional(mps, f"get_server_status {pid}", timeout_s))
        named = process_ids(ask(mps, f"get_client_list {pid}", timeout_s))
        also = [client.pid for client in listed.values() if client.server == pid and client.pid not in named]
        yield Server(pid, status, tuple(_client(client, listed.get(client)) for client in (*named, *also)))


def _optional(mps: Mps, command: str, timeout_s: float) -> str:
    """What older daemons do not know, and nobody needs."""
    try:
        return ask(mps, command, timeout_s)
    except MpsError:
        return ""


def _client(pid: int, listed: Listed | None) -> Client:
    said = environment_of(pid)
    percent, memory = said.get(THREADS_VARIABLE, ""), said.get(MEMORY_VARIABLE, "")
    command = command_of(pid) or (listed.command if listed else "")
    device = listed.device if listed else ""
    return Client(pid, command, device, f"{percent} %" if percent else "", _first_limit(memory), _priority(said))


def _first_limit(text: str) -> str:
    """ "2048M" of "0=2048M"; other forms as they are."""
    return text.partition("=")[2] if text.count("=") == 1 and "," not in text else text


def _priority(said: Mapping[str, str]) -> str:
    number = said.get(PRIORITY_VARIABLE, "")
    return next((name for name, value in PRIORITIES.items() if value == number), number)


def _mps(process: DaemonProcess) -> Mps:
    is_own = process.is_own and own_folder() in process.pipes.parents
    return Mps(process.pipes, process.log or inherited_place().log, process.gpu, is_own=is_own)


def _completed(mps: Mps, process: DaemonProcess | None = None) -> Mps:
    """What is known of a place, with what the daemon's process says of itself."""
    process = process or daemon_of(mps.pipes)
    if process is None:
        return Mps(mps.pipes, mps.log, mps.gpu)
    known = _mps(process)
    return Mps(mps.pipes, process.log or mps.log, known.gpu or mps.gpu, known.is_own)


def _owner(pipes: Path) -> str:
    """Who owns what lies in a pipe directory, by name where it has one."""
    import pwd

    try:
        number = (pipes / CONTROL_SOCKET).stat().st_uid
    except OSError:
        return ""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def meant_by_environment() -> bool:
    """True if the environment names a pipe directory, so that somebody means MPS to be used."""
    return bool(os.environ.get(PIPE_VARIABLE)) and inherited_place().pipes != nowhere()
