"""viewer.streams.planner: rounds that take turns, medians, and plans kept from before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.viewer.streams.test_plan import plan
from viewer.streams import planner
from viewer.streams.plan_cache import PlanCache
from viewer.streams.planner import key_of, measure, plan_of, planned, sample_of
from viewer.streams.round_playing import RoundPlayed
from viewer.streams.values import StreamForm

FORM = StreamForm(size=256)


class FakePlayers:
    """Makes `rates` by way, times the number of faces where it is a batch's; notes who was asked, in order."""

    engine = ""

    def __init__(self, rates: dict[str, list[float]]) -> None:
        self.rates = {way: list(made) for way, made in rates.items()}
        self.opened: list[tuple[str, int]] = []
        self.asked: list[tuple[str, int]] = []

    def ready(self, way: str, faces: int) -> None:
        self.opened.append((way, faces))

    def play(self, way: str, faces: int, seconds: float) -> list[RoundPlayed]:
        self.asked.append((way, faces))
        self.engine = "numpy fp32" if way == "classic" else "numpy int8"
        rate = self.rates[way][(len([one for one in self.asked if one == (way, faces)]) - 1) % len(self.rates[way])]
        if way == "workers":
            return [RoundPlayed(rate * seconds / faces, seconds, seconds, (20.0, 40.0), 100.0) for _ in range(faces)]
        return [RoundPlayed(rate * seconds, seconds, 2 * seconds, (20.0,), 150.0)]


def test_processes_that_play_together_add_up() -> None:
    sample = sample_of([RoundPlayed(10.0, 1.0, 0.9, (10.0,) * 19, 100.0), RoundPlayed(30.0, 2.0, 1.8, (50.0,), 120.0)])
    assert sample.faces_per_s == pytest.approx(25.0)
    assert sample.p50_ms == 10.0
    assert 10.0 < sample.p95_ms < 50.0
    assert sample.cpu_percent == pytest.approx(180.0)
    assert sample.core_ms == pytest.approx(1e3 * 2.7 / 40.0)
    assert sample.memory_mb == 220.0
    assert sample_of([RoundPlayed(0.0, 0.0, 0.0, ())]).faces_per_s == 0.0


def test_rounds_take_turns_forwards_and_backwards() -> None:
    players = FakePlayers({"workers": [30.0], "batch": [30.0]})
    measure(players, faces=(2, 1), rounds=2, seconds=1.0)
    forwards = [("workers", 1), ("batch", 1), ("workers", 2), ("batch", 2)]
    assert players.opened == forwards, "all is opened before anything is measured"
    assert players.asked == forwards + forwards[::-1]


def test_medians_of_the_rounds_count() -> None:
    said = measure(FakePlayers({"workers": [10.0, 500.0, 30.0], "batch": [20.0]}), faces=(1,), rounds=3)
    points = {point.way: point for point in (one.point() for one in said)}
    assert points["workers"].faces_per_s == 30.0
    assert points["batch"].faces_per_s == 20.0
    assert points["batch"].cpu_percent == 200.0


def test_what_is_only_there_to_compare_with_is_no_part_of_the_plan() -> None:
    said = measure(FakePlayers({"workers": [30.0], "batch": [20.0], "serial": [10.0], "classic": [5.0]}),
                   ways=("serial", "batch", "workers", "classic"), faces=(1,), rounds=1)  # fmt: skip
    made = plan_of(key_of(FORM), said)
    assert made.ways == ("workers", "batch")
    assert made.is_whole
    assert made.made
    assert made.engine == "numpy int8"


def test_a_key_tells_generators_sizes_and_precisions_apart(tmp_path: Path) -> None:
    file = tmp_path / "own.onnx"
    file.write_bytes(b"1")
    forms = [FORM, replace(FORM, size=512), replace(FORM, precision="fp32"), replace(FORM, generator=file),
             replace(FORM, generator=tmp_path / "missing.onnx")]  # fmt: skip
    assert len({key_of(form) for form in forms}) == len(forms)
    before = key_of(forms[3])
    file.write_bytes(b"2")
    import os

    os.utime(file, ns=(1, 1))
    assert key_of(forms[3]) != before, "a file that was trained anew is another generator"
    assert key_of(FORM) == key_of(replace(FORM, number=7, to="rtmp://somewhere", source="smile"))


def test_what_was_planned_before_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    players: list[FakePlayers] = []

    class Opened(FakePlayers):
        def __init__(self, _form: StreamForm) -> None:
            super().__init__({"workers": [30.0], "batch": [20.0]})
            players.append(self)

        def __enter__(self) -> Opened:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(planner, "ProcessPlayers", Opened)
    cache = PlanCache(tmp_path)
    first = planned(FORM, cache=cache)
    assert planned(FORM, cache=cache) == first
    assert len(players) == 1
    planned(FORM, cache=cache, anew=True)
    assert len(players) == 2
    cache.put(replace(plan({1: 99.0}), key=key_of(FORM)))
    assert planned(FORM, cache=cache).points[0].faces_per_s == 99.0
