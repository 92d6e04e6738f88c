"""viewer.takes.errands: work beside the window, whose results arrive on the GUI thread or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.errors import MienError
from viewer.takes.errands import Errand, Errands

pytestmark = pytest.mark.display


@pytest.fixture
def errands(qapp: object) -> Iterator[Errands]:
    errands = Errands()
    yield errands
    errands.close()


def test_work_is_done_beside_and_answered_here(errands: Errands, qtbot: QtBot) -> None:
    got: list[tuple[int, int]] = []
    errands.run(lambda _errand: threading.get_ident(), lambda who: got.append((who, threading.get_ident())), print)
    qtbot.waitUntil(lambda: bool(got), timeout=3000)
    assert got[0][0] != got[0][1] == threading.get_ident()


def test_what_fails_is_one_line(errands: Errands, qtbot: QtBot) -> None:
    said: list[str] = []

    def refuse(_errand: Errand) -> None:
        raise MienError("no such thing")

    def stumble(_errand: Errand) -> None:
        raise KeyError("x")

    errands.run(refuse, print, said.append)
    qtbot.waitUntil(lambda: said == ["no such thing"], timeout=3000)
    errands.run(stumble, print, said.append)
    qtbot.waitUntil(lambda: len(said) == 2, timeout=3000)
    assert "KeyError" in said[1]


def test_a_child_answers_and_what_it_refuses_is_its_last_line(errands: Errands, qtbot: QtBot) -> None:
    got: list[object] = []
    ask = "viewer.sessions.take_process"
    errands.run(lambda errand: errand.ask(ask, ["read", "no such take"]), got.append, got.append)
    qtbot.waitUntil(lambda: bool(got), timeout=20_000)
    assert str(got[0]).startswith("there is no take no such take")
    heard: list[str] = []
    errands.run(lambda errand: errand.ask("viewer", ["--version"], heard.append), got.append, got.append)
    qtbot.waitUntil(lambda: len(got) == 2, timeout=20_000)
    assert bytes(got[1]).startswith(b"mien ")  # type: ignore[call-overload]


def test_a_cancelled_child_ends_and_nothing_comes_of_it(errands: Errands, qtbot: QtBot) -> None:
    got: list[object] = []
    started = threading.Event()

    def work(errand: Errand) -> None:
        started.set()
        errand.ask("timeit", ["-n", "1", "-r", "1", "import time; time.sleep(60)"])

    errand = errands.run(work, got.append, got.append)
    started.wait(5)
    time.sleep(0.2)
    errand.cancel()
    qtbot.waitUntil(lambda: not errands._running, timeout=10_000)
    assert not got


def test_closing_waits_and_nothing_comes_afterwards(qapp: object, qtbot: QtBot) -> None:
    errands = Errands()
    got: list[object] = []
    errands.run(lambda _errand: time.sleep(0.2), got.append, got.append)
    errands.close()
    errands.close()
    qtbot.wait(20)
    assert not got
