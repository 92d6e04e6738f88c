"""Analysing and speaking beside the window: a thread that talks to a process of its own; newest wins.

GUI thread: analyse, speak, cancel --> thread --> viewer.speech.speech_child
            analysed, spoken, failed <-- signals
"""

from __future__ import annotations

import logging
import subprocess
import threading
from contextlib import suppress
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from gpu_core.child_process import module_command, module_environment
from viewer.garbage import GuiGarbage
from viewer.speech.speech_child import receive, send
from viewer.speech.speech_order import SpeechOrder

log = logging.getLogger(__name__)

CHILD = "viewer.speech.speech_child"
# What goes first when several wait. A warm-up has no answer that anybody waits for.
_FIRST = ("speak", "analyse", "warm")
_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0)
STOPPED = "the voice's process has stopped"


class Line(Protocol):
    """A way to somebody who speaks: `viewer.speech.speech_child`'s messages."""

    def ask(self, number: int, what: str, order: SpeechOrder) -> tuple[object, str]:
        """The answer, or None and why not. EOFError or OSError: nobody answers any more."""

    def cancel(self, number: int) -> None:
        """From any thread: end what is asked early."""

    def close(self) -> None:
        """From any thread: hang up."""


class ChildLine:
    """To a process of its own."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            module_command(CHILD), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=module_environment(), creationflags=_FLAGS, start_new_session=True,
        )  # fmt: skip
        self._lock = threading.Lock()
        self._hanging_up = threading.Lock()
        self._is_closed = False

    def ask(self, number: int, what: str, order: SpeechOrder) -> tuple[object, str]:
        """See Line."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with self._lock:
            send(self._child.stdin, (number, what, order))
        _, answer, error = receive(self._child.stdout)
        return answer, str(error)

    def cancel(self, number: int) -> None:
        """See Line."""
        assert self._child.stdin is not None
        with self._lock, suppress(OSError, ValueError):
            send(self._child.stdin, (number, "cancel", SpeechOrder("")))

    def close(self) -> None:
        """See Line. What it has started ends with its input."""
        self._child.kill()  # an `ask` that waits is at its end now, and its thread comes here as well
        with self._hanging_up:  # two at once in `communicate` get into each other's way: AttributeError
            if not self._is_closed:
                self._is_closed = True
                with suppress(OSError, ValueError):
                    self._child.communicate()


class SpeechWork(QObject):
    """Lives on the GUI thread; to be closed. The process starts when something is first asked for."""

    analysed = Signal(object, object)  # SpeechOrder, Analysis
    spoken = Signal(object, object)  # SpeechOrder, SpeechPerformance
    failed = Signal(object, str)  # SpeechOrder, one line
    is_warm = Signal()

    def __init__(self, parent: QObject | None = None, open_line: type[ChildLine] | None = None) -> None:
        super().__init__(parent)
        self._open_line = open_line or ChildLine
        self._changed = threading.Condition()
        self._waiting: dict[str, tuple[int, SpeechOrder]] = {}
        self._number = 0
        self._under_way: tuple[int, str] = (0, "")
        self._newest: dict[str, int] = {}
        self._line: Line | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._garbage = GuiGarbage(self)

    @property
    def is_speaking(self) -> bool:
        """Whether somebody is being waited for to speak."""
        with self._changed:
            return "speak" in self._waiting or self._under_way[1] == "speak"

    def warm_up(self, order: SpeechOrder) -> None:
        """Read dictionaries and open the voice, so that the first sentence comes quickly."""
        self._ask("warm", order)

    def analyse(self, order: SpeechOrder) -> None:
        """Take a text apart; `analysed` or `failed` follows, unless a newer one comes."""
        self._ask("analyse", order)

    def speak(self, order: SpeechOrder) -> None:
        """Speak; `spoken` or `failed` follows, unless a newer one comes."""
        self._ask("speak", order)

    def cancel(self) -> None:
        """Give up speaking; nothing follows."""
        with self._changed:
            self._waiting.pop("speak", None)
            self._newest.pop("speak", None)
            number, what = self._under_way
            line = self._line
        if what == "speak" and line is not None:
            line.cancel(number)

    def close(self) -> None:
        """End the process. May be called twice."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
            line = self._line
        if line is not None:
            line.close()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._garbage.release()

    def _ask(self, what: str, order: SpeechOrder) -> None:
        if self._is_closed:
            return
        if what == "speak":
            self.cancel()
        with self._changed:
            self._number += 1
            self._newest[what] = self._number
            self._waiting[what] = (self._number, order)
            self._changed.notify()
        if self._thread is None:
            self._garbage.hold()  # unpickling fills it, on the other thread
            self._thread = threading.Thread(target=self._run, name="speech")
            self._thread.start()

    # -- on its own thread -------------------------------------------------------------------------------------------
    def _run(self) -> None:
        while True:
            with self._changed:
                self._under_way = (0, "")
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                if self._is_closed:
                    return
                what = next(each for each in _FIRST if each in self._waiting)
                number, order = self._waiting.pop(what)
                self._under_way = (number, what)
            answer, error = self._answer(number, what, order)
            self._tell(number, what, order, answer, error)

    def _answer(self, number: int, what: str, order: SpeechOrder) -> tuple[object, str]:
        try:
            if self._line is None:
                self._connect()
            assert self._line is not None
            return self._line.ask(number, what, order)
        except (OSError, EOFError, ValueError, AssertionError) as error:
            log.info("%s: %s", STOPPED, error)
            line, self._line = self._line, None
            if line is not None:
                line.close()
            return None, f"{STOPPED}: try again"

    def _connect(self) -> None:
        line = self._open_line()
        with self._changed:
            self._line = line
            is_late = self._is_closed
        if is_late:
            line.close()

    def _tell(self, number: int, what: str, order: SpeechOrder, answer: object, error: str) -> None:
        with self._changed:
            is_newest = self._newest.get(what) == number and not self._is_closed
            self._under_way = (0, "")
        if not is_newest:
            return
        if what == "warm":
            self.is_warm.emit()
        elif error:
            self.failed.emit(order, error)
        else:
            (self.analysed if what == "analyse" else self.spoken).emit(order, answer)
