"""A performance written down: a JSON table of poses, words, blinks and glances, played as smooth curves.

The tables are in `resources/presets/performances/`. All times are seconds from the start, all angles degrees; signs are
those of `gpu_core.expression.Expression`. A score repeats seamlessly after `duration_s`.

    poses       name -> {shape: weight}. `mouthSmile` stands for both sides, the right one scaled by `lean`.
                Besides shapes: yaw, pitch, roll (the head), look_yaw, look_pitch (where the eyes look, seen from
                the shoulders: 0, 0 is the camera, whatever the head does meanwhile).
    pose_keys   [time, pose]: equal neighbours hold, different ones are eased between
    visemes     like poses, for the mouth while it speaks
    speech      [start, words, "viseme:milliseconds ..."]; a pause is what no phrase covers
    tracks      channel -> [[time, value], ...]
    fixations   [time, look_yaw, look_pitch, head_yaw, head_pitch]: the eyes jump there, the head follows
    blinks_s    when the lids begin to close

Layers that move the same shape are joined as 1 - (1 - a)(1 - b): still smooth, and never above 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpu_core.expression import ARKIT_SHAPES, SHAPE_INDEX, Expression, shape_index
from viewer.performance.curves import Curve, PerformanceError

ANGLES = ("yaw", "pitch", "roll", "look_yaw", "look_pitch")

# A spontaneous blink: fast down, shut for a moment, slower up (VanderWerf et al., J. Neurophysiol. 89, 2003). Shut for
# 50 ms, so that a video at 30 frames a second has a frame of it. The second eye is never quite in time with the first.
BLINK_DOWN_S, BLINK_SHUT_S, BLINK_UP_S, BLINK_LAG_S = 0.085, 0.05, 0.17, 0.008
# The saccadic main sequence: about 2.2 ms a degree on top of 21 ms (Carpenter, Movements of the Eyes, 1988).
SACCADE_S, SACCADE_S_PER_DEG = 0.021, 0.0022
# The head sets off after the eyes and takes its time; chosen by eye.
HEAD_LAG_S, HEAD_MOVE_S, HEAD_S_PER_DEG = 0.08, 0.32, 0.012
# Beyond these an eye does not turn; a little less than a weight of 1, so that the soft limit has room.
EYE_YAW_DEG, EYE_PITCH_DEG = 24.0, 17.0
# The mouth leaves rest this long before a phrase and is back at rest this long after it.
ONSET_S, RELEASE_S = 0.09, 0.16
# Consonants made by lips that touch, and vowels longer than this, are held and not only passed through.
HELD_VISEMES, LONG_S = frozenset({"PP", "FF"}), 0.13

Pose = Mapping[str, float]


@dataclass(frozen=True)
class Score:
    """A performance that plays curves: see `viewer.performance.builtin.Performance`."""

    key: str
    title: str
    duration_s: float
    shapes: tuple[tuple[int, tuple[Curve, ...]], ...]  # index in ARKIT_SHAPES and what moves it
    angles: Mapping[str, tuple[Curve, ...]]
    loops: bool = True

    def at(self, t: float) -> Expression:
        """The face `t` seconds in; any `t`, the score repeats."""
        weights = [0.0] * len(ARKIT_SHAPES)
        for index, curves in self.shapes:
            weights[index] = _joined(curve(t) for curve in curves)
        for side in ("Left", "Right"):  # a lid cannot be shut and wide open
            weights[SHAPE_INDEX[f"eyeWide{side}"]] *= 1.0 - weights[SHAPE_INDEX[f"eyeBlink{side}"]]
        yaw, pitch, roll, look_yaw, look_pitch = (sum(c(t) for c in self.angles[name]) for name in ANGLES)
        face = Expression(tuple(weights), yaw, pitch, roll)
        return face.with_gaze(_limited(look_yaw - yaw, EYE_YAW_DEG), _limited(look_pitch - pitch, EYE_PITCH_DEG))


def read_score(path: Path) -> Score:
    """The score in a JSON file; its key is the file's name.

    Raises:
        MienError: the file cannot be read or is no score; the text names it and what is wrong.
    """
    try:
        return score(path.stem, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PerformanceError(f"{path}: no performance: {error!r}") from error


def score(key: str, table: Mapping[str, Any]) -> Score:
    """The score of a table as the module describes it."""
    period = float(table["duration_s"])
    lean = table.get("lean", {})
    poses = {name: _both_sides(pose, lean) for name, pose in table.get("poses", {}).items()}
    visemes = {name: _both_sides(pose, lean) for name, pose in table.get("visemes", {}).items()}
    layers = [
        _pose_layer(table.get("pose_keys", ()), poses, period),
        _pose_layer(_viseme_keys(table.get("speech", ()), period), {"sil": {}, **visemes}, period),
        _track_layer(table.get("tracks", {}), lean, period),
        _glance_layer(table.get("fixations", ()), period),
        _blink_layer(table.get("blinks_s", ()), period),
    ]
    curves: dict[str, tuple[Curve, ...]] = dict.fromkeys(ANGLES, ())
    for layer in layers:
        for name, curve in layer.items():
            curves[name] = (*curves.get(name, ()), curve)
    shapes = tuple((shape_index(name), curves[name]) for name in curves if name not in ANGLES)
    return Score(key, str(table["title"]), period, shapes, {name: curves[name] for name in ANGLES})


def _both_sides(pose: Pose, lean: Pose) -> dict[str, float]:
    """A pose with `mouthSmile` written out as its two sides, the right one scaled by the performer's lean."""
    sides: dict[str, float] = {}
    for name, value in pose.items():
        if f"{name}Left" in SHAPE_INDEX:
            sides |= {f"{name}Left": value, f"{name}Right": value * lean.get(name, 1.0)}
        else:
            sides[name] = value
    return sides


