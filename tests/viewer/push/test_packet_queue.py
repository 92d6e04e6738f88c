"""Whatever happens to a queue, what comes out of it can be decoded."""

from __future__ import annotations

import threading
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from viewer.push.coded import Coded
from viewer.push.packet_queue import MOST_BYTES, PacketQueue


def frame(number: int, *, key: bool = False, size: int = 10) -> Coded:
    return Coded(bytes(size), number, 1, key)


SOUND = Coded(b"sound", 0, 1024, is_sound=True)


def drained(queue: PacketQueue) -> list[Coded]:
    pieces = []
    while (piece := queue.take(0.0)) is not None:
        pieces.append(piece)
    return pieces


@given(st.lists(st.sampled_from(["put", "put", "put", "sound", "take", "shut", "open"]), max_size=200))
def test_every_frame_that_comes_out_follows_its_reference_or_is_a_key(does: list[str]) -> None:
    """As an encoder uses it: a key frame is made when one is wanted, and every tenth."""
    queue, number, out, put = PacketQueue(4), 0, [], 0
    queue.open()
    for do in does:
        if do == "put":
            if queue.is_open:
                queue.put(frame(number, key=queue.wants_key or number % 10 == 0))
                put += 1
            number += 1
        elif do == "sound":
            queue.put(SOUND)
        elif do == "take":
            out += [piece] if (piece := queue.take(0.0)) is not None else []
        else:
            getattr(queue, do)()
        assert queue.frames <= 4
    out += drained(queue)
    video = [piece for piece in out if not piece.is_sound]
    assert all(piece.is_key or piece.time == before.time + 1 for before, piece in pairwise(video))
    assert not video or video[0].is_key
    assert len(video) + queue.dropped == put, "what is not sent is counted"


def test_a_full_queue_is_given_up_whole_and_asks_for_a_key_frame() -> None:
    queue = PacketQueue(3)
    queue.open()
    for number in range(3):
        queue.put(frame(number, key=queue.wants_key))
    queue.put(frame(3))
    assert (queue.frames, queue.wants_key, queue.dropped) == (0, True, 4)
    queue.put(SOUND)
    queue.put(frame(4))
    queue.put(frame(5, key=True))
    queue.put(frame(6))
    assert [piece.time for piece in drained(queue)] == [5, 6]


def test_bytes_are_bounded_as_well() -> None:
    queue = PacketQueue(1000)
    queue.open()
    for number in range(10):
        queue.put(frame(number, key=True, size=MOST_BYTES // 4))
    assert sum(len(piece.data) for piece in drained(queue)) <= MOST_BYTES


def test_nobody_takes_nothing_is_kept() -> None:
    queue = PacketQueue(3)
    queue.put(frame(0, key=True))
    assert not queue.is_open
    assert queue.take(0.0) is None
    assert queue.dropped == 1


def test_an_ended_queue_gives_what_it_has_and_lets_nobody_wait() -> None:
    queue = PacketQueue(3)
    queue.open()
    queue.put(frame(0, key=True))
    waiting = threading.Timer(0.05, queue.end)
    waiting.start()
    assert queue.take(5.0) is not None
    assert queue.take(30.0) is None
    assert queue.is_done
    waiting.join()
    queue.open()
    assert not queue.is_open, "after its end nobody opens it again"
