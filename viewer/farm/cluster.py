"""A Ray cluster: one of this machine for this run alone, or one that is there. For processes that speak with Ray."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from gpu_core.errors import MienError
from viewer.farm.processes import end_all
from viewer.farm.values import Room

OBJECT_STORE_BYTES = 200_000_000  # a segment is some megabytes, a generator tens of them
CONNECT_S = 5.0  # for a head node to answer on its port
_LONGEST_HOME = 40  # bytes: Ray's sockets lie 60 bytes deeper, and the system's limit is 107 (sun_path)
_PREFIX = "mien-ray-"


class FarmError(MienError):
    """There is no farm to be had; the text says why."""


@dataclass(frozen=True)
class Node:
    """A machine of the cluster, and how many workers it holds."""

    id: str
    where: str
    slots: int


@contextmanager
def connected(room: Room) -> Iterator[Any]:
    """Ray, connected to the cluster of `room`, or to one of its own that ends with the block.

    Raises:
        FarmError: nobody answers there, or it is a Ray that this one cannot talk to.
    """
    ray = _ray()
    home = None if room.address else _new_home()
    try:
        _connect(ray, room, home)
        yield ray
    finally:
        ray.shutdown()
        _end_children()
        if home is not None:
            shutil.rmtree(home, ignore_errors=True)


def _ray() -> Any:
    # Read when Ray is imported: it reports to nobody, and does not clear the devices of workers that ask for none.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ["RAY_DEDUP_LOGS"] = "0"
    import ray

    return ray


def _connect(ray: Any, room: Room, home: Path | None) -> None:
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if home is None:
            _knock(room.address)
            ray.init(address=room.address, **quiet)
        else:
            ray.init(
                address="local", num_cpus=local_cpus(room), include_dashboard=False, _temp_dir=str(home),
                object_store_memory=OBJECT_STORE_BYTES, _node_ip_address="127.0.0.1", **quiet,
            )  # fmt: skip
    except FarmError:
        raise
    except Exception as error:  # (whatever Ray raises: it has no tree of errors for this)
        text = " ".join(str(error).split())[:300]
        raise FarmError(f"Ray does not start{f' at {room.address}' if room.address else ''}: {text}") from error


def local_cpus(room: Room) -> int:
    """How many cores a cluster of this machine says it has: at least what was asked for."""
    return max(os.cpu_count() or 1, int(room.workers * room.cpus + 0.999))


def _knock(address: str) -> None:
    """Refuse an address where nobody listens: Ray itself would wait for a minute, and then end the process."""
    host, _, port = address.rpartition(":")
    if address == "auto":
        return
    if not host or not port.isdecimal() or "/" in host:
        raise FarmError(f"{address!r} is no address of a Ray cluster: HOST:PORT of its head node, mostly port 6379")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise FarmError(f"no Ray cluster answers at {address}: {why}") from error


def _new_home() -> Path:
    """A new folder for sockets and logs, its name short enough for sockets; those of runs that were killed go."""
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) > _LONGEST_HOME and Path("/tmp").is_dir():
        base = Path("/tmp")
    for old in base.glob(f"{_PREFIX}*"):
        number = old.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))


def _end_children() -> None:
    """End what Ray has left: its processes are children of this one, which adopts those whose parent is gone."""
    end_all(psutil.Process().children(recursive=True))


def nodes_of(ray: Any, room: Room, *, gpus: float) -> list[Node]:
    """The machines that are there, with how many workers of this size each holds."""
    found = []
    for node in ray.nodes():
        if not node["Alive"]:
            continue
        has = node["Resources"]
        slots = int(has.get("CPU", 0.0) / room.cpus + 1e-6)
        if gpus:
            slots = min(slots, _gpu_slots(has.get("GPU", 0.0), gpus))
        found.append(Node(node["NodeID"], f"{node['NodeManagerHostname']} ({node['NodeManagerAddress']})", slots))
    return found


def _gpu_slots(has: float, wants: float) -> int:
    """Workers on the GPUs of a node: one that takes a part of one has it all on one."""
    return int(has) * int(1 / wants + 1e-6) if wants < 1 else int(has / wants + 1e-6)


def gpus_each(ray: Any, room: Room, *, path: str) -> float:
    """What a worker takes of a GPU: what was asked for, else half of one where there are any and they are used."""
    if room.gpus is not None:
        return room.gpus
    return 0.5 if path in ("auto", "cuda") and ray.cluster_resources().get("GPU", 0) >= 1 else 0.0
