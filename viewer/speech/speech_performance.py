"""A face that speaks: lips, feelings and gestures put together into a performance like any other.

Spoken -> segments -> coarticulation --+--> lips, contacts last: a p closes whatever is felt
Analysis -> feelings, around the mouth held back while it speaks
         -> gestures, idle life beneath all
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gpu_core.expression import ARKIT_SHAPES, HEAD_LIMITS_DEG, NEUTRAL, SHAPE_INDEX, Expression
from viewer.performance.idle import IdleLife
from viewer.performance.layers import LivingBeneath
from viewer.speech.analysis import Analysis
from viewer.speech.coarticulation import Table, articulated, near
from viewer.speech.contacts import with_contacts
from viewer.speech.feeling import felt, lane_over_time, shapes_of
from viewer.speech.gestures import BETWEEN_PHRASES, Gestures, gestures
from viewer.speech.joining import LEAD_S
from viewer.speech.releases import as_heard
from viewer.speech.spoken import Spoken
from viewer.speech.visemes import SILENCE, Segment, mouth_shapes, segments

RATE = 100.0  # rows a second: a contact's flanks have seven of them
_MOUTH = tuple(name for name in ARKIT_SHAPES if name.startswith(("mouth", "jaw", "tongue")))
_HELD_BACK = 0.55  # of a feeling's mouth while words are made
_WIDER = 0.25  # excited people open their mouths so much further


@dataclass(frozen=True, eq=False)
class SpeechPerformance:
    """Rows of the face, `RATE` a second, linear between them, with idle life beneath. See `builtin.Performance`."""

    title: str
    spoken: Spoken
    analysis: Analysis
    rows: Table = field(repr=False)  # (n, 52 + 3): weights in ARKIT_SHAPES order, then the head's angles in degrees
    living: LivingBeneath | None = field(repr=False, default=None)
    key: str = "speech"
    loops: bool = False

    @property
    def duration_s(self) -> float:
        """As long as the sound."""
        return self.spoken.duration_s

    def at(self, t: float) -> Expression:
        """The face `t` seconds in."""
        return self.living.at(t) if self.living is not None else Rows(self.rows).at(t)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows as a source of expressions, beneath which life goes on."""

    rows: Table

    def at(self, t: float) -> Expression:
        place = min(max(t * RATE, 0.0), len(self.rows) - 1.0)
        low = int(place)
        high = min(low + 1, len(self.rows) - 1)
        row = self.rows[low] + (place - low) * (self.rows[high] - self.rows[low])
        weights = row[: len(ARKIT_SHAPES)].tolist()
        return Expression(tuple(weights), *row[len(ARKIT_SHAPES) :].tolist()).clamped()[0]


def speech_performance(
    analysis: Analysis, spoken: Spoken, *, title: str = "", seed: int = 1, with_life: bool = True
) -> SpeechPerformance:
    """The performance of a text that a voice has spoken. `seed` chooses blinks and glances."""
    count = max(round(spoken.duration_s * RATE), 1) + 1
    times = np.arange(count) / RATE
    made = segments(as_heard(spoken).phones)
    moved = gestures(analysis, spoken, times, seed)
    feelings = shapes_of(felt(analysis, spoken, times), times)
    shapes = _mouth(made, analysis, spoken, times)
    shapes = _joined(shapes, feelings, _speaking(made, times))
    shapes = with_contacts(shapes, made, times)
    rows = _table(shapes, moved, feelings, times)
    living = LivingBeneath(Rows(rows), IdleLife(seed, BETWEEN_PHRASES)) if with_life else None
    return SpeechPerformance(title or _title(analysis), spoken, analysis, rows, living)


def _mouth(made: tuple[Segment, ...], analysis: Analysis, spoken: Spoken, times: Table) -> dict[str, Table]:
    table = articulated(made, times)
    wider = 1.0 + _WIDER * lane_over_time(analysis.excitement, analysis, spoken, times)
    table *= np.minimum(times / LEAD_S, 1.0)[:, None]  # from rest, whatever the first sound is
    shapes = dict(zip(mouth_shapes(), table.T, strict=True))
    shapes["jawOpen"] = np.minimum(shapes["jawOpen"] * wider, 1.0)
    return shapes


def _speaking(made: tuple[Segment, ...], times: Table) -> Table:
    """1 while words are made, 0 in pauses, eased over a tenth of a second."""
    lane = np.zeros(len(times))
    for segment in made:
        if segment.viseme != SILENCE:
            lane[near(times, segment.start_s - 0.05, segment.end_s + 0.05)] = 1.0
    width = round(0.1 * RATE)
    result: Table = np.convolve(lane, np.ones(width) / width, "same")
    return result


def _joined(shapes: dict[str, Table], feelings: Mapping[str, Table], speaking: Table) -> dict[str, Table]:
    """The mouth's work and the feelings' shapes; around the mouth these are held back while it speaks."""
    result = dict(shapes)
    for name, values in feelings.items():
        if name in HEAD_LIMITS_DEG:
            continue
        left = 1.0 - _HELD_BACK * speaking if name in _MOUTH else 1.0
        result[name] = 1.0 - (1.0 - result.get(name, 0.0)) * (1.0 - left * values)
    return result


def _table(shapes: Mapping[str, Table], moved: Gestures, feelings: Mapping[str, Table], times: Table) -> Table:
    table = np.zeros((len(times), len(ARKIT_SHAPES) + len(HEAD_LIMITS_DEG)))
    for place, name in enumerate(ARKIT_SHAPES):
        one, other = (source.get(name, np.zeros(len(times))) for source in (shapes, moved.shapes))
        table[:, place] = 1.0 - (1.0 - one) * (1.0 - other)
    _look(table, moved.gaze)
    for place, axis in enumerate(HEAD_LIMITS_DEG, len(ARKIT_SHAPES)):
        table[:, place] = moved.head[axis] + feelings.get(axis, 0.0)
    np.clip(table[:, : len(ARKIT_SHAPES)], 0.0, 1.0, out=table[:, : len(ARKIT_SHAPES)])
    return table


def table_of(shapes: Mapping[str, Table]) -> Table:
    """Rows of a face whose shapes are given over time, the head straight."""
    length = len(next(iter(shapes.values())))
    table = np.zeros((length, len(ARKIT_SHAPES) + len(HEAD_LIMITS_DEG)))
    for name, values in shapes.items():
        table[:, SHAPE_INDEX[name]] = np.clip(values, 0.0, 1.0)
    return table


def _look(table: Table, gaze: Mapping[str, Table]) -> None:
    """Glances on top of what a feeling does with the eyes."""
    for row in np.flatnonzero(gaze["yaw"] + gaze["pitch"]):
        look = NEUTRAL.with_gaze(float(gaze["yaw"][row]), float(gaze["pitch"][row]))
        for place, name in enumerate(ARKIT_SHAPES):
            if name.startswith("eyeLook"):
                table[row, place] = max(table[row, place], look.weights[place])


def _title(analysis: Analysis) -> str:
    text = " ".join(analysis.text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"
