"""How far a mouth is open in the pictures of a video: what is between the lips is less red than lips and skin.

Teeth and the dark behind them are nearly without colour, skin and lips are not; so the measure is the area, in a box
over the middle of the shipped face's mouth, where the red difference of the video itself is low. Corners are left out:
there teeth are seen between closed lips as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from viewer.speech.releases import RISE
from viewer.speech.spoken import Samples

Table = NDArray[np.float64]

# The box, as shares of the picture: from under the nose to above the chin, wherever nods move it.
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.461, 0.539, 0.596, 0.727
# Measured in the render of the shipped face: skin and lips from 146 on, in the shadow 143; teeth and the dark to 134.
_NO_COLOUR, _SKIN = 134.0, 143.0
_BEFORE_S, _AFTER_S = 0.03, 0.03  # around a closure, where its picture is looked for
_OPENS_S = 0.15  # how long a mouth takes at most to open after it
LEAST_OPEN = 0.004  # of the picture's height, as a mean over the box: 2 pixels of 512


class Mouth(NamedTuple):
    """How far open at moments in seconds: mean height of what is between the lips, as a share of the picture's."""

    times: Table
    heights: Table


class Sound(NamedTuple):
    """A file's sound, from the moment 0 of its clock on."""

    samples: Samples
    rate: int


def mouth_in(video: Path) -> Mouth:
    """Measure every picture of a video in YUV 4:2:0."""
    times, heights = [], []
    with av.open(str(video)) as file:
        for frame in file.decode(video=0):
            planes = frame.to_ndarray(format="yuv420p")
            red = planes[frame.height + frame.height // 4 :].reshape(frame.height // 2, frame.width // 2)
            times.append(float(frame.time or 0.0))
            heights.append(_height(red.astype(np.float64)))
    return Mouth(np.array(times), np.array(heights))


def sound_in(video: Path) -> Sound:
    """Decode a file's sound; what comes before its pictures is cut off."""
    parts: list[Samples] = []
    rate, start_s = 1, 0.0
    with av.open(str(video)) as file:
        for frame in file.decode(audio=0):
            if not parts:
                rate, start_s = frame.sample_rate, float(frame.time or 0.0)
            parts.append(frame.to_ndarray()[0])
    samples, shift = np.concatenate(parts).astype(np.float32), round(start_s * rate)
    return Sound(samples[-shift:] if shift < 0 else np.concatenate([np.zeros(shift, np.float32), samples]), rate)


def seen_release(mouth: Mouth, start_s: float, heard_s: float) -> float | None:
    """When lips part in the pictures, by the rule that the sound is judged by; None: they are not seen to."""
    near = np.flatnonzero((mouth.times >= start_s - _BEFORE_S) & (mouth.times <= heard_s + _AFTER_S))
    if not len(near):
        return None
    closed = int(near[np.argmin(mouth.heights[near])])
    after = mouth.heights[closed : int(np.searchsorted(mouth.times, mouth.times[closed] + _OPENS_S))]
    if after.max() - after[0] < LEAST_OPEN:
        return None
    wanted = after[0] + RISE * (after.max() - after[0])
    at = closed + int(np.flatnonzero(after >= wanted)[0])
    return float(np.interp(wanted, mouth.heights[at - 1 : at + 1], mouth.times[at - 1 : at + 1]))


def _height(red: Table) -> float:
    rows, columns = red.shape
    box = red[round(_TOP * rows) : round(_BOTTOM * rows), round(_LEFT * columns) : round(_RIGHT * columns)]
    inside = np.clip((_SKIN - box) / (_SKIN - _NO_COLOUR), 0.0, 1.0)
    return float(inside.sum(axis=0).mean() / rows)
