"""How the double of TensorRT misbehaves, in this process and in the child that builds: by an environment variable.

with misbehaving(fail={"OnnxParser.parse": 0}, text="no such operator"): ...     0: each time, n: the n-th time
with misbehaving(crash_at=2): ...                                                a segmentation fault at a step
"""

from __future__ import annotations

import functools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

VARIABLE = "MIEN_TENSORRT_DOUBLE"
# "Class.method" of everything that can refuse, and its answer then; classes are what `made` is used for.
REFUSABLE: dict[str, Any] = dict.fromkeys(("Builder", "OnnxParser", "Runtime"), TypeError)

_calls: Counter[str] = Counter()  # since the behaviour changed


@dataclass(frozen=True)
class Behaviour:
    """What differs from a TensorRT that does as it is told."""

    fail: dict[str, int] = field(default_factory=dict)  # "Class.method": which call, 0 for every one
    text: str = "[double.cpp::refuse::1] Error Code 9: Internal Error (as the test wants it)"
    steps: int = 4  # of a build
    step_s: float = 0.0  # each takes so long
    deaf: bool = False  # goes on when its monitor says stop
    crash_at: int = -1  # the step at which the process dies of SIGSEGV
    noise: str = ""  # printed to standard output by native code
    version: str = "11.4.0.106"


def behaviour() -> Behaviour:
    """The one in force."""
    return _read(os.environ.get(VARIABLE, "{}"))


@functools.cache
def _read(text: str) -> Behaviour:
    _calls.clear()
    return Behaviour(**json.loads(text))


@contextmanager
def misbehaving(**changes: Any) -> Iterator[None]:
    """Misbehave so, here and in every process that is started meanwhile."""
    _read.cache_clear()
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = json.dumps(asdict(Behaviour(**changes)))
    try:
        yield
    finally:
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before
        _read.cache_clear()


def refuses(name: str) -> bool:
    """True if this call of "Class.method" is one that shall fail."""
    wanted = behaviour().fail
    _calls[name] += 1
    return name in wanted and wanted[name] in (0, _calls[name])


def refusable(answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a method say no: log why, do nothing, and give an answer. Its object has a `_log`."""

    def wrap(method: Callable[..., Any]) -> Callable[..., Any]:
        name = method.__qualname__
        REFUSABLE[name] = answer

        @functools.wraps(method)
        def call(self: Any, *arguments: Any, **named: Any) -> Any:
            if refuses(name):
                return self._log.refuse(answer)
            return method(self, *arguments, **named)

        return call

    return wrap


class Log:
    """Where the double's objects complain: the logger that the application gave."""

    def __init__(self, logger: Any, error: Any) -> None:
        self._logger, self._error = logger, error  # ILogger, Severity.ERROR

    def refuse(self, answer: Any, text: str = "") -> Any:
        """Log an error; the answer that goes with it."""
        self._logger.log(self._error, text or behaviour().text)
        return answer


def made(name: str, logger: Any, error: Any) -> Log:
    """The log of an object that is being made; fails as the bindings do when a factory returns nothing."""
    log = Log(logger, error)
    if refuses(name):
        log.refuse(None)
        raise TypeError("pybind11::init(): factory function returned nullptr")
    return log
