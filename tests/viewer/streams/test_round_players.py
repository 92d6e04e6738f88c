"""viewer.streams.round_players: processes that answer in all ways, and a real one with its engine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.networks import save_network
from tests.viewer.streams.waiting import children, is_there
from viewer.streams.planner import sample_of
from viewer.streams.round_orders import RoundOrder
from viewer.streams.round_players import PlayerProcess, ProcessPlayers, RoundError, Start
from viewer.streams.values import StreamForm

FORM = StreamForm(size=64, threads=1)
GOOD = """
import json, os, sys
form = json.loads(sys.stdin.readline())[0]
for line in sys.stdin:
    order = json.loads(line)
    told = dict(faces=10.0 * order["faces"], wall_s=1.0, core_s=0.9, latency_ms=[20.0], memory_mb=100.0)
    shared = os.environ.get("SHARED", "")
    told["engine"] = f"{order['way']} {order['first']} {order['threads']} {form['size']}{shared}"
    print(json.dumps(told), flush=True)
"""
REFUSING = 'import sys\nfor line in sys.stdin:\n    print(\'{"problem": "there is no OpenGL here"}\', flush=True)'
DYING = "import sys\nsys.stdin.readline()\nsys.exit('no such library')"
RAVING = "import sys\nsys.stdin.readline()\nprint('hello', flush=True)\nsys.stdin.read()"
MUTE = "import sys\nsys.stdin.read()"


def process(script: str, form: StreamForm = FORM, environment: Mapping[str, str] | None = None) -> PlayerProcess:
    return PlayerProcess(form, environment, [sys.executable, "-S", "-c", script])


def starts(script: str) -> tuple[Start, list[PlayerProcess]]:
    made: list[PlayerProcess] = []

    def start(form: StreamForm, environment: Mapping[str, str]) -> PlayerProcess:
        made.append(process(script, form, environment))
        return made[-1]

    return start, made


def test_workers_have_a_process_each_and_all_else_shares_one() -> None:
    before = children()
    start, made = starts(GOOD)
    with ProcessPlayers(FORM, start=start) as players:
        assert len(players.play("workers", 3, 1.0)) == 3
        assert players.engine.startswith("workers 2 "), "the third shows the third face"
        assert players.engine.endswith(" 64")
        assert [one.faces for one in players.play("batch", 4, 1.0)] == [40.0]
        assert [one.faces for one in players.play("serial", 2, 1.0)] == [20.0]
        assert len(players.play("workers", 2, 1.0)) == 2
        assert len(made) == 4
        assert sample_of(players.play("workers", 3, 1.0)).faces_per_s == pytest.approx(30.0)
    assert children() == before


def test_workers_that_share_a_gpu_otherwise_are_others_with_another_environment() -> None:
    start, made = starts(GOOD)
    with ProcessPlayers(FORM, environments={"workers mps": {"SHARED": " through MPS"}}, start=start) as players:
        players.play("workers", 1, 1.0)
        assert players.engine.endswith(" 64")
        players.play("workers mps", 1, 1.0)
        assert players.engine.startswith("workers mps 0 ")
        assert players.engine.endswith(" through MPS")
        assert len(made) == 2


def first_answer(script: str, patience_s: float = 60.0) -> None:
    one = process(script)
    try:
        one.send(RoundOrder("batch"))
        one.answer(patience_s)
    finally:
        one.close()


@pytest.mark.parametrize(
    ("script", "patience_s", "reason"),
    [
        (REFUSING, 60.0, "^there is no OpenGL here$"),
        (DYING, 60.0, "has ended: no such library$"),
        (RAVING, 60.0, "answers nonsense$"),
        (MUTE, 0.05, "does not answer$"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line_and_leaves_no_process(script: str, patience_s: float, reason: str) -> None:
    before = children()
    with pytest.raises(RoundError, match=reason):
        first_answer(script, patience_s)
    assert children() == before


def test_what_cannot_be_started_is_said() -> None:
    with pytest.raises(RoundError, match="cannot be started: No such file"):
        PlayerProcess(FORM, command=["/nowhere/python"])


def test_closing_twice_is_harmless_and_ends_what_hangs() -> None:
    one = process(MUTE)
    pid = one.pid
    one.close()
    one.close()
    assert not is_there(pid)


@pytest.mark.gl
def test_a_real_one_plays_a_batch_of_two_and_says_what_cannot_be(tmp_path: Path) -> None:
    with ProcessPlayers(replace(FORM, generator=save_network(tmp_path))) as players:
        players.ready("batch", 2)
        (played,) = players.play("batch", 2, 0.2)
        assert played.faces > 0.0
        assert played.core_s > 0.0
        assert played.memory_mb > 20.0
        assert played.latency_ms
        assert players.engine
        with pytest.raises(RoundError, match="from 1 to 64"):
            players.ready("batch", 65)
        assert players.play("batch", 2, 0.0), "a refusal leaves the process as it was"
