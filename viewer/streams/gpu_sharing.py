"""How workers share a GPU: the options about MPS, and the environment that makes workers its clients, within limits.

    add_mps_options(parser)
    with shared(options.mps, limits_of(options), tell=say) as sharing:
        launcher = sharing.launcher(way)

Only `--mps on` starts a daemon, and whoever started it stops it; `auto` uses one that is there.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from gpu_core.mps.environment import PRIORITIES, check_limits, without_mps, worker_environment
from gpu_core.mps.gpus import first_gpu
from gpu_core.mps.looking import in_use, look
from gpu_core.mps.places import Mps
from gpu_core.mps.running import end_client, started
from viewer.streams.launcher import ProcessLauncher, module_of
from viewer.streams.values import MpsLimits

HOW = ("auto", "on", "off")
END_CLIENT_S = 2.0  # a hung worker is to be started again within seconds


@dataclass(frozen=True)
class Sharing:
    """How the workers of this run share the GPU. `mps` None: by turns, as without MPS."""

    mps: Mps | None = None
    environment: Mapping[str, str] = field(default_factory=dict)  # to be added to a worker's, before it starts

    def launcher(self, way: str) -> ProcessLauncher:
        """What starts workers of this way on this machine."""
        return ProcessLauncher(module_of(way), environment=self.environment, before_kill=self.before_kill)

    def before_kill(self, pid: int) -> bool:
        """Have a client's work ended by the server before its process is killed; False: it is no client, or hangs on.

        Without it a kill in the midst of work may hurt the other clients. May wait for END_CLIENT_S, a few times.
        """
        return self.mps is not None and end_client(self.mps, pid, END_CLIENT_S)


def add_mps_options(parser: ArgumentParser) -> None:
    """Add what a command that starts workers can be told about MPS."""
    group = parser.add_argument_group("sharing an NVIDIA GPU (docs/mps.md)")
    group.add_argument(
        "--mps", choices=HOW, default="auto", help="auto: where it runs; on: start it, stop it at the end"
    )
    group.add_argument("--mps-threads", type=float, default=0.0, metavar="PERCENT", help="most a worker may use")
    group.add_argument("--mps-memory", type=int, default=0, metavar="MB", help="most a worker may take of the GPU's")
    group.add_argument("--mps-priority", choices=tuple(PRIORITIES), default="", help="of a worker's work on the GPU")


def limits_of(options: Namespace) -> MpsLimits:
    """The limits of each worker that the options ask for.

    Raises:
        MpsError: one is out of its range.
    """
    limits = MpsLimits(options.mps_threads, options.mps_memory, options.mps_priority)
    check_limits(limits)
    return limits


@contextmanager
def shared(how: str, limits: MpsLimits, *, tell: Callable[[str], object], gpu: str = "") -> Iterator[Sharing]:
    """The way of sharing for the length of a run; `how` is one of HOW. What was started for it is stopped with it.

    Raises:
        MpsError: "on" and it cannot be started; limits and no MPS to keep them.
    """
    with ExitStack() as owned:
        mps = None if how == "off" else in_use(gpu)
        if how == "on" and mps is None:
            mps = owned.enter_context(started(gpu or first_gpu()))
            tell(f"MPS started for {mps.gpu} in {mps.pipes}; it stops at the end")
        elif mps is not None:
            tell(f"workers share the GPU through {_whose(mps)} MPS daemon in {mps.pipes}")
        said = worker_environment(limits, mps)
        yield Sharing(mps, without_mps() if how == "off" else said)


def _whose(mps: Mps) -> str:
    """Of another user one wants to know: its server serves one user at a time, and workers wait for their turn."""
    return "Mien's own" if mps.is_own else f"{look(mps, deeply=False).user or 'somebody'}'s"
