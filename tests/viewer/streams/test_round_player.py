"""viewer.streams.round_player: what a process that measures says of each of its engines."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pytest

from tests.viewer.streams.flat_batch import FlatBatch
from viewer.streams import round_player
from viewer.streams.round_orders import RoundOrder
from viewer.streams.round_player import Rounds
from viewer.streams.values import StreamForm


@pytest.mark.gl
def test_engines_are_opened_once_and_their_memory_is_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    resident = iter([100.0, 110.0, 150.0, 150.0, 400.0])

    class Opened(FlatBatch):
        def __enter__(self) -> Opened:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def open_engine(_face: object, _generator: object, settings: Any) -> Opened:
        opened.append(settings)
        return Opened(settings.faces, depth=settings.depth)

    monkeypatch.setattr("gpu_core.engine.open_engine", open_engine)
    monkeypatch.setattr(round_player, "_resident_mb", lambda: next(resident))
    monkeypatch.setattr(round_player, "_WARM_UP_S", 0.0)
    with ExitStack() as owned:
        rounds = Rounds(StreamForm(size=16), owned)
        answers = [json.loads(rounds.play(RoundOrder(way, 2))) for way in ("serial", "batch", "serial")]
    assert [settings.faces for settings in opened] == [1, 2]
    assert [answer["memory_mb"] for answer in answers] == [140.0, 350.0, 140.0]
    assert answers[0]["engine"] == "numpy"
