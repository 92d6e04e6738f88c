"""Errands: work beside the window, on threads and in child processes; what comes of it arrives on the GUI thread.

    run(work, then, failed) -> a thread: work(errand) -> GUI thread: then(result), or failed(one line)

Whatever would hold the interpreter's lock for long belongs into a child: `Errand.ask`.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from gpu_core.child_process import module_command, module_environment
from gpu_core.errors import MienError

log = logging.getLogger(__name__)

T = TypeVar("T")
# Windows: no console of its own, and below everything that draws.
_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
_GRACE_S = 3.0  # for a child that is asked to stop


class Errand:
    """One piece of work. `cancel` may be called from any thread: its child ends, and nothing comes of it."""

    def __init__(self) -> None:
        self.is_cancelled = False
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, module: str, arguments: Sequence[str], hear: Callable[[str], None] | None = None) -> bytes:
        """On the errand's thread: run a module of ours in a child process; what it writes to its standard output.

        Args:
            hear: gets each line of its standard error.

        Raises:
            MienError: it refused, crashed or was cancelled; the text is the last line it said.
        """
        child = self._start(module_command(module, *arguments))
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(child, said, hear), name="listener")
        listener.start()
        with child:
            assert child.stdout is not None
            answer = child.stdout.read()
            listener.join()
        if child.returncode == 0:
            return answer
        raise MienError(said[-1] if said else f"the process ended by itself, code {child.returncode}")

    def interrupt(self) -> None:
        """Ask the child to stop in its own way, as Ctrl-C does."""
        import signal

        self.is_cancelled = True
        with self._lock, suppress(OSError):
            if self._child is not None:
                self._child.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))

    def cancel(self) -> None:
        """Give it up."""
        with self._lock:
            self.is_cancelled = True
            if self._child is not None:
                with suppress(OSError):
                    self._child.kill()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in a terminal is not for it.
        environment = module_environment() | {"PYTHONIOENCODING": "utf-8"}
        with self._lock:
            if self.is_cancelled:
                raise MienError("cancelled")
            try:
                self._child = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    env=environment, creationflags=_FLAGS, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise MienError(f"no process can be started: {error.strerror}") from error
            return self._child


def _listen(child: subprocess.Popen[bytes], said: list[str], hear: Callable[[str], None] | None) -> None:
    stream: Iterable[bytes] | None = child.stderr
    assert stream is not None
    for line in stream:
        if text := line.decode(errors="replace").strip():
            said[:] = [*said[-20:], text]
            if hear is not None:
                hear(text)


class Errands(QObject):
    """Lives on the GUI thread; to be closed."""

    _done = Signal(object)  # a function to call on the GUI thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: dict[Errand, threading.Thread] = {}
        self._is_closed = False
        self._done.connect(self._call)

    def run(self, work: Callable[[Errand], T], then: Callable[[T], object], failed: Callable[[str], object]) -> Errand:
        """Do `work` on a thread, then one of the others here, unless it was cancelled."""
        errand = Errand()

        def go() -> None:
            try:
                result = work(errand)
            except MienError as error:
                self._end(errand, failed, str(error))
            except Exception as error:
                log.exception("an errand failed")
                self._end(errand, failed, f"{type(error).__name__}: {error}")
            else:
                self._end(errand, then, result)

        if self._is_closed:
            errand.cancel()
            return errand
        thread = threading.Thread(target=go, name="errand")
        self._running[errand] = thread
        thread.start()
        return errand

    def tell(self, listener: Callable[[Any], object], value: object) -> None:
        """From an errand's thread: call this on the GUI thread."""
        self._done.emit(lambda: listener(value))

    def close(self) -> None:
        """Give up what runs, and wait for it. Nothing comes of it any more. Again is fine."""
        self._is_closed = True
        for errand in self._running:
            errand.interrupt()  # who is writing a file takes away what is not whole
        for errand, thread in self._running.items():
            thread.join(_GRACE_S)
            errand.cancel()
            thread.join()
        self._running.clear()

    def _end(self, errand: Errand, then: Callable[[Any], object], value: object) -> None:
        def end() -> None:
            self._running.pop(errand, threading.current_thread())
            if not errand.is_cancelled:
                then(value)

        self._done.emit(end)

    def _call(self, function: Callable[[], None]) -> None:
        if not self._is_closed:
            function()
