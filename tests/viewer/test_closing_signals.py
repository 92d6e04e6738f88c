"""viewer.closing_signals: Ctrl-C and SIGTERM close the window, also an idle one.

In processes of their own: a real signal, with every native library of the suite loaded, has ended the tests' process.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from viewer.closing_signals import SIGNALS

ROOT = Path(__file__).parents[2]
# An event loop that nothing else wakes; it ends by itself after five seconds.
CLOSES = """
import os, signal, sys
from PySide6.QtCore import QCoreApplication, QTimer
from viewer.closing_signals import SIGNALS, ClosingSignals
number = int(sys.argv[1])
app = QCoreApplication([])
former = [signal.getsignal(each) for each in SIGNALS]
closed = []
signals = ClosingSignals(lambda: (closed.append(1), app.quit()))
QTimer.singleShot(5000, app.quit)
QTimer.singleShot(0, lambda: os.kill(os.getpid(), number))
app.exec()
print("closed", len(closed), "restored", [signal.getsignal(each) for each in SIGNALS] == former)
signals.stop()
signals.stop()
print("woken by nobody", signal.set_wakeup_fd(-1) == -1)
"""
IGNORES = """
import os, signal
from PySide6.QtCore import QCoreApplication, QTimer
from viewer.closing_signals import ClosingSignals
signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as nohup does to others
app = QCoreApplication([])
closed = []
signals = ClosingSignals(lambda: closed.append(1))
QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
QTimer.singleShot(100, app.quit)
app.exec()
signals.stop()
print("closed", len(closed), "ignored", signal.getsignal(signal.SIGTERM) is signal.SIG_IGN)
"""


def said(code: str, *arguments: str) -> list[str]:
    """What a program prints that ends by itself."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("number", SIGNALS)
def test_an_idle_window_is_closed_once_and_a_second_signal_ends_the_program(number: signal.Signals) -> None:
    assert said(CLOSES, str(int(number))) == ["closed 1 restored True", "woken by nobody True"]


def test_what_is_ignored_stays_ignored() -> None:
    assert said(IGNORES) == ["closed 0 ignored True"]
