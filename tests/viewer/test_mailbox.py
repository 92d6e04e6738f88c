"""viewer.mailbox: newest wins, waiting and waking across threads."""

from __future__ import annotations

import threading
import time

from viewer.mailbox import Mailbox


def test_the_newest_item_wins_and_the_rest_is_counted() -> None:
    box: Mailbox[int] = Mailbox()
    for item in (1, 2, 3):
        box.post(item)
    assert box.take() == 3
    assert box.take() is None
    assert box.dropped == 2


def test_a_taken_item_is_not_dropped() -> None:
    box: Mailbox[int] = Mailbox()
    box.post(1)
    box.take()
    box.post(2)
    assert box.dropped == 0


def test_what_is_refused_waits_and_gives_way_to_what_is_newer() -> None:
    box: Mailbox[int] = Mailbox()
    box.post(1)
    assert box.take(lambda item: item > 1) is None
    box.post(2)
    assert box.dropped == 1
    assert box.take(lambda item: item > 1) == 2
    assert box.take(lambda _: True) is None


def test_waiting_returns_at_once_for_what_was_posted_before() -> None:
    box: Mailbox[int] = Mailbox()
    box.post(1)
    assert box.wait(5.0)
    assert not box.wait(0.0), "one post wakes once"
    assert box.take() == 1, "waking does not take"


def test_wake_ends_a_wait_without_an_item() -> None:
    box: Mailbox[int] = Mailbox()
    threading.Timer(0.02, box.wake).start()
    assert box.wait(5.0)
    assert box.take() is None


def test_waiting_gives_up_in_time() -> None:
    box: Mailbox[int] = Mailbox()
    start = time.perf_counter()
    assert not box.wait(0.03)
    assert time.perf_counter() - start < 2.0


def test_every_item_is_either_taken_or_counted() -> None:
    box: Mailbox[int] = Mailbox()
    taken: list[int] = []

    def consume() -> None:
        while not taken or taken[-1] != 2000:
            box.wait(1.0)
            item = box.take()
            if item is not None:
                taken.append(item)

    consumer = threading.Thread(target=consume)
    consumer.start()
    for item in range(1, 2001):
        box.post(item)
    consumer.join(10.0)
    assert not consumer.is_alive()
    assert taken == sorted(taken)
    assert len(taken) + box.dropped == 2000
