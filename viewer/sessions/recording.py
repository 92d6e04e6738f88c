"""What a recording is asked to be, and how it goes, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from viewer.sessions.disk_room import UNKNOWN, DiskRoom

if TYPE_CHECKING:
    from gpu_core.telemetry import Sampler

Colour = tuple[int, int, int]

BACKGROUND: Colour = (0x1B, 0x1C, 0x1F)  # the viewer's dark grey: video has no alpha


@dataclass(frozen=True)
class Recording:
    """How a recording goes. `folder` stays after the end, so that the window can open it."""

    running: bool = False
    folder: str = ""
    frames: int = 0  # of the video
    seconds: float = 0.0
    dropped: int = 0  # pictures that the video lacks, for encoding was behind, or they were lost on their way
    skipped: int = 0  # pictures that came between two frames of the video
    lost_rows: int = 0  # rows that the disk was too slow for
    encoder: str = ""  # who encodes
    problem: str = ""  # why it ended, if nobody wanted it to
    record_ms: float = 0.0  # what a frame costs lately: the thread that draws ...
    encode_ms: float = 0.0  # ... and the recorder's own
    room: DiskRoom = UNKNOWN


@dataclass(frozen=True)
class RecordingForm:
    """What a session is to hold and how it is made."""

    fps: float
    name: str = "session"  # of the new folder, before the date; "": the folder that is given becomes the session
    codec: str = "h264"  # one of `layout.CODECS`
    background: Colour = BACKGROUND
    # A full queue makes `add` wait: nothing is dropped. Else the picture is, and whoever draws goes on at once.
    patient: bool = True
    about: Mapping[str, Any] = field(default_factory=dict)  # for session.json
    # Seconds now on the clock of `add`; None: only frames say how time passes.
    now_s: Callable[[], float] | None = None
    open_sampler: Callable[[], Sampler] | None = None  # None: utilisation is not recorded
