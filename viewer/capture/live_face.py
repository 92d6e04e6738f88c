"""What is heard becomes a face over time: mirrored, calibrated, amplified, smoothed; and eased out when nothing comes.

    packet -> less the neutral face -> mirror -> gain -> One-Euro -> a face that is held, then rests

Pure: it is told the time, and knows no clock, no network and no window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL, SHAPE_INDEX, Expression
from viewer.capture.one_euro import OneEuro, Values
from viewer.performance.idle import smooth
from viewer.performance.layers import overridden
from viewer.performance.mirroring import reflection

# Seconds. A phone sends 30 to 60 faces a second: half a second without one is no hiccup any more.
HOLD_S, EASE_OUT_S, EASE_IN_S = 0.5, 1.0, 0.3
MOST_GAIN = 3.0
# One-Euro: at rest from 12 Hz, hardly any smoothing, to 0.8 Hz; a blink (about 12 a second) passes at over 25 Hz
# whatever is set. By eye, on a take with noise added.
_LIGHTEST_HZ, _STRONGEST_HZ, _BETA = 12.0, 0.8, 2.0
# A shape that is never below this at rest would hardly move: less of it is taken as neutral.
_MOST_NEUTRAL = 0.9
_LIMITS = np.array([1.0] * len(ARKIT_SHAPES) + list(HEAD_LIMITS_DEG.values()))
_OPPOSITES = [
    (f"eyeLook{one}{side}", f"eyeLook{other}{side}")
    for one, other in (("In", "Out"), ("Up", "Down"))
    for side in ("Left", "Right")
] + [("jawLeft", "jawRight"), ("mouthLeft", "mouthRight")]
_ONE = np.array([SHAPE_INDEX[one] for one, _ in _OPPOSITES])
_OTHER = np.array([SHAPE_INDEX[other] for _, other in _OPPOSITES])
_AXES = tuple(HEAD_LIMITS_DEG)
_MIRRORED = np.array(
    [SHAPE_INDEX[reflection(name)] for name in ARKIT_SHAPES] + [len(ARKIT_SHAPES) + i for i in range(3)]
)
_TURNED = np.array([1.0] * len(ARKIT_SHAPES) + [1.0 if axis == "pitch" else -1.0 for axis in _AXES])


@dataclass(frozen=True)
class LiveSettings:
    """How what is heard is shown. `gain` and `gains` (by shape or axis of the head) are factors, 0..`MOST_GAIN`."""

    neutral: Expression = NEUTRAL  # what the performer's resting face gives
    gain: float = 1.0
    gains: Mapping[str, float] = field(default_factory=dict)
    smoothing: float = 0.3  # 0: none .. 1: most
    mirrors: bool = False  # as in a mirror: the performer's left moves the right


class LiveFace:
    """A source of `viewer.performance.layers`: `hear` what comes, ask `at` for any moment after, on one clock."""

    def __init__(self, settings: LiveSettings | None = None) -> None:
        self._filter = OneEuro(_LIGHTEST_HZ, _BETA)
        self._raw: Expression | None = None
        self._face = NEUTRAL
        self._heard_s, self._level = 0.0, 0.0  # when a face came last, and how far it was in by then
        self._gains = np.ones(len(_LIMITS))
        self.configure(settings or LiveSettings())

    @property
    def settings(self) -> LiveSettings:
        """As they are."""
        return self._settings

    def configure(self, settings: LiveSettings) -> None:
        """Show what comes from now on in another way."""
        self._settings = settings
        self._neutral = _values(settings.neutral)
        names = (*ARKIT_SHAPES, *HEAD_LIMITS_DEG)
        gains = [settings.gain * settings.gains.get(name, 1.0) for name in names]
        self._gains = np.clip(gains, 0.0, MOST_GAIN)
        self._filter.cutoff_hz = _LIGHTEST_HZ * (_STRONGEST_HZ / _LIGHTEST_HZ) ** settings.smoothing

    def hear(self, face: Expression, time_s: float) -> None:
        """A face has come."""
        self._level = self.level(time_s)
        if self._level == 0.0:
            self._filter.forget()  # whoever is there now was not there before
        self._heard_s = max(time_s, self._heard_s)
        self._raw = face
        values = self._calibrated(_values(face))
        if self._settings.mirrors:
            values = values[_MIRRORED] * _TURNED
        values = np.clip(values * self._gains, -1.0, 1.0)
        if self._settings.smoothing > 0.0:
            values = self._filter.filtered(values, time_s)
        self._face = _expression(values)

    def forget(self) -> None:
        """Nobody is heard any more: at rest at once."""
        self._level, self._raw = 0.0, None
        self._heard_s = 0.0
        self._filter.forget()

    @property
    def is_heard(self) -> bool:
        """Whether there was a face since it was forgotten."""
        return self._raw is not None

    def calibrated(self) -> LiveSettings:
        """Settings that take what was heard last as neutral; as they are if nothing was."""
        if self._raw is None:
            return self._settings
        return replace(self._settings, neutral=self._raw)

    def level(self, time_s: float) -> float:
        """How much of the live face there is: 1 while it comes, falling to 0 when it stays away; linear in time."""
        if self._raw is None:
            return 0.0
        since_s = max(time_s - self._heard_s, 0.0)
        risen = min(self._level + min(since_s, HOLD_S) / EASE_IN_S, 1.0)
        return max(risen - max(since_s - HOLD_S, 0.0) / EASE_OUT_S, 0.0)

    def at(self, t: float) -> Expression:
        """The face of a moment: held for `HOLD_S`, at rest `EASE_OUT_S` later."""
        level = smooth(self.level(t))
        if level == 1.0:
            return self._face
        return NEUTRAL if level == 0.0 else overridden(NEUTRAL, self._face, level)

    def _calibrated(self, values: Values) -> Values:
        """Less the neutral face, so that what was at its end is there still; opposite shapes as one way to go."""
        neutral = np.minimum(self._neutral, _MOST_NEUTRAL)
        shapes = len(ARKIT_SHAPES)
        moved = values - self._neutral
        turns = moved[_ONE] - moved[_OTHER]
        moved[:shapes] = np.maximum(values[:shapes] - neutral[:shapes], 0.0) / (1.0 - neutral[:shapes])
        moved[_ONE], moved[_OTHER] = np.maximum(turns, 0.0), np.maximum(-turns, 0.0)
        return moved


def _values(face: Expression) -> Values:
    """Weights and the head's angles as (55,), each in parts of its limit."""
    row: Values = np.array((*face.weights, face.yaw, face.pitch, face.roll)) / _LIMITS
    return row


def _expression(values: Values) -> Expression:
    row = (values * _LIMITS).tolist()
    return Expression(tuple(row[: len(ARKIT_SHAPES)]), *row[len(ARKIT_SHAPES) :])
