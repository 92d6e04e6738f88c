"""What the death of one worker took along, told from several deaths within a moment.

Under MPS each client has memory of its own, but a fatal fault of one reaches all clients of the GPU, and the server
takes no new ones until all of them have ended (NVIDIA, Multi-Process Service, on error containment of Volta MPS).
Nobody is told whose fault it was. A client killed in the midst of work may leave the server and the others in a state
that is not defined (ibid., "Known Issues"). Without MPS one process's fault is its own.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gpu_core.errors import is_sticky_code

TOGETHER_S = 5.0  # chosen: a fault reaches others at their next call to CUDA, some frames later, and then they close
_BY_SERVER = frozenset({805, 806, 807, 810})  # what clients are told when it was not they, or nobody knows
_BY_THE_SERVER = "its server ended them or itself failed; its log (`mien mps status` names it) says why"


@dataclass(frozen=True)
class Death:
    """A worker that ended without having been asked to."""

    number: int  # of its stream
    at_s: float  # on any clock, the same for all
    code: int = 0  # the CUresult that it ended with, 0: none, or it could not say
    by_signal: int = 0  # that killed it
    pid: int = 0


def read_death(number: int, at_s: float, how: str, pid: int = 0) -> Death:
    """A death from how it was told: "killed by SIGKILL", or last words with "CUDA_ERROR_MPS_... (810)" in them."""
    killed = re.search(r"\bkilled by (SIG[A-Z]+|signal \d+)", how)
    error = re.search(r"\bCUDA_ERROR_[A-Z_]+ \((\d{1,4})\)", how)
    return Death(number, at_s, int(error[1]) if error else 0, _signal_number(killed[1]) if killed else 0, pid)


def _signal_number(name: str) -> int:
    if name.startswith("SIG"):
        return int(getattr(signal, name, signal.SIGKILL))
    return int(name.removeprefix("signal "))


@dataclass(frozen=True)
class Taken:
    """Deaths that belong together: the first cause as far as it can be told, and who went along. `text` is one line."""

    cause: Death | None  # None: the server itself, or nothing that a client did
    along: tuple[Death, ...]
    text: str


def what_they_took(deaths: Sequence[Death], *, under_mps: bool) -> tuple[Taken, ...]:
    """Group deaths that are at most TOGETHER_S after the first of their group, and say of each what it took along."""
    if not under_mps:
        return tuple(map(_alone, _by_time(deaths)))
    groups: list[list[Death]] = []
    for death in _by_time(deaths):
        if groups and death.at_s - groups[-1][0].at_s <= TOGETHER_S:
            groups[-1].append(death)
        else:
            groups.append([death])
    return tuple(taken for group in groups for taken in _taken(group))


def _by_time(deaths: Sequence[Death]) -> list[Death]:
    return sorted(deaths, key=lambda death: (death.at_s, death.number))


def _taken(group: Sequence[Death]) -> Iterator[Taken]:
    """Who was told by the server, or by the same fault, was taken along; whoever died of something else died alone."""
    faults = [death for death in group if is_sticky_code(death.code) and death.code not in _BY_SERVER]
    by_server = [death for death in group if death.code in _BY_SERVER]
    killed = [death for death in group if (death.by_signal or not death.code) and death not in (*by_server, *faults)]
    causes = faults or (killed if by_server else [])
    along = tuple(death for death in group if death in by_server or death in faults[1:])
    if along and causes:
        text = f"{_ended(causes[0])} and took {_streams(along)} along{_doubt(causes[0], along)}"
        yield Taken(causes[0], along, text)
    elif along:
        yield Taken(None, along, f"MPS ended {_streams(along)}: {_BY_THE_SERVER}")
    told = (*along, *causes[:1]) if along else ()
    yield from (_alone(death) for death in group if death not in told)


def _doubt(cause: Death, along: Sequence[Death]) -> str:
    if any(death.code == cause.code for death in along):
        return ", or one of those did: a fault reaches all clients of a GPU, and MPS does not tell whose it was"
    return ": under MPS a fault on the GPU, or a kill in the midst of its work, reaches the other clients"


def _alone(death: Death) -> Taken:
    return Taken(death, (), f"{_ended(death)} and took nothing along")


def _ended(death: Death) -> str:
    if death.by_signal:
        return f"stream {death.number} was killed by signal {death.by_signal}"
    return f"stream {death.number} ended{f' with CUDA error {death.code}' if death.code else ''}"


def _streams(deaths: Sequence[Death]) -> str:
    numbers = [str(death.number) for death in deaths]
    if len(numbers) == 1:
        return f"stream {numbers[0]}"
    return f"streams {', '.join(numbers[:-1])} and {numbers[-1]}"


class Toll:
    """Deaths as they come, each group told once, when nobody more can belong to it. For one thread."""

    def __init__(self, *, under_mps: bool) -> None:
        self._under_mps = under_mps
        self._deaths: list[Death] = []

    def died(self, death: Death) -> None:
        """Count one more."""
        self._deaths.append(death)

    def told(self, now_s: float) -> tuple[Taken, ...]:
        """What there is to say of deaths that are long enough ago, on the deaths' clock; never twice of the same."""
        if not self._deaths or now_s - min(death.at_s for death in self._deaths) <= TOGETHER_S:
            return ()
        first_s = min(death.at_s for death in self._deaths)
        due = [death for death in self._deaths if death.at_s - first_s <= TOGETHER_S]
        self._deaths = [death for death in self._deaths if death not in due]
        return what_they_took(due, under_mps=self._under_mps)
