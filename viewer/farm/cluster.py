"""A Ray cluster: one of this machine for this run alone, or one that is there. For processes that speak with Ray."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import psutil

from gpu_core.errors import MienError
from viewer.farm.processes import end_session
from viewer.farm.values import Room

OBJECT_STORE_BYTES = 200_000_000  # a segment is some megabytes, a generator tens of them
START_S, ANSWER_S = 45.0, 20.0  # it takes four on an idle machine, and a second to connect
CONNECT_S = 5.0  # for a head node to answer on its port
_LONGEST_HOME = 40  # bytes: Ray's sockets lie 60 bytes deeper, and the system's limit is 107 (sun_path)
_PREFIX = "mien-ray-"


class StartWatch:
    """Ends this process if Ray has not started in time, for it cannot be told to stop trying. Made before it starts.

    `tell` hears first what to say of it.
    """

    def __init__(self, room: Room, tell: Callable[[str], object]) -> None:
        self._room, self._tell = room, tell
        self._lock, self._is_done = threading.Lock(), False
        self._timer = threading.Timer(ANSWER_S if room.address else START_S, self._too_late)
        self._timer.daemon = True
        self._timer.start()

    def done(self) -> None:
        """Ray is there."""
        with self._lock:
            self._is_done = True
        self._timer.cancel()

    def give_up(self) -> None:
        """Nobody wants it any more: end the process now, unless Ray is there, which ends in good order."""
        with self._lock:
            if not self._is_done:
                leave_now()

    def _too_late(self) -> None:
        with self._lock:
            if not self._is_done:
                self._tell(_unanswered(self._room))
                leave_now()


def leave_now() -> NoReturn:
    """End this process and whatever it has started."""
    for home in _base().glob(f"{_PREFIX}{os.getpid()}-*"):
        shutil.rmtree(home, ignore_errors=True)
    if os.getsid(0) == os.getpid():
        end_session(os.getpid())
    os._exit(0)


def _unanswered(room: Room) -> str:
    """That it took too long, in a sentence."""
    if room.address:
        return (
            f"what listens at {room.address} does not answer as a Ray cluster does: waited for {ANSWER_S:.0f} s; "
            f"if it is one with a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN as there"
        )
    return f"Ray did not start within {START_S:.0f} s: this machine is too busy, or something holds it up"


class FarmError(MienError):
    """There is no farm to be had; the text says why."""


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
        if home is not None:
            if os.getsid(0) == os.getpid():  # then whatever is in this session was started here
                end_session(os.getpid())
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
            refuse_address(room.address)
            ray.init(address=room.address, **quiet)
        else:
            os.environ["TMPDIR"] = str(home)  # of the workers as well: what they leave goes with it
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


def refuse_address(address: str) -> None:
    """Refuse an address where nobody listens: Ray itself would wait for a minute, and then end the process.

    Raises:
        FarmError: it is none, or nobody does.
    """
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
    base = _base()
    for old in base.glob(f"{_PREFIX}*"):
        number = old.name.removeprefix(_PREFIX).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))


def _base() -> Path:
    base = Path(tempfile.gettempdir())
    return Path("/tmp") if len(os.fsencode(base)) > _LONGEST_HOME and Path("/tmp").is_dir() else base
