"""viewer.garbage: while an engine thread runs, garbage is collected on the GUI thread and nowhere else."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from viewer.engine_thread import EngineThread
from viewer.garbage import FREEZE_AT, GuiGarbage, collect_if_due

pytestmark = pytest.mark.display


@pytest.fixture(autouse=True)
def usual_thresholds() -> Iterator[None]:
    """Python's own, which other tests do without."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


class Knot:
    """Garbage that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collected_on() -> Iterator[list[int]]:
    """The threads on which a collection ended."""
    threads: list[int] = []

    def note(phase: str, _info: dict[str, int]) -> None:
        if phase == "stop":
            threads.append(threading.get_ident())

    gc.callbacks.append(note)
    yield threads
    gc.callbacks.remove(note)


def churn() -> list[list[int]]:
    """Allocate enough for several collections."""
    return [[] for _ in range(20 * gc.get_threshold()[0])]


def test_the_engine_thread_never_collects(qapp: Any, engines: Any, qtbot: QtBot, collected_on: list[int]) -> None:
    thread = EngineThread(engines)
    with qtbot.waitSignal(thread.opened, timeout=10_000):
        thread.start()
    ran: list[int] = []
    thread.run_job(lambda _engine: (churn(), ran.append(threading.get_ident()))[0])
    qtbot.waitUntil(lambda: bool(ran), timeout=5000)
    assert ran[0] not in collected_on
    assert thread.stop()
    assert gc.isenabled()


def test_garbage_goes_while_the_switch_is_off(qapp: Any, collected_on: list[int]) -> None:
    garbage = GuiGarbage()
    gc.collect()
    collected_on.clear()
    garbage.hold()
    gone = weakref.ref(Knot())
    kept = churn()
    assert kept
    assert gone() is not None
    assert collected_on == []
    collect_if_due()
    assert gone() is None
    garbage.release()


def test_the_last_to_let_go_switches_it_on_again(qapp: Any) -> None:
    first, second = GuiGarbage(), GuiGarbage()
    for garbage in (first, first, second):
        garbage.hold()
    first.release()
    first.release()
    assert not gc.isenabled()
    second.release()
    assert gc.isenabled()


def test_nothing_is_collected_before_its_time(qapp: Any, collected_on: list[int]) -> None:
    garbage = GuiGarbage()
    garbage.hold()
    gc.collect()
    collected_on.clear()
    collect_if_due()
    assert collected_on == []
    garbage.release()


def test_what_is_there_to_stay_is_looked_at_no_more_until_the_end(qapp: Any) -> None:
    gc.unfreeze()
    garbage = GuiGarbage()
    garbage.hold()
    before = Knot()
    old = weakref.ref(before)
    for _ in range(FREEZE_AT[0]):
        garbage.look()
    assert gc.get_freeze_count() > 1000
    del before
    young = weakref.ref(Knot())
    gc.collect()
    assert young() is None
    assert old() is not None
    garbage.release()
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert old() is None


def test_what_somebody_else_has_put_aside_stays_there(qapp: Any) -> None:
    gc.freeze()
    aside = gc.get_freeze_count()
    garbage = GuiGarbage()
    garbage.hold()
    garbage.release()
    assert gc.get_freeze_count() >= aside > 1000
