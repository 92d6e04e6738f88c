"""A process that analyses and speaks for the window, which must not wait, nor share its interpreter's lock with it.

    python -m viewer.speech.speech_child

Messages are pickled, each after its length in 4 bytes. To standard input: (number, what, SpeechOrder), with `what` one
of "analyse", "speak", "warm", "cancel"; what is under way with a cancelled number ends early. From standard output:
(number, the Analysis or SpeechPerformance, ""), or (number, None, one line of what went wrong).
"""

from __future__ import annotations

import logging
import os
import pickle
import struct
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import IO

from gpu_core.errors import MienError
from viewer.speech.speech_order import Speaker, SpeechOrder

log = logging.getLogger(__name__)

Message = tuple[int, str, SpeechOrder]
Answer = tuple[int, object, str]
_LENGTH = struct.Struct("<I")


def send(stream: IO[bytes], value: Message | Answer) -> None:
    """Write one message."""
    data = pickle.dumps(value, protocol=5)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[int, object, object]:
    """Read one message; EOFError at the end."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    message: tuple[int, object, object] = pickle.loads(_exactly(stream, length))
    return message


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) != count:
        raise EOFError
    return data


class Child:
    """Reads on a thread, so that a cancellation is heard while it speaks."""

    def __init__(self, source: IO[bytes], sink: IO[bytes], speaker: Speaker | None = None) -> None:
        self._source, self._sink, self._speaker = source, sink, speaker or Speaker()
        self._todo: SimpleQueue[Message | None] = SimpleQueue()
        self._cancelled = 0  # every number up to this one

    def run(self) -> None:
        """Answer until nobody asks any more."""
        threading.Thread(target=self._listen, name="listener", daemon=True).start()
        while (message := self._todo.get()) is not None:
            number, what, order = message
            try:
                answer: Answer = (number, self._answer(number, what, order), "")
            except MienError as error:
                answer = (number, None, str(error))
            except Exception as error:
                log.exception("speaking failed")
                answer = (number, None, f"{type(error).__name__}: {error}".splitlines()[0])
            send(self._sink, answer)
        self._speaker.close()

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                number, what, order = receive(self._source)
                if what == "cancel":
                    self._cancelled = number
                else:
                    assert isinstance(order, SpeechOrder)
                    self._todo.put((number, str(what), order))
        self._cancelled = sys.maxsize
        self._todo.put(None)

    def _answer(self, number: int, what: str, order: SpeechOrder) -> object:
        if what == "analyse":
            return order.analysis()
        if what == "warm":
            self._speaker.warm_up()
            return None
        return self._speaker.perform(order, lambda: self._is_cancelled(number))

    def _is_cancelled(self, number: int) -> bool:
        return number <= self._cancelled


def main() -> None:
    """Speak for whoever started this. Nothing else may write to his pipe."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Child(sys.stdin.buffer, sink).run()


if __name__ == "__main__":
    main()
