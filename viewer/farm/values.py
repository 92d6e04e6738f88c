"""What the farm is asked for and what it answers, as plain values: they travel between processes and machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpu_core.settings import EngineSettings
from viewer.clips.clip import ClipForm
from viewer.farm.inputs import ShippedFiles
from viewer.sessions.packed_take import FaceTable
from viewer.sessions.video import Style


@dataclass(frozen=True)
class Job:
    """What every worker is opened with. All that pictures depend on is in here or in a segment: nothing is by path."""

    form: ClipForm  # its rate is a segment's
    style: Style  # as this machine encodes: another one's number of cores must change nothing
    settings: EngineSettings
    face: ShippedFiles | None = None  # None: the shipped one, the same on every node that has the same Mien
    generator: ShippedFiles | None = None


@dataclass(frozen=True)
class Room:
    """Where workers may run and how much each takes; 0 of a number: chosen."""

    address: str = ""  # of a Ray cluster; "": one on this machine, for this run alone
    workers: int = 0
    cpus: float = 1.0  # of each worker, also its threads of inference and of drawing
    gpus: float | None = None  # of each worker; None: half of one where there are any
    pinned: bool = False  # worker n on core n of this machine alone, to compare numbers of workers: Linux


@dataclass(frozen=True)
class Work:
    """A segment to render: frames `first` to `end` of take number `take`, at its rate; their faces are with it."""

    take: int
    first: int
    end: int
    fps: float
    faces: FaceTable

    @property
    def key(self) -> tuple[int, int]:
        """What names it among all of a run."""
        return self.take, self.first

    @property
    def frames(self) -> int:
        """How many it has."""
        return self.end - self.first


@dataclass(frozen=True)
class Opened:
    """A worker is warm. `facts` say what makes its pictures; `proof` is the hash of some: equal ones fit together."""

    worker: int
    where: str
    facts: Mapping[str, Any]
    proof: str


@dataclass(frozen=True)
class Made:
    """So many frames of a segment are made by now."""

    key: tuple[int, int]
    frames: int


@dataclass(frozen=True)
class Done:
    """A segment is a whole video by itself: `data`, an MP4, and its SHA-256 as the worker computed it."""

    key: tuple[int, int]
    data: bytes
    sha256: str
    core_s: float  # that the worker's process has used of a core


@dataclass(frozen=True)
class Failed:
    """A worker says that it cannot render a segment."""

    key: tuple[int, int]
    reason: str
    where: str = ""
    details: str = ""  # a traceback, for the log


@dataclass(frozen=True)
class Lost:
    """The worker that had a segment is gone. `blamed`: with it alone, so that the segment may be what ended it."""

    key: tuple[int, int]
    reason: str
    blamed: bool = True


@dataclass(frozen=True)
class Closed:
    """A worker that was open is not any more."""

    worker: int


@dataclass(frozen=True)
class Told:
    """A sentence for the user."""

    text: str


@dataclass(frozen=True)
class Ended:
    """Nothing more can be rendered here; the text is why."""

    reason: str


Event = Opened | Made | Done | Failed | Lost | Closed | Told | Ended
