"""`mien mps status|start|stop`: CUDA's multi-process service, looked at, and run where somebody asks for it."""

from __future__ import annotations

import dataclasses
import json
from argparse import ArgumentTypeError

from gpu_core.errors import MpsError
from gpu_core.mps import control, gpus, looking, running
from gpu_core.mps.looking import Client, MpsState
from gpu_core.mps.places import own_place
from viewer.options import Parser

NOTHING_RUNS = 1
_COMMANDS = {
    "status": "what runs, whose it is, and who its clients are; exit code 0: a daemon answers, 1: none does",
    "start": "start a daemon of Mien's own for one GPU",
    "stop": "stop Mien's own daemon, also one that a crashed Mien has left; another's is never stopped",
}
_LONGEST_COMMAND = 60
_MOST_SECONDS = 600.0


def main(arguments: list[str]) -> int:
    """Look at MPS, start it or stop it; 0: done or running, 1: nothing runs."""
    parser = Parser(
        prog="mien mps",
        description="Share one NVIDIA GPU among several streams at once (CUDA's multi-process service, Linux only).",
    )
    words = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    for word, text in _COMMANDS.items():
        command = words.add_parser(word, help=text, description=text)
        command.add_argument("--timeout", type=_seconds, metavar="S", default=10.0, help="wait this long (default: 10)")
        if word == "status":
            command.add_argument("--json", action="store_true", help="print JSON instead of text")
        else:
            command.add_argument("--gpu", default="", metavar="N|UUID", help="which GPU (default: the first)")
    options = parser.parse_args(arguments)
    control.program()
    if options.what == "status":
        return _status(options.timeout, as_json=options.json)
    return _start(options.gpu, options.timeout) if options.what == "start" else _stop(options.gpu, options.timeout)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _MOST_SECONDS:
        raise ArgumentTypeError(f"{text}: seconds, more than 0 and at most {_MOST_SECONDS:g}")
    return value


def _status(timeout_s: float, *, as_json: bool) -> int:
    states = [looking.look(mps, timeout_s) for mps in looking.places()]
    found = [state for state in states if state.is_there or state.answers]
    if as_json:
        print(json.dumps([dataclasses.asdict(state) for state in found], indent=2, default=str))
    elif not found:
        looked = ", ".join(str(state.mps.pipes) for state in states)
        print(f"no MPS daemon runs (looked in {looked or 'no place'}): `mien mps start` starts one")
    else:
        print("\n".join(line for state in found for line in lines(state)))
    return 0 if any(state.answers for state in found) else NOTHING_RUNS


def lines(state: MpsState) -> list[str]:
    """One daemon in words: whose it is, then each server and each client."""
    mps = state.mps
    whose = "Mien's own" if mps.is_own else f"{state.user}'s" if state.user else "somebody's"
    number = f" {state.pid}" if state.pid else ""
    told = [f"MPS daemon{number}, {whose}, in {mps.pipes}: {'answers' if state.answers else state.problem}"]
    told += [f"  gpu   {mps.gpu or 'all that it sees'}", f"  logs  {mps.log}"]
    for server in state.servers:
        told.append(f"  server {server.pid}{f': {server.status}' if server.status else ''}")
        told += [_client(client) for client in server.clients] or ["    no clients"]
    if state.answers and not state.servers:
        told.append("  no server yet: it comes with the first client")
    return told


def _client(client: Client) -> str:
    limits = [
        f"{client.threads} of the threads" if client.threads else "",
        f"{client.memory} of the memory" if client.memory else "",
        f"priority {client.priority}" if client.priority else "",
    ]
    share = ", ".join(limit for limit in limits if limit) or "no limits"
    command = client.command
    if len(command) > _LONGEST_COMMAND:
        command = f"…{command[1 - _LONGEST_COMMAND :]}"
    return f"    client {client.pid}: {share}{f'; {command}' if command else ''}"


def _start(asked: str, timeout_s: float) -> int:
    uuid = gpus.chosen(asked, gpus.gpus())
    mps = running.start(uuid, timeout_s)
    print(f"MPS shares {uuid} in {mps.pipes}; `mien stream` uses it, other programs with")
    print(f"  CUDA_MPS_PIPE_DIRECTORY={mps.pipes} CUDA_VISIBLE_DEVICES={uuid}")
    return 0


def _stop(asked: str, timeout_s: float) -> int:
    ours = [mps for mps in looking.places() if mps.is_own]
    if asked:
        uuid = gpus.chosen(asked, {mps.gpu: "MPS" for mps in ours} or gpus.gpus())
        ours = [mps for mps in ours if mps.gpu == uuid] or [own_place(uuid)]
    if not ours:
        return _nothing_of_ours()
    for mps in ours:
        print(running.stop(mps, timeout_s))
    return 0


def _nothing_of_ours() -> int:
    for state in (looking.look(mps, deeply=False) for mps in looking.places()):
        if state.pid or state.answers:
            whose = state.user or "who started it"
            raise MpsError(f"the MPS daemon in {state.mps.pipes} was not started by Mien: {whose} has to stop it")
    print("no MPS daemon of Mien's runs")
    return 0
