"""A piece of video or sound as an encoder made it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

SOUND_RATE = 48_000  # of what is encoded, samples a second: what every player has


@dataclass(frozen=True, slots=True)
class Coded:
    """H.264 (Annex B, its parameter sets with each key frame) or raw AAC. Times are in units of its track."""

    data: bytes
    time: int  # video: frames; sound: samples
    lasts: int
    is_key: bool = True
    is_sound: bool = False


@dataclass(frozen=True)
class Tracks:
    """What a stream is made of."""

    side: int  # of the pictures, in pixels
    rate: Fraction  # frames a second
    sound: bool = False  # AAC, mono, SOUND_RATE
