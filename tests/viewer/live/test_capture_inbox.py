"""viewer.live.capture_inbox: the newest face of one source, from any thread."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject, Qt, QThread
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL, Expression
from gpu_core.settings import View
from tests.viewer.capture.packets import face_of
from viewer.capture.captured import Captured
from viewer.capture.heard import Heard
from viewer.capture.receiver import Arrival
from viewer.capture.senders import SourceKey
from viewer.live.capture_inbox import CaptureInbox
from viewer.live.live_lane import LiveLane
from viewer.request_maker import RequestMaker

pytestmark = pytest.mark.display

ANNA, BEN = SourceKey(("10.0.0.1", 1), "Anna"), SourceKey(("10.0.0.2", 1), "Ben")


def arrival(source: SourceKey, face: Expression | None, number: int = 0) -> Arrival:
    return Arrival(source, Heard(source.subject, face), float(number))


class Listener(QObject):
    """Counts what it is told, and on which thread."""

    def __init__(self, inbox: CaptureInbox) -> None:
        super().__init__()
        self.told = 0
        self.threads: set[bool] = set()
        inbox.filled.connect(self.hear, Qt.ConnectionType.QueuedConnection)

    def hear(self) -> None:
        self.told += 1
        self.threads.add(QThread.currentThread() == self.thread())


def test_the_newest_face_is_taken_once(qtbot: QtBot) -> None:
    inbox = CaptureInbox(LiveLane(RequestMaker((View.GENERATED,))))
    for number in range(3):
        inbox.put(arrival(ANNA, face_of(number), number))
    taken = inbox.take()
    assert taken is not None
    assert taken[0].arrived_s == 2.0
    assert taken[1] is None
    assert inbox.take() is None


def test_a_flood_from_a_thread_is_one_signal_on_the_gui_thread(qtbot: QtBot) -> None:
    inbox = CaptureInbox(LiveLane(RequestMaker((View.GENERATED,))))
    listener = Listener(inbox)

    def flood() -> None:
        for number in range(1000):
            inbox.put(arrival(ANNA, NEUTRAL, number))

    flooding = threading.Thread(target=flood)
    flooding.start()
    flooding.join()
    qtbot.waitUntil(lambda: listener.told > 0, timeout=3000)
    qtbot.wait(10)
    assert listener.told == 1
    assert listener.threads == {True}
    assert inbox.take() is not None
    inbox.put(arrival(ANNA, NEUTRAL))
    qtbot.waitUntil(lambda: listener.told == 2, timeout=3000)


def test_the_first_with_a_face_drives_until_another_is_followed(qtbot: QtBot) -> None:
    inbox = CaptureInbox(LiveLane(RequestMaker((View.GENERATED,))))
    inbox.put(arrival(BEN, None))
    assert inbox.source is None
    inbox.put(arrival(ANNA, NEUTRAL))
    inbox.put(arrival(BEN, face_of(1), 9))
    assert inbox.source == ANNA
    inbox.follow(BEN)
    assert inbox.take() is None
    inbox.put(arrival(ANNA, NEUTRAL))
    inbox.put(arrival(BEN, face_of(1), 10))
    taken = inbox.take()
    assert taken is not None
    assert taken[0].source == BEN


def test_everything_is_gathered_while_somebody_records(qtbot: QtBot) -> None:
    inbox = CaptureInbox(LiveLane(RequestMaker((View.GENERATED,))))
    inbox.captured = Captured()
    for number in range(5):
        inbox.put(arrival(ANNA, None if number == 2 else face_of(number), number))
    assert [row.expression is None for row in inbox.captured.rows] == [False, False, True, False, False]
