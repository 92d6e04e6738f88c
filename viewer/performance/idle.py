"""Idle life: a face that does nothing and lives. Blinks, glances, breath; the same seed gives the same life.

Only differences from rest come out of it, to be added beneath everything else (`viewer.performance.layers`): a blink
joins what the lids do anyway, and glances and breath fade where another source looks or turns by itself.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass

from gpu_core.expression import NEUTRAL, Expression
from viewer.performance.easing import smoothstep
from viewer.performance.score import BLINK_DOWN_S, BLINK_LAG_S, BLINK_SHUT_S, BLINK_UP_S, SACCADE_S, SACCADE_S_PER_DEG

# Blinks a minute at rest and in conversation, medians of 150 people: Bentivoglio et al., Mov. Disord. 12(6), 1997.
AT_REST, IN_CONVERSATION = 17.0, 26.0
# The intervals are skewed to the right; a log-normal of this width looks like the histograms of the same paper.
BLINK_SPREAD, SHORTEST_S = 0.55, 0.6
# Seconds of looking at the other and away, listening, mean and deviation; sizes in degrees as -6.9 ln(P / 15.7), P in
# percent; shares of the eight directions from right counter-clockwise: Lee, Badler and Badler, Eyes Alive, 2002.
LOOKING_S, AWAY_S = (7.9, 1.6), (0.43, 0.24)
_SIZE_DEG, _SIZE_PERCENT = 6.9, 15.7
_DIRECTIONS = (15.54, 6.46, 17.69, 7.44, 16.80, 7.89, 20.38, 7.79)
FARTHEST_DEG = 9.0  # a viewer's face that looks further away by itself seems absent; chosen by eye
# While looking at somebody the eyes go on moving between the other's eyes and mouth; chosen by eye.
_WITHIN_DEG, _WITHIN_S = 0.9, (0.5, 1.6)
BREATHS_PER_MINUTE = 14.0  # of 12 to 20 in adults
_BREATH_DEG = 0.35
# Sway: sines whose periods have no common multiple, in seconds; amplitudes in degrees, by eye.
_SWAY = {"yaw": ((11.3, 0.5), (4.7, 0.18)), "pitch": ((13.9, 0.3), (5.9, 0.12)), "roll": ((17.1, 0.35),)}


@dataclass(frozen=True)
class Glance:
    """The eyes' way to another place, in degrees; positive yaw is the character's left, positive pitch down."""

    start_s: float
    yaw: float
    pitch: float


class IdleLife:
    """Differences from rest over time, any time from 0 on. The past is kept: an hour of it is a few thousand events."""

    def __init__(self, seed: int = 1, blinks_per_minute: float = AT_REST) -> None:
        # One dice each, or how far somebody looked ahead would change what comes.
        self._lid_chance, self._eye_chance = random.Random(seed), random.Random(seed + 1)
        self._mean_s = 60.0 / blinks_per_minute
        self._blinks = [self._interval()]
        self._glances = [Glance(0.0, 0.0, 0.0)]
        self._leaves_s = self._duration(LOOKING_S)  # when the eyes leave the other

    def at(self, t: float) -> Expression:
        """The differences `t` seconds in."""
        self._live_until(t + 1.0)
        left, right = (self._lid(t - lag) for lag in (0.0, BLINK_LAG_S))
        yaw, pitch = self._gaze(t)
        face = NEUTRAL.with_gaze(yaw, pitch).with_weights({"eyeBlinkLeft": left, "eyeBlinkRight": right})
        breath = _BREATH_DEG * math.sin(2 * math.pi * BREATHS_PER_MINUTE / 60 * t)
        sway = {axis: sum(size * math.sin(2 * math.pi * t / s) for s, size in parts) for axis, parts in _SWAY.items()}
        return face.with_head(yaw=sway["yaw"], pitch=sway["pitch"] + breath, roll=sway["roll"])

    def blinks(self, until_s: float) -> tuple[float, ...]:
        """When the lids begin to close, up to a time."""
        self._live_until(until_s)
        return tuple(start for start in self._blinks if start < until_s)

    # -- what is going to happen -------------------------------------------------------------------------------------
    def _live_until(self, t: float) -> None:
        while self._blinks[-1] <= t:
            self._blinks.append(self._blinks[-1] + self._interval())
        while self._glances[-1].start_s <= t:
            self._glances.append(self._next_glance(self._glances[-1].start_s))

    def _interval(self) -> float:
        middle = math.log(self._mean_s) - BLINK_SPREAD**2 / 2  # so that the mean is as asked for
        return max(self._lid_chance.lognormvariate(middle, BLINK_SPREAD), SHORTEST_S)

    def _next_glance(self, after_s: float) -> Glance:
        if after_s >= self._leaves_s:  # away now: back to the other
            start_s = after_s + self._duration(AWAY_S)
            self._leaves_s = start_s + self._duration(LOOKING_S)
            return Glance(start_s, 0.0, 0.0)
        start_s = after_s + self._eye_chance.uniform(*_WITHIN_S)
        if start_s >= self._leaves_s:
            self._leaves_s = start_s
            return Glance(start_s, *self._away())
        return Glance(start_s, self._eye_chance.gauss(0, _WITHIN_DEG / 2), self._eye_chance.gauss(0, _WITHIN_DEG / 2))

    def _away(self) -> tuple[float, float]:
        size = min(-_SIZE_DEG * math.log(self._eye_chance.uniform(0.5, 15.0) / _SIZE_PERCENT), FARTHEST_DEG)
        (way,) = self._eye_chance.choices(range(8), _DIRECTIONS)
        # Seen from the front, right is the character's left; up is a negative pitch.
        return size * math.cos(math.radians(45 * way)), -size * math.sin(math.radians(45 * way))

    def _duration(self, mean_and_deviation: tuple[float, float]) -> float:
        mean, deviation = mean_and_deviation
        return max(self._eye_chance.gauss(mean, deviation), 0.2)

    # -- what happens ------------------------------------------------------------------------------------------------
    def _lid(self, t: float) -> float:
        place = bisect_right(self._blinks, t) - 1
        return closed(t - self._blinks[place]) if place >= 0 else 0.0

    def _gaze(self, t: float) -> tuple[float, float]:
        place = bisect_right(self._glances, t, key=lambda glance: glance.start_s) - 1
        now, before = self._glances[max(place, 0)], self._glances[max(place - 1, 0)]
        size = math.hypot(now.yaw - before.yaw, now.pitch - before.pitch)
        share = smooth((t - now.start_s) / (SACCADE_S + SACCADE_S_PER_DEG * size))
        return before.yaw + share * (now.yaw - before.yaw), before.pitch + share * (now.pitch - before.pitch)


def closed(since_s: float) -> float:
    """How far a lid is closed so long after it began to: 0..1."""
    if since_s < BLINK_DOWN_S:
        return smooth(since_s / BLINK_DOWN_S)
    return 1.0 - smooth((since_s - BLINK_DOWN_S - BLINK_SHUT_S) / BLINK_UP_S)


def smooth(share: float) -> float:
    """From 0 to 1 without a jerk; what lies beyond is held."""
    return smoothstep(min(max(share, 0.0), 1.0))
