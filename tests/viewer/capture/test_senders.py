"""viewer.capture.senders: who sends, kept few whatever comes."""

from __future__ import annotations

import pytest

from gpu_core.expression import NEUTRAL
from tests.viewer.capture.packets import face_of
from tests.viewer.capture.test_openseeface import REST
from viewer.capture import livelink, openseeface
from viewer.capture.protocols import PROTOCOLS
from viewer.capture.senders import LONGEST_GAP, MOST_SENDERS, MOST_SUBJECTS, Senders, SourceKey

PHONE = ("10.0.0.7", 50_000)


@pytest.fixture
def senders() -> Senders:
    return Senders(PROTOCOLS["livelink"])


def send(senders: Senders, frames: list[int], start_s: float = 0.0, subject: str = "Anna") -> int:
    """Frames 60 a second; returns how many faces were heard."""
    return sum(
        len(senders.take(livelink.encode(NEUTRAL, frame=frame, subject=subject), PHONE, start_s + number / 60))
        for number, frame in enumerate(frames)
    )


def test_a_source_is_told_with_its_figures(senders: Senders) -> None:
    assert send(senders, list(range(100, 220))) == 120
    (told,) = senders.figures(2.0)
    assert told.key == SourceKey(PHONE, "Anna")
    assert str(told.key) == "Anna from 10.0.0.7:50000"
    assert told.packets_per_s == pytest.approx(60, abs=1)
    assert told.faces_per_s == pytest.approx(60, abs=1)
    assert told.age_s == pytest.approx(1 / 60)
    assert (told.sees_face, told.lost, told.refused, told.reason) == (True, 0, 0, "")


@pytest.mark.parametrize(
    ("frames", "lost", "heard"),
    [
        ([1, 2, 3, 6, 7], 2, 5),
        ([2, 4, 6, 10, 12], 1, 5),  # 30 a second, counted in sixtieths
        ([1, 2, 2, 3], 0, 4),
        ([10, 11, 9, 12], 0, 3),  # late: out of date
        ([1000, 1001, 3, 4], 0, 4),  # begun anew
        ([1, 2, 3 + LONGEST_GAP, 4 + LONGEST_GAP], 0, 4),  # another take
        ([-(2**31), 2**31 - 1], 0, 2),
    ],
)
def test_what_is_lost_is_counted_by_the_senders_numbers(
    senders: Senders, frames: list[int], lost: int, heard: int
) -> None:
    assert send(senders, frames) == heard
    assert next(senders.figures(1.0)).lost == lost


def test_a_protocol_without_numbers_tells_no_loss() -> None:
    senders = Senders(PROTOCOLS["openseeface"])
    senders.take(openseeface.encode(REST), PHONE, 0.0)
    assert next(senders.figures(0.0)).lost is None


def test_who_sends_what_is_no_packet_is_shown_with_the_reason(senders: Senders) -> None:
    assert senders.take(b"\0\1\0\0", PHONE, 1.0) == ()
    (told,) = senders.figures(1.5)
    assert told.key == SourceKey(PHONE, "")
    assert (told.refused, told.age_s, told.sees_face) == (1, 0.5, False)
    assert "ARKit" in told.reason


def test_a_phone_without_a_face_is_heard_and_says_so(senders: Senders) -> None:
    ((_, heard),) = senders.take(livelink.encode(None, frame=1, subject="Anna"), PHONE, 1.0)
    assert heard.expression is None
    assert not next(senders.figures(1.0)).sees_face


def test_one_sender_cannot_send_more_than_there_is_room_for(senders: Senders) -> None:
    heard = sum(len(senders.take(livelink.encode(NEUTRAL, frame=n), PHONE, 1.0)) for n in range(1000))
    assert heard == PROTOCOLS["livelink"].most_per_s
    told = next(senders.figures(1.0))
    assert told.refused == senders.over == 1000 - heard
    assert told.reason == "more than 300 packets a second"
    assert senders.take(livelink.encode(NEUTRAL, frame=2000), PHONE, 2.0)


def test_a_flood_of_senders_pushes_out_nobody_who_goes_on(senders: Senders) -> None:
    for number in range(600):
        now_s = number / 60
        assert senders.take(livelink.encode(NEUTRAL, frame=number), PHONE, now_s)
        for other in range(20):
            senders.take(livelink.encode(NEUTRAL, frame=number), (f"10.1.{number % 250}.{other}", number), now_s)
    told = list(senders.figures(10.0))
    assert len(told) == MOST_SENDERS
    assert told[0].key.address == PHONE
    assert told[0].lost == 0
    assert senders.over > 10_000


def test_the_oldest_go_when_others_come(senders: Senders) -> None:
    for number in range(MOST_SENDERS + 3):
        senders.take(livelink.encode(NEUTRAL, frame=1), (f"10.0.0.{number}", 1), float(number))
    assert next(senders.figures(99.0)).key.address[0] == "10.0.0.3"


def test_subjects_of_one_sender_are_few(senders: Senders) -> None:
    for number in range(50):
        send(senders, [1], number / 10, f"subject {number}")
    told = [figures.key.subject for figures in senders.figures(5.0)]
    assert told == [f"subject {number}" for number in range(50 - MOST_SUBJECTS, 50)]


def test_every_sender_of_vmc_gathers_by_itself() -> None:
    protocol = PROTOCOLS["vmc"]
    senders, parts = Senders(protocol), [protocol.encode(face_of(seed), 0, 0.0) for seed in (1, 2)]
    heard = {}
    for pair in zip(*parts, strict=True):
        for number, data in enumerate(pair):
            for key, one in senders.take(data, (f"10.0.0.{number}", 1), 1.0):
                heard[key.address[0]] = one.expression
    for number, seed in enumerate((1, 2)):
        face = heard[f"10.0.0.{number}"]
        assert face is not None
        assert face["jawOpen"] == pytest.approx(face_of(seed)["jawOpen"], abs=1e-6)
