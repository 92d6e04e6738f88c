"""viewer.voice.speech_work: beside the window, cancellable, newest wins."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.fake_line import FakeLine
from viewer.speech.speech_order import SpeechOrder
from viewer.voice.speech_work import STOPPED, ChildLine, SpeechWork

pytest.importorskip("jieba")
pytestmark = pytest.mark.display
HELLO, BYE = SpeechOrder("Hello there."), SpeechOrder("Good bye.")


@pytest.fixture
def work(qapp: object) -> Iterator[SpeechWork]:
    FakeLine.made.clear()
    work = SpeechWork(open_line=FakeLine)  # type: ignore[arg-type]
    work.told = []  # type: ignore[attr-defined]
    work.spoken.connect(lambda order, _performance: work.told.append(("spoken", order)))  # type: ignore[attr-defined]
    work.analysed.connect(lambda order, _analysis: work.told.append(("analysed", order)))  # type: ignore[attr-defined]
    work.failed.connect(lambda order, text: work.told.append((text, order)))  # type: ignore[attr-defined]
    yield work
    work.close()
    work.close()


def told(work: SpeechWork) -> list[tuple[str, SpeechOrder]]:
    return work.told  # type: ignore[attr-defined, no-any-return]


def test_nothing_starts_before_it_is_asked_for(work: SpeechWork) -> None:
    assert not FakeLine.made
    assert not work.is_speaking


def test_it_analyses_and_speaks_on_one_line(work: SpeechWork, qtbot: QtBot) -> None:
    work.warm_up(HELLO)
    work.analyse(HELLO)
    work.speak(HELLO)
    qtbot.waitUntil(lambda: len(told(work)) == 2, timeout=10_000)
    assert sorted(what for what, _ in told(work)) == ["analysed", "spoken"]
    assert len(FakeLine.made) == 1
    work.speak(SpeechOrder("!"))
    qtbot.waitUntil(lambda: len(told(work)) == 3, timeout=10_000)
    assert told(work)[-1][0] == "there is nothing to say"


def test_the_newest_wins(work: SpeechWork, qtbot: QtBot) -> None:
    work.analyse(HELLO)
    qtbot.waitUntil(lambda: bool(FakeLine.made), timeout=10_000)
    line = FakeLine.made[0]
    line.gate.clear()
    work.speak(HELLO)
    qtbot.waitUntil(lambda: ("speak", HELLO) in line.asked, timeout=10_000)
    work.speak(BYE)
    qtbot.waitUntil(lambda: ("speak", BYE) in line.asked, timeout=10_000)
    line.gate.set()
    qtbot.waitUntil(lambda: ("spoken", BYE) in told(work), timeout=10_000)
    assert ("spoken", HELLO) not in told(work)
    assert all("cancelled" not in what for what, _ in told(work))


def test_what_is_cancelled_is_not_heard_of(work: SpeechWork, qtbot: QtBot) -> None:
    work.analyse(HELLO)
    qtbot.waitUntil(lambda: bool(told(work)), timeout=10_000)
    FakeLine.made[0].gate.clear()
    work.speak(HELLO)
    assert work.is_speaking
    qtbot.waitUntil(lambda: ("speak", HELLO) in FakeLine.made[0].asked, timeout=10_000)
    work.cancel()
    qtbot.waitUntil(lambda: not work.is_speaking, timeout=10_000)
    work.analyse(BYE)
    qtbot.waitUntil(lambda: len(told(work)) == 2, timeout=10_000)
    assert told(work)[-1] == ("analysed", BYE)


def test_who_stops_is_told_of_and_started_again(work: SpeechWork, qtbot: QtBot) -> None:
    work.analyse(HELLO)
    qtbot.waitUntil(lambda: bool(told(work)), timeout=10_000)
    FakeLine.made[0].is_broken = True
    work.speak(HELLO)
    qtbot.waitUntil(lambda: len(told(work)) == 2, timeout=10_000)
    assert STOPPED in told(work)[-1][0]
    assert FakeLine.made[0].is_closed
    work.speak(HELLO)
    qtbot.waitUntil(lambda: len(told(work)) == 3, timeout=10_000)
    assert told(work)[-1] == ("spoken", HELLO)


def test_closing_gives_up_what_is_under_way(work: SpeechWork, qtbot: QtBot) -> None:
    work.analyse(HELLO)
    qtbot.waitUntil(lambda: bool(told(work)), timeout=10_000)
    FakeLine.made[0].gate.clear()
    work.speak(HELLO)
    qtbot.waitUntil(lambda: ("speak", HELLO) in FakeLine.made[0].asked, timeout=10_000)
    work.close()
    work.speak(BYE)
    assert ("spoken", HELLO) not in told(work)


def test_a_real_process_speaks_and_is_ended(qtbot: QtBot) -> None:
    work = SpeechWork()
    told: list[object] = []
    work.spoken.connect(lambda _order, performance: told.append(performance))
    work.failed.connect(lambda _order, text: told.append(text))
    work.speak(HELLO)
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    process = work._line._child  # type: ignore[union-attr]
    work.close()
    assert process.returncode is not None
    assert told


def test_two_may_hang_up_at_once() -> None:
    """The window closes while the thread that asks finds nobody there any more: this left the window half closed."""
    line, inside, go_on = ChildLine(), threading.Event(), threading.Event()
    communicate, times = line._child.communicate, []

    def slowly() -> object:
        times.append(threading.current_thread())
        inside.set()
        go_on.wait(10)
        return communicate()

    line._child.communicate = slowly  # type: ignore[assignment, method-assign]
    both = [threading.Thread(target=line.close) for _ in range(2)]
    both[0].start()
    assert inside.wait(10)
    both[1].start()
    both[1].join(0.1)
    go_on.set()
    for thread in both:
        thread.join()
    assert len(times) == 1
    assert line._child.returncode is not None
