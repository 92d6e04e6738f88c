"""viewer.panels.capture: listening, discovery and driving, with mouse and keys."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from viewer.capture import livelink
from viewer.capture.protocols import PROTOCOLS
from viewer.live.capture_model import CaptureModel
from viewer.live.vmc_output import VmcOutput
from viewer.panels.capture import NOTHING_ON, OPEN_WARNING, CapturePanel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
SMILE = NEUTRAL.with_weights({"mouthSmileLeft": 0.8})


@pytest.fixture
def capture(model: ViewerModel) -> Iterator[CaptureModel]:
    capture = CaptureModel(model, dict.fromkeys(PROTOCOLS, 0))
    yield capture
    capture.close()


@pytest.fixture
def panel(capture: CaptureModel, model: ViewerModel, qtbot: QtBot) -> Iterator[CapturePanel]:
    output = VmcOutput(model, capture.hears)
    panel = CapturePanel(capture, output)
    qtbot.addWidget(panel)
    panel.resize(280, 640)
    panel.show()
    yield panel
    output.stop()


def click(qtbot: QtBot, button: object) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_click_listens_and_another_stops(capture: CaptureModel, panel: CapturePanel, qtbot: QtBot) -> None:
    assert panel.hint.text() == NOTHING_ON
    assert not panel.record.isEnabled()
    click(qtbot, panel.listen["livelink"])
    assert capture.listens_to("livelink")
    assert panel.hint.text().startswith("Nothing heard yet. Let the sender send to 127.0.0.1, port ")
    assert panel.record.isEnabled()
    click(qtbot, panel.listen["livelink"])
    assert not capture.listens_to("livelink")
    assert not panel.listen["livelink"].isChecked()


def test_what_cannot_begin_does_not_look_as_if_it_had(
    model: ViewerModel, capture: CaptureModel, panel: CapturePanel, qtbot: QtBot
) -> None:
    qtbot.keyClicks(panel.phone, "no address")
    qtbot.keyClick(panel.phone, Qt.Key.Key_Return)
    assert not panel.listen["ifacialmocap"].isChecked()
    assert model.message.level == "error"


def test_it_is_closed_at_first_and_says_what_opening_means(
    capture: CaptureModel, panel: CapturePanel, qtbot: QtBot
) -> None:
    assert not panel.open.isChecked()
    qtbot.keyClick(panel.open, Qt.Key.Key_Space)
    assert capture.is_open
    assert panel.hint.text() == OPEN_WARNING
    assert panel.hint.property("state") == "warning"
    qtbot.keyClick(panel.open, Qt.Key.Key_Space)
    assert panel.hint.property("state") == ""


def test_who_sends_is_listed_and_drives(
    model: ViewerModel, capture: CaptureModel, panel: CapturePanel, qtbot: QtBot
) -> None:
    click(qtbot, panel.listen["livelink"])
    capture.configure(replace(capture.settings, smoothing=0.0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        frame = iter(range(10**6))

        def send() -> None:
            packet = livelink.encode(SMILE, frame=next(frame), subject="Anna\nB")
            phone.sendto(packet, ("127.0.0.1", capture.port("livelink")))

        def is_listed() -> bool:
            send()
            return "drives the face (" in panel.state.text()

        qtbot.waitUntil(is_listed, timeout=5000)
        assert panel.sources.item(0, 0).text() == "● Anna\ufffdB"
        assert not panel.let_go.isVisible()
        model.edit_weights({"browInnerUp": 0.5})
        assert panel.let_go.text() == "Let go of 1 held by hand"
        click(qtbot, panel.let_go)
        assert not capture.held
        click(qtbot, panel.record)
        assert panel.record.text() == "Stop and keep"
        qtbot.keyClick(panel.drive, Qt.Key.Key_Space)
        assert not capture.drives
        assert panel.state.text().endswith("does not drive the face.")


def test_who_is_not_understood_is_told_why(capture: CaptureModel, panel: CapturePanel, qtbot: QtBot) -> None:
    click(qtbot, panel.listen["livelink"])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.sendto(b"\0\1\0\4Mien", ("127.0.0.1", capture.port("livelink")))
        qtbot.waitUntil(lambda: "ARKit" in panel.state.text(), timeout=5000)
    assert panel.state.property("state") == "warning"
    assert panel.sources.item(0, 0).text() == "127.0.0.1"


def test_the_face_goes_out_as_vmc_where_it_is_told(model: ViewerModel, panel: CapturePanel, qtbot: QtBot) -> None:
    panel.to.setText("nowhere")
    qtbot.keyClick(panel.send, Qt.Key.Key_Space)
    assert not panel.send.isChecked()
    assert model.message.level == "error"
    panel.to.setText("127.0.0.1:9")
    qtbot.keyClick(panel.send, Qt.Key.Key_Space)
    assert panel.send.isChecked()
    qtbot.keyClick(panel.send, Qt.Key.Key_Space)
    assert not panel.send.isChecked()


def test_nothing_is_cut_off_at_the_width_of_its_dock(panel: CapturePanel, qtbot: QtBot) -> None:
    qtbot.waitExposed(panel)
    assert not panel.horizontalScrollBar().isVisible()
    assert panel.widget().minimumSizeHint().width() <= 280