def _pose_layer(keys: Iterable[tuple[float, str]], poses: Mapping[str, Pose], period: float) -> dict[str, Curve]:
    rows = [(time, poses[name]) for time, name in keys]
    channels = dict.fromkeys(name for _, pose in rows for name in pose)
    return {
        channel: Curve.through([(time, pose.get(channel, 0.0)) for time, pose in rows], period) for channel in channels
    }


def _viseme_keys(speech: Iterable[tuple[float, str, str]], period: float) -> list[tuple[float, str]]:
    """(time, viseme) keys of the phrases, with rest in the pauses; a shorter gap is passed through without resting."""
    phrases = [(float(start), _phones(phones)) for start, _, phones in speech]
    ends = [start + sum(length for _, length in phones) for start, phones in phrases]
    keys: list[tuple[float, str]] = []
    for (start, phones), end in zip(phrases, [end - period for end in ends[-1:]] + ends[:-1], strict=True):
        if start - ONSET_S > end + RELEASE_S:
            keys += [(end + RELEASE_S, "sil"), (start - ONSET_S, "sil")]
        keys += _phone_keys(start, phones)
    return keys


def _phones(text: str) -> list[tuple[str, float]]:
    """("aa", seconds) of each "aa:120"; a bar between words is for the reader."""
    phones = (phone.partition(":") for phone in text.split() if phone != "|")
    return [(name, float(length) / 1000) for name, _, length in phones]


def _phone_keys(start: float, phones: Iterable[tuple[str, float]]) -> list[tuple[float, str]]:
    """Each sound is fully itself at its middle; the ways between are the co-articulation."""
    keys: list[tuple[float, str]] = []
    for name, length in phones:
        held = name in HELD_VISEMES or length > LONG_S
        keys += [(start + length * part, name) for part in ((0.3, 0.7) if held else (0.5,))]
        start += length
    return keys


def _track_layer(tracks: Mapping[str, Iterable[tuple[float, float]]], lean: Pose, period: float) -> dict[str, Curve]:
    layer: dict[str, Curve] = {}
    for name, rows in tracks.items():
        keys = list(rows)
        for channel, scale in _both_sides({name: 1.0}, lean).items():
            layer[channel] = Curve.through([(time, value * scale) for time, value in keys], period)
    return layer


def _glance_layer(fixations: Iterable[tuple[float, float, float, float, float]], period: float) -> dict[str, Curve]:
    """The eyes jump to each fixation; the head follows, the eyes turning back against it to stay on the spot."""
    rows = list(fixations)
    keys: dict[str, list[tuple[float, float]]] = {name: [] for name in ("look_yaw", "look_pitch", "yaw", "pitch")}
    for (_, *old), (time, *new) in zip([*rows[-1:], *rows[:-1]], rows, strict=True):
        jump = max(abs(new[0] - old[0]), abs(new[1] - old[1]))
        turn = max(abs(new[2] - old[2]), abs(new[3] - old[3]))
        eyes = (time, time + SACCADE_S + SACCADE_S_PER_DEG * jump)
        head = (time + HEAD_LAG_S, time + HEAD_LAG_S + HEAD_MOVE_S + HEAD_S_PER_DEG * turn)
        for name, before, after, (start, end) in zip(keys, old, new, (eyes, eyes, head, head), strict=True):
            keys[name] += [(start, before), (end, after)]
    return {name: Curve.through(points, period) for name, points in keys.items() if points}


def _blink_layer(blinks_s: Iterable[float], period: float) -> dict[str, Curve]:
    shut, opening = BLINK_DOWN_S, BLINK_DOWN_S + BLINK_SHUT_S
    stroke = ((0.0, 0.0), (shut, 1.0), (opening, 1.0), (opening + BLINK_UP_S, 0.0))
    starts = list(blinks_s)
    return {
        f"eyeBlink{side}": Curve.through([(s + lag + t, v) for s in starts for t, v in stroke], period)
        for side, lag in (("Left", 0.0), ("Right", BLINK_LAG_S))
        if starts
    }


def _joined(values: Iterable[float]) -> float:
    rest = 1.0
    for value in values:
        rest *= 1.0 - value
    return 1.0 - rest


def _limited(angle: float, limit: float) -> float:
    """`angle` where it is small, never beyond `limit`, smooth all the way."""
    return float(angle / (1.0 + (angle / limit) ** 4) ** 0.25)
