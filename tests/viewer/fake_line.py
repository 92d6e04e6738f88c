"""Somebody who speaks without a process: the same speaker, on the thread that asks, with a voice of the tests' own."""

from __future__ import annotations

import threading

from gpu_core.errors import MienError
from tests.viewer.speech.fake_voice import FakeVoice, FakeVoices
from viewer.speech.speech_order import Speaker, SpeechOrder


class FakeLine:
    """A `viewer.voice.speech_work.Line`. `gate` closed: speaking takes until it is opened or cancelled."""

    made: list[FakeLine] = []  # noqa: RUF012 - of the test that empties it

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.voice = FakeVoice(gate=self.gate)
        self.speaker = Speaker(FakeVoices(self.voice))
        self.asked: list[tuple[str, SpeechOrder]] = []
        self.is_broken = self.is_closed = False
        self._cancelled = 0
        FakeLine.made.append(self)

    def ask(self, number: int, what: str, order: SpeechOrder) -> tuple[object, str]:
        self.asked.append((what, order))
        if self.is_broken:
            raise EOFError
        try:
            if what == "warm":
                return None, ""
            if what == "analyse":
                return order.analysis(), ""
            return self.speaker.perform(order, lambda: self.is_closed or number <= self._cancelled), ""
        except MienError as error:
            return None, str(error)

    def cancel(self, number: int) -> None:
        self._cancelled = number

    def close(self) -> None:
        self.is_closed = True
