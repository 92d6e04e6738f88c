"""What is pushed and how it goes, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

ENCODERS = ("auto", "x264", "nvenc")


@dataclass(frozen=True)
class VideoForm:
    """How pictures become video. Rates are constant: what comes late is shown longer, what comes early is dropped."""

    fps: float = 25.0
    bit_rate_kbps: int = 0  # 0: by the size of the picture and the rate
    key_s: float = 1.0  # seconds between frames at which a viewer can join
    encoder: str = "auto"  # one of ENCODERS: auto is NVENC where it opens, else x264


@dataclass(frozen=True)
class PushStatus:
    """How it goes with one target. `where` is the target without its secrets: the only form that is ever shown."""

    where: str = ""
    state: str = "idle"  # idle | connecting | live | waiting (to connect again) | failed | closed
    note: str = ""  # one sentence: why it is not live
    frames: int = 0  # video frames handed to the target
    repeated: int = 0  # of them, that show an older picture again, for want of a new one
    dropped: int = 0  # pictures and frames that were given up
    reconnects: int = 0  # times it was connected anew
    kbps: float = 0.0  # over the last seconds
    queued: int = 0  # frames waiting to be sent
    cost_ms: float = 0.0  # to convert and encode one frame, median of the last
