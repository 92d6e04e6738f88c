"""viewer.closing_signals: Ctrl-C and SIGTERM close the window, also an idle one."""

from __future__ import annotations

import os
import signal

import pytest
from pytestqt.qtbot import QtBot

from viewer.closing_signals import SIGNALS, ClosingSignals

pytestmark = pytest.mark.display


@pytest.mark.parametrize("number", SIGNALS)
def test_an_idle_window_is_closed_once(number: signal.Signals, qtbot: QtBot) -> None:
    former = [signal.getsignal(each) for each in SIGNALS]
    closed: list[bool] = []
    signals = ClosingSignals(lambda: closed.append(True))
    try:
        os.kill(os.getpid(), number)
        qtbot.waitUntil(lambda: bool(closed), timeout=2000)
        assert [signal.getsignal(each) for each in SIGNALS] == former, "a second one ends the program"
    finally:
        signals.stop()
        signals.stop()
    assert closed == [True]
    assert signal.set_wakeup_fd(-1) == -1


def test_what_is_ignored_stays_ignored(qtbot: QtBot) -> None:
    former = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as nohup does to others
    try:
        signals = ClosingSignals(lambda: pytest.fail("it was ignored"))
        os.kill(os.getpid(), signal.SIGTERM)
        qtbot.wait(20)
        signals.stop()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, former)
