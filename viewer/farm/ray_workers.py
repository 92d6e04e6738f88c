"""Workers on Ray: an actor each, placed on nodes that have the same Mien; what is lost is started elsewhere."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from viewer.farm.cluster import FarmError
from viewer.farm.nodes import ROOT, Node, Nodes, first_line, gpus_each
from viewer.farm.render_actor import RenderActor
from viewer.farm.renderer import Warm
from viewer.farm.values import Closed, Ended, Event, Failed, Job, Lost, Made, Opened, Room, Told, Work

ASK_S = 0.5  # between two looks at how far a segment is
HANG_S, PLAN_S = 180.0, 1800.0  # without a new frame or an open engine; opened where a plan may have to be built
NODE_PATIENCE_S = 60.0  # for a node to come, once the last one is lost
CLOSE_S = 3.0
MOST_STARTS = 3  # that fail one after the other on a node, before it is left alone


@dataclass
class _Worker:
    number: int
    node: Node
    actor: Any
    pending: Any  # the ref of what it does now; None: it is idle
    since_s: float
    is_open: bool = False
    work: Work | None = None
    asked: Any = None  # the ref of how far it is
    made: int = 0


class RayWorkers:
    """See `viewer.farm.executor.Executor`; in a process that is connected by `viewer.farm.cluster`.

    Raises:
        FarmError: no node can hold a worker.
    """

    def __init__(self, ray: Any, job: Job, room: Room, most: int) -> None:
        self._ray, self._job, self._room = ray, job, room
        self._gpus = gpus_each(ray, room, path=job.settings.path)
        self._events: deque[Event] = deque()
        self._waiting: deque[Work] = deque()
        self._workers: list[_Worker] = []
        self._numbers = itertools.count()
        self._proof = ""
        self._starts: dict[str, int] = {}  # failed ones in a row, by node
        self._why = ""
        self._all_nodes = Nodes(ray, room, self._gpus, lambda text: self._events.append(Told(text)))
        self._empty_since_s: float | None = None
        self._next_look_s = 0.0
        self._job_ref = ray.put(job)
        self._most = min(most, room.workers or most)
        self._first_workers()

    def _first_workers(self) -> None:
        slots = sum(node.slots for node in self._nodes())
        if not slots:
            raise FarmError(self._all_nodes.why or self._all_nodes.too_small())
        if self._room.workers > slots:
            self._events.append(
                Told(f"the cluster has room for {slots} workers of this size, not {self._room.workers}")
            )
        self._fill()

    # ---- nodes -------------------------------------------------------------------------------------------------------

    def _nodes(self) -> list[Node]:
        """The nodes that may be used, and on which workers do start."""
        return [node for node in self._all_nodes.usable() if self._starts.get(node.id, 0) < MOST_STARTS]

    def _fill(self) -> None:
        """Start workers until there are as many as were asked for, or the nodes are full."""
        nodes = self._nodes()
        while len(self._workers) < self._most:
            free = {node: node.slots - sum(worker.node.id == node.id for worker in self._workers) for node in nodes}
            best = max(free, key=lambda node: free[node], default=None)
            if best is None or free[best] < 1:
                return
            self._start(best)

    def _start(self, node: Node) -> None:
        number = next(self._numbers)
        made_by = self._ray.remote(
            num_cpus=self._room.cpus, num_gpus=self._gpus, max_restarts=0, max_task_retries=0,
            concurrency_groups={"ask": 1},
        )  # fmt: skip
        options = {"scheduling_strategy": self._all_nodes.place(node)}
        if self._room.pinned:
            options["runtime_env"] = {"py_executable": _pinned(number)}
        actor = made_by(RenderActor).options(**options).remote(self._room.cpus)
        self._workers.append(_Worker(number, node, actor, actor.open.remote(self._job_ref), time.monotonic()))

    # ---- Executor ----------------------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """Idle workers, less what waits for them."""
        return sum(worker.is_open and worker.work is None for worker in self._workers) - len(self._waiting)

    def submit(self, work: Work) -> None:
        """Hand it to an idle worker, or to the next that is."""
        self._waiting.append(work)
        self._hand_out()

    def _hand_out(self) -> None:
        for worker in self._workers:
            if self._waiting and worker.is_open and worker.work is None:
                worker.work = self._waiting.popleft()
                worker.since_s, worker.made = time.monotonic(), 0
                worker.pending = worker.actor.render.remote(worker.work)

    def wait(self, timeout_s: float) -> list[Event]:
        """See `Executor`."""
        refs = [worker.pending for worker in self._workers if worker.pending is not None]
        if refs and not self._events:
            ready, _ = self._ray.wait(refs, num_returns=1, timeout=timeout_s)
            more, _ = self._ray.wait(refs, num_returns=len(refs), timeout=0)
            done = {*ready, *more}
            for worker in [worker for worker in self._workers if worker.pending in done]:
                self._finish(worker)
        elif not refs and not self._events:
            time.sleep(timeout_s)
        self._ask_how_far()
        self._look_after()
        self._hand_out()
        events = list(self._events)
        self._events.clear()
        return events

    def close(self) -> None:
        """End every worker; those that are idle take their files with them."""
        closing = [worker.actor.close.remote() for worker in self._workers if worker.work is None]
        if closing:
            self._ray.wait(closing, num_returns=len(closing), timeout=CLOSE_S)
        for worker in self._workers:
            self._ray.kill(worker.actor)
        self._workers.clear()

    # ---- one worker --------------------------------------------------------------------------------------------------

    def _finish(self, worker: _Worker) -> None:
        try:
            answer = self._ray.get(worker.pending)
        except Exception as error:  # noqa: BLE001 (Ray's own errors: the worker or its node is gone)
            self._lose(worker, first_line(error))
            return
        worker.pending, worker.since_s = None, time.monotonic()
        if isinstance(answer, Warm):
            self._open(worker, answer)
        elif isinstance(answer, str):
            self._why = answer
            self._starts[worker.node.id] = self._starts.get(worker.node.id, 0) + 1
            self._drop(worker)
        else:
            worker.work = None
            if isinstance(answer, Failed):
                sys.stderr.write(answer.details)
                answer = replace(answer, where=worker.node.where)
                self._drop(worker)  # what failed once may have left its engine unsound
            self._events.append(answer)

    def _open(self, worker: _Worker, warm: Warm) -> None:
        self._proof = self._proof or warm.proof
        if warm.proof != self._proof:
            engine = warm.facts["engine"]["engine"]
            self._all_nodes.leave_out(
                worker.node, f"makes other pictures ({engine}): segments of one video would not match"
            )
            self._drop(worker)
            return
        worker.is_open = True
        self._starts[worker.node.id] = 0
        self._events.append(Opened(worker.number, worker.node.where, warm.facts, warm.proof))

    def _drop(self, worker: _Worker) -> None:
        self._ray.kill(worker.actor)
        self._workers.remove(worker)
        if worker.is_open:
            self._events.append(Closed(worker.number))

    def _lose(self, worker: _Worker, why: str) -> None:
        is_alive = any(node["NodeID"] == worker.node.id and node["Alive"] for node in self._ray.nodes())
        reason = f"a worker on {worker.node.where} is lost" if is_alive else f"{worker.node.where} is lost"
        if not worker.is_open:
            self._why = f"{reason}: {why}"
            self._starts[worker.node.id] = self._starts.get(worker.node.id, 0) + 1
        if worker.work is not None:
            self._events.append(Lost(worker.work.key, reason, blamed=is_alive))
        self._drop(worker)

    def _ask_how_far(self) -> None:
        """Pick up what working actors say of their frames, and ask again: also how it is known that one hangs."""
        now_s = time.monotonic()
        for worker in [worker for worker in self._workers if worker.pending is not None]:
            if worker.asked is not None and self._ray.wait([worker.asked], timeout=0)[0]:
                self._note_made(worker)
                worker.asked = None
            elif worker.asked is None and worker.work is not None:
                worker.asked = worker.actor.made.options(concurrency_group="ask").remote()
            if now_s - worker.since_s > (HANG_S if worker.is_open or not self._gpus else PLAN_S):
                self._lose(worker, "it hangs")

    def _note_made(self, worker: _Worker) -> None:
        try:
            made = self._ray.get(worker.asked)
        except Exception:  # noqa: BLE001 (it is lost, as its segment will tell)
            return
        if worker.work is not None and made != worker.made and made <= worker.work.frames:
            worker.made, worker.since_s = made, time.monotonic()
            self._events.append(Made(worker.work.key, made))

    def _look_after(self) -> None:
        """Start workers in place of those that are gone; give up when there is nowhere to start them."""
        if len(self._workers) < self._most and not self._is_full():
            self._fill()
        if self._workers:
            self._empty_since_s = None
            return
        self._empty_since_s = self._empty_since_s or time.monotonic()
        if (self._why and not self._nodes()) or self._waited_s() > NODE_PATIENCE_S:
            self._events.append(Ended(self._why or self._all_nodes.why or "no node is left that could render"))

    def _waited_s(self) -> float:
        return time.monotonic() - (self._empty_since_s or time.monotonic())

    def _is_full(self) -> bool:
        """Whether there is no need to look for room: once a second is enough, for it asks the head node."""
        now_s = time.monotonic()
        if now_s < self._next_look_s:
            return True
        self._next_look_s = now_s + 1.0
        return False


def _pinned(number: int) -> str:
    """What runs Python on one core alone."""
    return f"{sys.executable} {ROOT / 'viewer' / 'farm' / 'one_core.py'} {number % (os.cpu_count() or 1)}"
