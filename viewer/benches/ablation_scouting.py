"""Before the ablation is measured: which step is tried on top of which, and which of them stay for `full`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gpu_core.engine import Engine
from gpu_core.errors import MienError
from gpu_core.face import FaceAsset
from gpu_core.neural.model import GeneratorModel
from viewer.benches.ablation_figures import Lane
from viewer.benches.ablation_rounds import Round, likeness, pictures, play_round, scene, spread_expressions
from viewer.benches.ablation_rows import FULL, Row, Step
from viewer.benches.as_asked import wait_as_asked

TRIALS = 5  # rounds that decide whether a step stays
PAYS = 1.02  # so many times as fast as what it stands on, or as cheap
NOISE = 0.95  # what is cheaper may look so much slower
ALIKE_FLIP = 0.010  # against classic, mean of the pictures: what nobody sees, as `precisions.file_to_run` has it
EXPRESSIONS = 8  # moments at which pictures are compared


class Scouting:
    """Opens a lane for every row that can be had, in the table's order. Needs a current GL context.

    Attributes:
        lanes: the rows at work, classic first.
        missing: the others, each with its place in the table.

    Raises:
        MienError: the classic path cannot run here.
    """

    def __init__(
        self, opened: ExitStack, face: FaceAsset, generator: GeneratorModel, classic: Row, *, frames: int
    ) -> None:
        self._opened, self._face, self._generator, self._frames = opened, face, generator, frames
        self._shown = spread_expressions(EXPRESSIONS)
        self._wanted: list[NDArray[np.float32]] = []
        self._best = self._open(classic)
        self.lanes = [self._best]
        self.missing: list[tuple[int, Row]] = []
        say("trying classic")
        rounds = [play_round(self._best.engine, scene(number, frames)) for number in range(TRIALS)]
        self._latest_ms = max(float(np.median(one.latency_ms)) for one in rounds)

    def climb(self, steps: Sequence[Step]) -> None:
        """Try steps that belong together: all stand on the first of them, and on those after it that pay."""
        stand: Lane | None = None
        for step in steps:
            row = Row(step.name, step.adds, step.on((stand or self._best).row.settings))
            say(f"trying {row.name}")
            try:
                lane = self._open(row)
            except MienError as reason:
                place = len(self.lanes) + len(self.missing)
                self.missing.append((place, replace(row, missing=str(reason), kept=False)))
                if stand is None:
                    self._leave_out(steps[1:], str(reason))
                    return
                continue
            self.lanes.append(lane)
            if stand is None or self._pays(lane, stand):
                stand = lane
            else:
                lane.row = replace(row, kept=False)
        if stand is not None and self._pays(stand, self._best):
            self._best = stand

    def _leave_out(self, steps: Sequence[Step], reason: str) -> None:
        for step in steps:
            row = Row(step.name, step.adds, step.on(self._best.row.settings), missing=reason, kept=False)
            self.missing.append((len(self.lanes) + len(self.missing), row))

    def open_full(self) -> None:
        """The best combination once more, in an engine of its own, as the last lane."""
        best = self._best.row
        self.lanes.append(self._open(Row(FULL, f"the best of these: {best.name}", best.settings)))

    def _open(self, row: Row) -> Lane:
        engine = self._opened.enter_context(Engine(self._face, self._generator, row.settings))
        wait_as_asked(engine, row.settings)
        made = pictures(engine, self._shown)
        self._wanted = self._wanted or made  # the first is classic
        return Lane(row, engine, likeness(made, self._wanted))

    def _pays(self, lane: Lane, stand: Lane) -> bool:
        """Whether it looks like classic, and in some rounds beside what it stands on is faster or cheaper."""
        if np.mean(lane.likeness.flip) > ALIKE_FLIP:
            return False
        play_round(lane.engine, scene(0, self._frames))
        new, old = list[Round](), list[Round]()
        for number in range(1, TRIALS + 1):
            shown = scene(number, self._frames)
            new.append(play_round(lane.engine, shown))
            old.append(play_round(stand.engine, shown))
        # The best of each: neighbours that take the cores make rounds slower, never quicker.
        faster = max(one.fps for one in new) / max(one.fps for one in old)
        cheaper = min(one.core_ms for one in old) / min(one.core_ms for one in new)
        answers = min(float(np.median(one.latency_ms)) for one in new)
        return answers <= self._latest_ms and (faster >= PAYS or (faster >= NOISE and cheaper >= PAYS))


def say(text: str) -> None:
    """How far it is, on one line that is written over; only for somebody who looks."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
