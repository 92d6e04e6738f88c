"""What TensorRT says, and its refusals as errors.

TensorRT raises nothing: it answers None or False and tells its logger why. Whoever calls it here asks through
`Messages.ask` and `Messages.tell`, so that every refusal becomes a PlanError that carries its words.
"""

from __future__ import annotations

import re
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from gpu_core.errors import PlanError

KEPT = 400  # lines; a build that goes wrong tells the reason in the last dozen
_ERRORS = ("INTERNAL_ERROR", "ERROR")
_HEARD = (*_ERRORS, "WARNING", "INFO")  # VERBOSE is thousands of lines a build
# "[localCheckMacros.cpp::getErrorStr::132] Error Code 2: ...", "... In validateTypes at /_src/node.cpp:88)": file and
# line mean nothing to a user.
_WHERE = re.compile(r"^\s*(\[[^\]]*::[^\]]*\]\s*)+|\.? In \w+ at /[^\s)]*")

T = TypeVar("T")


class Messages:
    """The last lines of TensorRT's log. Its threads may add to it."""

    def __init__(self, echo: Callable[[str], None] | None = None) -> None:
        self._lines: deque[tuple[str, str]] = deque(maxlen=KEPT)
        self._echo = echo
        self._recent: list[str] = []  # errors since the last call

    def add(self, severity: str, text: str) -> None:
        """Take a message of a severity, as TensorRT names it."""
        if severity not in _HEARD:
            return
        self._lines.append((severity, text))
        if severity in _ERRORS:
            self._recent.append(text)
        if self._echo is not None:
            self._echo(f"{severity}: {text}")

    @property
    def log(self) -> str:
        """Everything that is kept, a line a message."""
        return "\n".join(f"{severity}: {text}" for severity, text in list(self._lines))

    def ask(self, what: str, call: Callable[..., T | None], *args: Any, **named: Any) -> T:
        """Call TensorRT where None and False mean "no".

        Raises:
            PlanError: it said so; the text begins with `what`.
        """
        answer = self._call(what, call, *args, **named)
        if answer is None or answer is False:
            raise self.refusal(what)
        return answer

    def tell(self, what: str, call: Callable[..., object], *args: Any, **named: Any) -> None:
        """Call TensorRT where it answers nothing: only its log says whether it obeyed.

        Raises:
            PlanError: it logged an error; the text begins with `what`.
        """
        self._call(what, call, *args, **named)
        if self._recent:
            raise self.refusal(what)

    def refusal(self, what: str, because: str = "") -> PlanError:
        """The error for something that did not work; why, is what TensorRT has said since it was last asked."""
        reason = because or (plain(self._recent[0]) if self._recent else "TensorRT says no more")
        return PlanError(f"{what}: {reason}", self.log)

    def _call(self, what: str, call: Callable[..., T], *args: Any, **named: Any) -> T:
        self._recent.clear()
        try:
            return call(*args, **named)
        except (RuntimeError, ValueError, TypeError, AttributeError, MemoryError) as error:  # by its Python layer
            raise self.refusal(what, "" if self._recent else plain(str(error))) from error


def plain(text: str) -> str:
    """The first line of a message of TensorRT's, without the place in its source."""
    lines = [line for line in _WHERE.sub("", text).splitlines() if line.strip()]
    return lines[0].strip() if lines else "TensorRT says no more"


def told_shape(shape: tuple[int, ...]) -> str:
    """For people: "?x6x512x512", where -1 is what is free."""
    return "x".join("?" if length < 0 else str(length) for length in shape)


class _SharedLogger:
    """TensorRT's one logger, and everybody who listens to it."""

    def __init__(self, api: Any) -> None:
        self._listeners: tuple[weakref.ref[Messages], ...] = ()  # replaced, never changed: TensorRT's threads read it
        shared = self

        class Logger(api.ILogger):  # type: ignore[misc]
            def __init__(self) -> None:
                api.ILogger.__init__(self)

            def log(self, severity: Any, msg: str) -> None:
                shared.pass_on(severity.name, msg)

        self._logger = Logger()

    def pass_on(self, severity: str, text: str) -> None:
        for listener in self._listeners:
            if (messages := listener()) is not None:
                messages.add(severity, text)

    def tell(self, messages: Messages) -> Any:
        """The logger, which tells these messages as well from now on."""
        alive = tuple(listener for listener in self._listeners if listener() is not None)
        self._listeners = (*alive, weakref.ref(messages))
        return self._logger


_loggers: dict[Any, _SharedLogger] = {}  # by TensorRT's module


def logger_for(api: Any, messages: Messages) -> Any:
    """A logger of TensorRT's that fills `messages` for as long as those live. There is one in a process, which stays.

    TensorRT keeps the first logger it is given until the last object made with any is gone: a second session's errors
    would be told to the first's, and after the first has been closed to memory that is no logger's any more.
    """
    if api not in _loggers:
        _loggers[api] = _SharedLogger(api)
    return _loggers[api].tell(messages)
