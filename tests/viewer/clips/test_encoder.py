"""viewer.clips.encoder: every picture in its order, waiting instead of dropping, failures told."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from viewer.clips.encoder import QUEUE_PICTURES, ClipEncoder
from viewer.sessions.growing_file import RecordingError


class Tape:
    """A video that notes what it was given; it waits for `gate`, and fails at picture `fails_at`."""

    def __init__(self, fails_at: int | None = None, fails_closing: bool = False) -> None:
        self.written: list[int] = []
        self.closed = 0
        self.side = 0
        self.gate = threading.Event()
        self.gate.set()
        self.fails_at, self.fails_closing = fails_at, fails_closing

    def open(self, side: int) -> Tape:
        self.side = side
        return self

    def write(self, pixels: np.ndarray) -> None:
        assert self.gate.wait(10)
        if len(self.written) == self.fails_at:
            raise RecordingError("clip.part: cannot be written: No space left on device")
        self.written.append(int(pixels[0, 0, 0]))

    def close(self) -> None:
        self.closed += 1
        if self.fails_closing:
            raise RecordingError("clip.part: cannot be closed")


def picture(number: int, side: int = 8) -> np.ndarray:
    return np.full((side, side, 4), number, np.uint8)


def encode(encoder: ClipEncoder, count: int) -> None:
    for number in range(count):
        encoder.put(picture(number % 256))
    encoder.finish()


def test_pictures_are_encoded_in_order_and_timed() -> None:
    tape = Tape()
    with ClipEncoder(tape.open) as encoder:
        encode(encoder, 40)
    assert tape.written == list(range(40))
    assert (tape.side, tape.closed) == (8, 1)
    spans = encoder.take_spans()
    assert [span.picture for span in spans] == list(range(40))
    assert all(span.start_ns <= span.end_ns for span in spans)
    assert encoder.take_spans() == []


def test_a_full_queue_is_waited_for() -> None:
    tape = Tape()
    tape.gate.clear()
    with ClipEncoder(tape.open) as encoder:
        for number in range(QUEUE_PICTURES):
            encoder.put(picture(number))
        threading.Timer(0.05, tape.gate.set).start()
        for number in range(QUEUE_PICTURES, 3 * QUEUE_PICTURES):
            encoder.put(picture(number))
        encoder.finish()
    assert tape.written == list(range(3 * QUEUE_PICTURES))
    assert encoder.waited_s > 0


def test_another_size_is_made_on_the_way() -> None:
    tape = Tape()
    with ClipEncoder(tape.open, 4) as encoder:
        encoder.put(picture(7))
        encoder.finish()
    assert (tape.side, tape.written) == (4, [7])


def test_a_failure_reaches_who_puts_and_nobody_waits_for_ever() -> None:
    tape = Tape(fails_at=2)
    with ClipEncoder(tape.open) as encoder, pytest.raises(RecordingError, match="No space left"):
        encode(encoder, 100 * QUEUE_PICTURES)
    assert (tape.written, tape.closed) == ([0, 1], 1)


@pytest.mark.parametrize("tape", [Tape(fails_at=1), Tape(fails_closing=True)])
def test_a_late_failure_reaches_who_finishes(tape: Tape) -> None:
    with ClipEncoder(tape.open) as encoder, pytest.raises(RecordingError):
        encode(encoder, 2)


def test_any_error_of_the_thread_is_told() -> None:
    def broken(_side: int) -> Tape:
        raise ZeroDivisionError("not our own kind")

    with ClipEncoder(broken) as encoder, pytest.raises(ZeroDivisionError):
        encode(encoder, 1)


def test_abandoning_drops_what_is_queued_and_closes() -> None:
    tape = Tape()
    tape.gate.clear()
    with ClipEncoder(tape.open) as encoder:
        for number in range(QUEUE_PICTURES):
            encoder.put(picture(number))
        threading.Timer(0.05, tape.gate.set).start()
    assert len(tape.written) <= 1
    assert tape.closed == bool(tape.written)
    encoder.abandon()


def test_without_a_picture_nothing_is_opened() -> None:
    with ClipEncoder(Tape().open) as encoder:
        encoder.finish()
        encoder.abandon()
