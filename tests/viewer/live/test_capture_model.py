"""viewer.live.capture_model: faces from the network move the face; hands are on top, performances wait."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL, Expression
from gpu_core.settings import FrameRequest
from tests.viewer.capture.packets import distance
from viewer.capture import live_face, livelink
from viewer.capture.own_address import own_address
from viewer.capture.protocols import PROTOCOLS
from viewer.cockpit import Cockpit
from viewer.edit_history import EditHistory
from viewer.live import capture_model
from viewer.live.capture_model import CaptureModel
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.8, "jawOpen": 0.4}).with_head(yaw=10.0)
FREE_PORTS = dict.fromkeys(PROTOCOLS, 0)


class Phone:
    """Sends faces as Live Link Face does."""

    def __init__(self, capture: CaptureModel, qtbot: QtBot) -> None:
        self._capture, self._qtbot, self._frame = capture, qtbot, 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(self, face: Expression | None, subject: str = "Anna") -> None:
        self._frame += 1
        packet = livelink.encode(face, frame=self._frame, subject=subject)
        self._socket.sendto(packet, ("127.0.0.1", self._capture.port("livelink")))

    def send_until(self, face: Expression, condition: Callable[[], bool], subject: str = "Anna") -> None:
        """Sixty a second, until it shows."""

        def look() -> bool:
            self.send(face, subject)
            return condition()

        self._qtbot.waitUntil(look, timeout=5000)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def capture(model: ViewerModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaptureModel]:
    monkeypatch.setattr(live_face, "EASE_IN_S", 0.05)
    monkeypatch.setattr(live_face, "HOLD_S", 0.15)
    monkeypatch.setattr(live_face, "EASE_OUT_S", 0.15)
    capture = CaptureModel(model, FREE_PORTS)
    capture.configure(replace(capture.settings, smoothing=0.0))
    yield capture
    capture.close()


@pytest.fixture
def phone(capture: CaptureModel, qtbot: QtBot) -> Iterator[Phone]:
    assert capture.listen("livelink")
    phone = Phone(capture, qtbot)
    yield phone
    phone.close()


def shows(model: ViewerModel, face: Expression) -> Callable[[], bool]:
    return lambda: distance(model.expression, face) < 1e-4


def active_timers(capture: CaptureModel) -> list[QTimer]:
    return [timer for timer in capture.findChildren(QTimer) if timer.isActive()]


def test_nothing_runs_before_something_is_listened_to_and_after(capture: CaptureModel) -> None:
    def threads() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("capture ")]

    assert not active_timers(capture)
    assert not threads()
    assert capture.listen("livelink")
    assert capture.listen("vmc")
    assert threads() == ["capture livelink", "capture vmc"]
    capture.stop("livelink")
    capture.stop("vmc")
    capture.stop("vmc")
    assert not active_timers(capture)
    assert not threads()


def test_a_face_from_the_network_moves_the_face_and_is_no_hand(
    model: ViewerModel, capture: CaptureModel, phone: Phone
) -> None:
    edits: list[object] = []
    model.face_edited.connect(edits.append)
    phone.send_until(SMILE, shows(model, SMILE))
    assert capture.is_live
    assert str(capture.source).startswith("Anna from 127.0.0.1:")
    assert not model.request.by_hand
    assert not edits
    assert capture.delay_ms > 0.0


def test_a_lost_signal_is_held_then_eased_to_rest_and_then_nothing_runs(
    model: ViewerModel, capture: CaptureModel, phone: Phone, qtbot: QtBot
) -> None:
    phone.send_until(SMILE, shows(model, SMILE))
    seen: list[float] = []
    model.expression_changed.connect(lambda face, _touched: seen.append(face["jawOpen"]))
    qtbot.waitUntil(lambda: not capture.is_live, timeout=5000)
    assert model.expression == NEUTRAL
    assert len(seen) > 2
    assert seen == sorted(seen, reverse=True)
    assert len(active_timers(capture)) == 2  # those of the figures and of the garbage
    assert capture.source is None
    phone.send_until(SMILE, shows(model, SMILE))


def test_a_phone_that_sees_no_face_is_a_lost_signal(model: ViewerModel, capture: CaptureModel, phone: Phone) -> None:
    phone.send_until(SMILE, shows(model, SMILE))
    while capture.is_live:
        phone.send(None)
        phone._qtbot.wait(5)
    assert model.expression == NEUTRAL
    assert capture.sources()[0].sees_face is False


def test_another_source_drives_when_it_is_chosen(model: ViewerModel, capture: CaptureModel, phone: Phone) -> None:
    phone.send_until(SMILE, shows(model, SMILE), "Anna")
    other = NEUTRAL.with_weights({"cheekPuff": 1.0})
    phone.send_until(other, lambda: len(capture.sources()) == 2, "Ben")
    ben = next(told.key for told in capture.sources() if told.key.subject == "Ben")
    capture.choose(ben)
    assert capture.is_chosen
    phone.send_until(other, shows(model, other), "Ben")
    assert capture.source == ben


def test_capture_wins_over_performances_until_it_is_taken_off_the_face(
    model: ViewerModel, capture: CaptureModel, phone: Phone
) -> None:
    model.set_playback(replace(model.playback, name="talk", playing=True))
    phone.send_until(SMILE, shows(model, SMILE))
    assert not model.playback.playing
    model.set_playback(replace(model.playback, playing=True))
    assert not model.playback.playing
    assert "Drive the face" in model.message.text
    capture.set_driving(drives=False)
    model.set_playback(replace(model.playback, playing=True))
    assert model.playback.playing
    before = model.expression
    phone.send_until(SMILE, lambda: capture.sources()[0].packets_per_s > 20)
    assert model.expression == before
    assert model.playback.playing


def test_what_a_hand_moves_is_held_on_top_until_it_is_let_go(
    model: ViewerModel, capture: CaptureModel, phone: Phone
) -> None:
    phone.send_until(SMILE, shows(model, SMILE))
    model.edit_weights({"browInnerUp": 0.9})
    model.edit_head(yaw=-5.0)
    assert capture.held == {"browInnerUp", "yaw"}
    grin = SMILE.with_weights({"mouthSmileLeft": 0.2})
    phone.send_until(grin, shows(model, grin.with_weights({"browInnerUp": 0.9}).with_head(yaw=-5.0)))
    capture.let_go()
    phone.send_until(grin, shows(model, grin))


def test_undo_and_a_neutral_face_let_go(model: ViewerModel, capture: CaptureModel, phone: Phone) -> None:
    history = EditHistory(model, TimelineModel(model))
    phone.send_until(SMILE, shows(model, SMILE))
    model.edit_head(yaw=-5.0)
    model.end_gesture()
    model.edit_weights({"browInnerUp": 0.9})
    assert capture.held == {"browInnerUp", "yaw"}
    history.stack.undo()
    assert capture.held == {"yaw"}
    model.reset()
    assert not capture.held
    phone.send_until(SMILE, shows(model, SMILE))
    history.close()


def test_calibration_gain_and_mirror_reach_the_face(model: ViewerModel, capture: CaptureModel, phone: Phone) -> None:
    capture.calibrate()
    assert "nothing is heard" in model.message.text
    phone.send_until(SMILE, shows(model, SMILE))
    capture.calibrate()
    phone.send_until(SMILE, shows(model, NEUTRAL))
    capture.forget_neutral()
    capture.configure(replace(capture.settings, gain=0.5, mirrors=True))
    mirrored = NEUTRAL.with_weights({"mouthSmileRight": 0.4, "jawOpen": 0.2}).with_head(yaw=-5.0)
    phone.send_until(SMILE, shows(model, mirrored))


def test_what_is_heard_is_recorded_as_it_was_sent(model: ViewerModel, capture: CaptureModel, phone: Phone) -> None:
    kept: list[object] = []
    capture.recorded.connect(kept.append)
    capture.set_recording(on=True)
    capture.set_recording(on=False)
    assert not kept
    assert "Nothing was heard" in model.message.text
    capture.configure(replace(capture.settings, gain=0.0))
    capture.set_recording(on=True)
    phone.send_until(SMILE, lambda: capture.is_live)
    capture.set_recording(on=False)
    (captured,) = kept
    face = captured.rows[0].expression  # type: ignore[attr-defined]
    assert distance(face, SMILE) < 1e-6


def test_a_port_that_is_taken_is_a_message(model: ViewerModel) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", 0))
        capture = CaptureModel(model, {"livelink": held.getsockname()[1]})
        assert not capture.listen("livelink")
    assert "is taken" in model.message.text
    assert model.message.level == "error"
    assert not capture.listens_to("livelink")


def test_a_phone_far_away_is_greeted_only_when_the_network_is_open(model: ViewerModel, capture: CaptureModel) -> None:
    assert not capture.listen("ifacialmocap", phone="192.168.0.20")
    assert "open to the network" in model.message.text
    assert not capture.listen("ifacialmocap", phone="my phone")


def test_opening_begins_anew_and_closing_again(capture: CaptureModel, phone: Phone) -> None:
    assert not capture.is_open
    capture.set_open(is_open=True)
    assert capture.listens_to("livelink")
    assert capture._receivers["livelink"].address[0] == "0.0.0.0"
    capture.set_open(is_open=False)
    assert capture._receivers["livelink"].address[0] == "127.0.0.1"


def test_what_would_be_our_own_voice_is_known(capture: CaptureModel) -> None:
    assert not capture.hears(("127.0.0.1", 0))
    assert capture.listen("vmc")
    assert capture.hears(("127.0.0.1", capture.port("vmc")))
    assert capture.hears((own_address(), capture.port("vmc")))
    assert capture.hears(("0.0.0.0", capture.port("vmc")))
    assert not capture.hears(("127.0.0.1", 9))
    assert not capture.hears(("198.51.100.1", capture.port("vmc")))


def test_garbage_changes_nothing(model: ViewerModel, capture: CaptureModel, phone: Phone, qtbot: QtBot) -> None:
    assert math.isnan(capture.delay_ms)
    address = ("127.0.0.1", capture.port("livelink"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        for packet in (b"", bytes(2000), b"\6" * 300, livelink.encode(SMILE, frame=1)[:-1]):
            other.sendto(packet, address)
        qtbot.waitUntil(lambda: bool(capture.sources()) and capture.sources()[0].refused == 4, timeout=3000)
    assert model.expression == NEUTRAL
    assert not capture.is_live


def test_live_faces_pass_a_busy_window_by(model: ViewerModel, phone: Phone, capture: CaptureModel) -> None:
    """The engine is asked from the thread that listens, while this one does not look."""
    asked: list[FrameRequest] = []
    capture._lane._ask = asked.append
    phone.send_until(SMILE, lambda: bool(asked) and shows(model, SMILE)())
    before, grin = model.expression, NEUTRAL.with_weights({"cheekPuff": 0.5})
    deadline = time.monotonic() + 5.0
    while asked[-1].expressions[0]["cheekPuff"] < 0.49 and time.monotonic() < deadline:
        phone.send(grin)
        time.sleep(0.01)
    assert asked[-1].expressions[0]["cheekPuff"] == pytest.approx(0.5)
    assert model.expression == before
    phone.send_until(grin, shows(model, grin))
    assert model.request.expressions == asked[-1].expressions
    assert capture.delay_ms > 0.0


def test_the_window_s_engine_is_asked_for_the_live_face(
    cockpit: Cockpit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = cockpit.desk.capture
    monkeypatch.setattr(capture, "_ports", FREE_PORTS)
    assert capture.listen("livelink")
    phone = Phone(capture, qtbot)
    phone.send_until(SMILE, lambda: capture.is_live and cockpit.model.shown is not None
                     and cockpit.model.shown.request.expressions[0]["jawOpen"] > 0.3)  # fmt: skip
    phone.close()
    cockpit.window.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("capture ")]
    assert capture_model.TICK_MS > 0
    assert not active_timers(capture)
