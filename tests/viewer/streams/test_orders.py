"""viewer.streams.orders: forms that come down a worker's input."""

from __future__ import annotations

from queue import SimpleQueue

from viewer.push.values import VideoForm
from viewer.streams.messages import forms_line
from viewer.streams.orders import newer_forms, next_forms
from viewer.streams.values import StreamForm
from viewer.streams.worker_life import Life


def test_the_newest_of_several_counts_and_none_is_none() -> None:
    lines: SimpleQueue[bytes] = SimpleQueue()
    assert newer_forms(lines) == ()
    for fps in (25.0, 12.5, 10.0):
        lines.put(forms_line([StreamForm(1, video=VideoForm(fps))]))
    assert newer_forms(lines)[0].video.fps == 10.0
    assert newer_forms(lines) == ()


def test_who_waits_gets_the_next_or_nothing_when_it_is_over() -> None:
    lines: SimpleQueue[bytes] = SimpleQueue()
    life = Life()
    lines.put(forms_line([StreamForm(3)]))
    assert next_forms(life, lines) == (StreamForm(3),)
    life.end()
    try:
        assert next_forms(life, lines) == ()
    finally:
        life.close()
