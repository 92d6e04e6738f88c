"""Which machines of a Ray cluster may be used: those that have the very same Mien as this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import viewer
from viewer.farm import identity as identity_module
from viewer.farm.identity import identity
from viewer.farm.values import Room

ROOT = Path(viewer.__file__).parents[1]  # where a node of this machine finds the same checkout
PROBE_S, GRACE_S = 25.0, 1.0  # for the first node to start a process that looks; then for the others


@dataclass(frozen=True)
class Node:
    """A machine of the cluster, and how many workers it holds."""

    id: str
    where: str
    slots: int


class Nodes:
    """The nodes of a cluster. `tell` hears why one is left out; `why` is the last such reason."""

    def __init__(self, ray: Any, room: Room, gpus: float, tell: Callable[[str], object]) -> None:
        self._ray, self._room, self._gpus, self._tell = ray, room, gpus, tell
        self._judged: dict[str, bool] = {}  # by node; not, while it has not answered
        self._asked: dict[Any, Node] = {}
        self._here = identity()
        self.why = ""

    def usable(self) -> list[Node]:
        """Those that are alive, have answered and may be used; waits only while there is none yet."""
        alive = nodes_of(self._ray, self._room, gpus=self._gpus)
        for node in alive:
            if node.id not in self._judged:
                self._judged[node.id] = False
                self._asked[self._question(node)] = node
        self._hear({node.id for node in alive})
        return [node for node in alive if self._judged[node.id]]

    def leave_out(self, node: Node, why: str) -> None:
        """Use this one no more."""
        self.why = f"{node.where} {why}"
        self._judged[node.id] = False
        self._tell(f"left out: {self.why}")

    def too_small(self) -> str:
        """That there is no room on any of them."""
        gpus = f" and {self._gpus:g} of a GPU" if self._gpus else ""
        return f"no node of the cluster has {self._room.cpus:g} cores{gpus} for a worker: see --cpus-per-worker"

    def place(self, node: Node) -> Any:
        """Ray's word for: on this node or nowhere."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        return NodeAffinitySchedulingStrategy(node.id, soft=False)

    def _question(self, node: Node) -> Any:
        """Ask what Mien is there; a node that is gone, and not yet known to be, does not answer."""
        self._ray.cloudpickle.register_pickle_by_value(identity_module)
        ask = self._ray.remote(identity).options(num_cpus=0, max_retries=0, scheduling_strategy=self.place(node))
        return ask.remote(str(ROOT))

    def _hear(self, alive: set[str]) -> None:
        refs = list(self._asked)
        if not refs:
            return
        if not any(self._judged.values()):
            self._ray.wait(refs, num_returns=1, timeout=PROBE_S)
        ready, _ = self._ray.wait(refs, num_returns=len(refs), timeout=0 if any(self._judged.values()) else GRACE_S)
        for ref in ready:
            node = self._asked.pop(ref)
            problem = self._problem(ref)
            self._judged[node.id] = not problem
            if problem and node.id in alive:
                self.leave_out(node, problem)

    def _problem(self, ref: Any) -> str:
        try:
            there = self._ray.get(ref)
        except Exception as error:  # noqa: BLE001 (whatever Ray raises, its own and its workers')
            return f"does not answer: {first_line(error)}"
        return judged(there, self._here)


def judged(there: dict[str, str], here: dict[str, str]) -> str:
    """Why the Mien that says `there` of itself does not go with the one that says `here`, or ""."""
    if "error" in there:
        return f"{there['error']}: pip install mien there, the same version as here"
    if there["sources"] != here["sources"]:
        return "has another Mien than this machine: install the same version on both"
    return ""


def nodes_of(ray: Any, room: Room, *, gpus: float) -> list[Node]:
    """The machines that are there, with how many workers of this size each holds."""
    found = []
    for node in ray.nodes():
        if not node["Alive"]:
            continue
        has = node["Resources"]
        slots = int(has.get("CPU", 0.0) / room.cpus + 1e-6)
        if gpus:
            slots = min(slots, gpu_slots(has.get("GPU", 0.0), gpus))
        found.append(Node(node["NodeID"], f"{node['NodeManagerHostname']} ({node['NodeManagerAddress']})", slots))
    return found


def gpu_slots(has: float, wants: float) -> int:
    """Workers on the GPUs of a node: one that takes a part of one has it all on one."""
    return int(has) * int(1 / wants + 1e-6) if wants < 1 else int(has / wants + 1e-6)


def gpus_each(ray: Any, room: Room, *, path: str) -> float:
    """What a worker takes of a GPU: what was asked for, else half of one where there are any and they are used."""
    if room.gpus is not None:
        return room.gpus
    return 0.5 if path in ("auto", "cuda") and ray.cluster_resources().get("GPU", 0) >= 1 else 0.0


def first_line(error: Exception) -> str:
    """What an error of Ray's says, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0][:200]
