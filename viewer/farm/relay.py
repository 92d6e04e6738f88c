"""Stands for a stream's worker that runs on some node of a Ray cluster: the same lines go in and come out.

    python -m viewer.farm.relay ADDRESS MODULE CPUS GPUS PARENT

To the supervisor it is a worker like any other. It ends as the worker does, and when its node is lost; killed, it takes
the worker along, for Ray ends what a process has started once that is gone. GPUS is "" where it is not said.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

from gpu_core.errors import MienError
from viewer.farm.cluster import FarmError, StartWatch, connected
from viewer.farm.nodes import Node, Nodes, first_line, gpus_each
from viewer.farm.shipped_form import ShippedForm, shipped
from viewer.farm.stream_actor import StreamActor
from viewer.farm.values import Room
from viewer.streams.messages import read_forms
from viewer.streams.worker_life import Life

FAILED, REFUSED = 1, 2  # as viewer.streams.worker has them
PACE_S = 0.1  # between two exchanges: a status comes twice a second
PLACE_S, ANSWER_S = 20.0, 6.0  # for room on a node; for a node to answer, once it has


def main(arguments: Sequence[str]) -> int:
    """Relay one worker."""
    address, module, cpus, gpus, parent = arguments
    room = Room(address, 1, float(cpus), float(gpus) if gpus else None)
    life, lines = Life(int(parent)), SimpleQueue[bytes]()
    life.begin()
    output = os.dup(1)
    os.dup2(2, 1)  # whatever else prints does not get between the lines
    life.listen(sys.stdin.fileno(), lines.put)
    try:
        forms = _first(life, lines)
        return _relay(room, module, forms, life, lines, output) if forms else 0
    except MienError as error:
        return _told(str(error), FAILED)


def _first(life: Life, lines: SimpleQueue[bytes]) -> list[ShippedForm]:
    while not life.is_over:
        life.tick()
        try:
            return _shipped(lines.get(timeout=0.2))
        except Empty:
            continue
    return []


def _shipped(line: bytes) -> list[ShippedForm]:
    return [shipped(form) for form in read_forms(line)]


def _relay(
    room: Room, module: str, forms: list[ShippedForm], life: Life, lines: SimpleQueue[bytes], output: int
) -> int:
    watch = StartWatch(room, lambda why: os._exit(_told(why, FAILED)))
    with connected(room) as ray:
        watch.done()
        gpus = gpus_each(ray, room, path=forms[0].form.path)
        nodes = Nodes(ray, room, gpus, lambda text: _told(text, 0))
        node = _free_node(ray, nodes, room)
        made_by = ray.remote(num_cpus=room.cpus, num_gpus=gpus, max_restarts=0, max_task_retries=0)
        actor = made_by(StreamActor).options(scheduling_strategy=nodes.place(node)).remote(module, room.cpus)
        _ask(ray, node, actor.start.remote(forms), PLACE_S, life)
        life.is_live()
        while True:
            more = [_shipped(line) for line in _waiting(lines)]
            said, ended = _ask(ray, node, actor.exchange.remote(more, finish=life.is_over), ANSWER_S, life)
            for line in said:
                os.write(output, line + b"\n")
            if ended is not None:
                return _as_it_ended(ended, node)
            time.sleep(PACE_S)


def _free_node(ray: Any, nodes: Nodes, room: Room) -> Node:
    """The node with the most room, as far as is known now."""
    from ray._private.state import available_resources_per_node

    usable = [node for node in nodes.usable() if node.slots]
    if not usable:
        raise FarmError(nodes.why or nodes.too_small())
    free = available_resources_per_node()
    best = max(usable, key=lambda node: free.get(node.id, {}).get("CPU", 0.0))
    if free.get(best.id, {}).get("CPU", 0.0) < room.cpus:
        raise FarmError("every node of the farm is busy: end another stream, or add a node")
    return best


def _ask(ray: Any, node: Node, ref: Any, patience_s: float, life: Life) -> Any:
    """The answer of the node's actor.

    Raises:
        FarmError: there is none.
    """
    life.tick()
    try:
        return ray.get(ref, timeout=patience_s)
    except ray.exceptions.GetTimeoutError:
        raise FarmError(f"{node.where} did not answer for {patience_s:.0f} s") from None
    except Exception as error:  # (Ray's own errors, and what the actor raised)
        raise FarmError(f"{node.where} is lost: {first_line(error)}") from error


def _waiting(lines: SimpleQueue[bytes]) -> list[bytes]:
    found = []
    while not lines.empty():
        found.append(lines.get())
    return found


def _as_it_ended(ended: str, node: Node) -> int:
    """The worker's exit code, its last words passed on."""
    how, _, words = ended.partition(": ")
    code = how.removeprefix("ended with code ")
    if code == "0":
        return 0
    text = words if code.isdecimal() else ended
    return _told(f"{text} (on {node.where})", int(code) if code.isdecimal() else FAILED)


def _told(text: str, code: int) -> int:
    sys.stderr.write(f"mien: {text}\n")
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # Ray's own threads have nothing left to say
