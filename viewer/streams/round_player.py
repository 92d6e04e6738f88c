"""A process that plays a planner's rounds: a GL context of its own, and an engine for each kind of round.

    python -m viewer.streams.round_player [PARENT]

Down its input come a line of forms, whose first says what is streamed, and orders (`viewer.streams.round_orders`); up
comes an answer to each. It ends with its input, and with its parent.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import psutil

from gpu_core.errors import MienError
from gpu_core.settings import EngineSettings
from viewer.streams.messages import read_forms
from viewer.streams.round_encoding import Beside, InTurn
from viewer.streams.round_orders import CLASSIC, SERIAL, RoundOrder, failed_line, played_line, read_order
from viewer.streams.round_playing import RoundPlayed, play_full, play_serial
from viewer.streams.values import StreamForm
from viewer.streams.worker_life import Life

if TYPE_CHECKING:
    from gpu_core.engine import Engine

_LISTEN_S, _PLAN_S = 0.2, 900.0  # a plan may have to be built
_MEBIBYTE = 1 << 20
_WARM_UP_S = 0.3


def main(arguments: list[str]) -> int:
    """Answer orders until the input ends."""
    life = Life(int(arguments[0]) if arguments else 0, still_s=_PLAN_S)
    life.begin()
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what others print is no answer
    lines: SimpleQueue[bytes] = SimpleQueue()
    life.listen(sys.stdin.fileno(), lines.put)
    try:
        _answer_all(life, lines, answers)
    finally:
        life.close()
    return 0


def _answer_all(life: Life, lines: SimpleQueue[bytes], answers: int) -> None:
    line = _next(life, lines)
    if line is None:
        return
    with ExitStack() as owned:
        rounds: Rounds | None = None
        form = read_forms(line)[0]
        while (line := _next(life, lines)) is not None:
            try:
                rounds = rounds or Rounds(form, owned)
                answer = rounds.play(read_order(line))
            except MienError as error:
                answer = failed_line(str(error))
            os.write(answers, answer)


def _next(life: Life, lines: SimpleQueue[bytes]) -> bytes | None:
    while not life.is_over:
        life.tick()
        try:
            return lines.get(timeout=_LISTEN_S)
        except Empty:
            continue
    return None


class Rounds:
    """The engines of this process, opened when they are first asked for and kept: rounds take turns."""

    def __init__(self, form: StreamForm, owned: ExitStack) -> None:
        from gpu_core.gl.context import headless_context

        self._form, self._owned = form, owned
        owned.enter_context(headless_context())
        self._bare_mb = _resident_mb()
        self._engines: dict[EngineSettings, tuple[Engine, float]] = {}

    def play(self, order: RoundOrder) -> bytes:
        """Play one round; returns the line that answers it.

        Raises:
            MienError: there is no such engine here, or it failed.
        """
        engine, memory_mb = self._engine(order)
        wait_s = order.start_s - time.monotonic()
        if wait_s > 0.0:
            time.sleep(wait_s)
        played = replace(_play(engine, order, self._form), memory_mb=memory_mb)
        return played_line(played, engine.path_state.engine)

    def _engine(self, order: RoundOrder) -> tuple[Engine, float]:
        from gpu_core.engine import open_engine

        settings = order.settings(self._form)
        if settings not in self._engines:
            before_mb = _resident_mb()
            engine = self._owned.enter_context(open_engine(self._form.face, self._form.generator, settings))
            _wait_for_plan(engine)
            _play(engine, replace(order, seconds=_WARM_UP_S), self._form)
            # As if it were the only one: what the others take is not this way's.
            self._engines[settings] = engine, self._bare_mb + _resident_mb() - before_mb
        return self._engines[settings]


def _play(engine: Engine, order: RoundOrder, form: StreamForm) -> RoundPlayed:
    is_serial = order.way in (CLASSIC, SERIAL)
    encoders = (InTurn if is_serial else Beside)(order.faces, form.size, form.video)
    try:
        if is_serial:
            return play_serial(engine, order.faces, order.seconds, encoders)
        return play_full(engine, order.seconds, encoders, first=order.first)
    finally:
        encoders.close()


def _wait_for_plan(engine: Engine) -> None:
    end_s = time.monotonic() + _PLAN_S
    while engine.path_state.building is not None and time.monotonic() < end_s:
        time.sleep(_LISTEN_S)
        engine.collect(wait=False)  # there the path moves on


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / _MEBIBYTE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
