"""viewer.speech.speech_child: its messages, and the process itself."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.viewer.speech.fake_voice import FakeVoice, FakeVoices
from viewer.speech.analysis import Analysis
from viewer.speech.speech_child import Child, receive, send
from viewer.speech.speech_order import Speaker, SpeechOrder
from viewer.speech.speech_performance import SpeechPerformance
from viewer.speech.voices import installed_voices

pytest.importorskip("jieba")
HELLO = SpeechOrder("Hello there. 你好！")


@contextmanager
def child(voice: FakeVoice) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """One on a thread, with what writes to it and what reads from it."""
    (source, asks), (answers, sink) = (os.pipe(), os.pipe())
    files = [os.fdopen(source, "rb"), os.fdopen(asks, "wb"), os.fdopen(answers, "rb"), os.fdopen(sink, "wb")]
    speaker = Speaker(FakeVoices(voice))
    thread = threading.Thread(target=Child(files[0], files[3], speaker).run)  # type: ignore[arg-type]
    thread.start()
    try:
        yield files[1], files[2]
    finally:
        files[1].close()
        thread.join()
        for file in files:
            file.close()


def test_it_analyses_speaks_and_refuses() -> None:
    with child(FakeVoice()) as (asks, answers):
        send(asks, (1, "warm", SpeechOrder("")))
        assert receive(answers) == (1, None, "")
        send(asks, (2, "analyse", HELLO))
        assert isinstance(receive(answers)[1], Analysis)
        send(asks, (3, "speak", HELLO))
        performance = receive(answers)[1]
        assert isinstance(performance, SpeechPerformance)
        assert performance.at(0.2) == performance.at(0.2)
        send(asks, (4, "speak", SpeechOrder("  ")))
        number, nothing, why = receive(answers)
        assert (number, nothing) == (4, None)
        assert why == "there is nothing to say"


def test_what_is_cancelled_ends_and_the_next_is_spoken() -> None:
    gate = threading.Event()
    with child(FakeVoice(gate=gate)) as (asks, answers):
        send(asks, (1, "speak", HELLO))
        send(asks, (1, "cancel", SpeechOrder("")))
        assert receive(answers) == (1, None, "speaking was cancelled")
        gate.set()
        send(asks, (2, "speak", HELLO))
        assert isinstance(receive(answers)[1], SpeechPerformance)


def test_a_fault_is_one_line() -> None:
    class Broken(FakeVoice):
        def speak(self, *_: object) -> object:  # type: ignore[override]
            raise RuntimeError("the model\nis broken")

    with child(Broken()) as (asks, answers):
        send(asks, (1, "speak", HELLO))
        assert receive(answers)[2] == "RuntimeError: the model"


def test_a_message_that_is_cut_off_is_the_end() -> None:
    whole = io.BytesIO()
    send(whole, (1, None, ""))
    with pytest.raises(EOFError):
        receive(io.BytesIO(whole.getvalue()[:-1]))


@pytest.mark.skipif(not installed_voices(), reason="no voice is installed")
def test_the_process_speaks_and_ends_with_its_input() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "viewer.speech.speech_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        send(process.stdin, (1, "speak", HELLO))
        performance = receive(process.stdout)[1]
        process.stdin.close()
        assert process.wait(20) == 0
    assert isinstance(performance, SpeechPerformance)
    assert performance.spoken.duration_s > 0.5
