"""viewer.streaming.video_form: the video of each stream, and how they share the machine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.push.values import VideoForm
from viewer.streaming.video_form import VideoPart, WayPart
from viewer.streams.values import MpsLimits

pytestmark = pytest.mark.display


def test_the_video_is_what_is_usual_until_somebody_changes_it(qtbot: QtBot) -> None:
    video = VideoPart()
    qtbot.addWidget(video)
    assert video.form() == VideoForm()
    with qtbot.waitSignal(video.changed, timeout=3000):
        video.fps.setValue(15)
    assert video.form() == VideoForm(15.0)


def test_mps_is_greyed_with_its_reason_or_offered_with_limits(qtbot: QtBot) -> None:
    way = WayPart()
    qtbot.addWidget(way)
    way.show()
    way.show_mps("There is no NVIDIA driver on this machine")
    assert not way.mps.isEnabled()
    assert way.why_not.text() == "There is no NVIDIA driver on this machine"
    assert not way.percent.isVisible()
    way.show_mps("")
    assert not way.why_not.isVisible()
    qtbot.keyClick(way.mps, Qt.Key.Key_Space)
    assert way.percent.isVisible()
    way.percent.setValue(25)
    way.memory.setValue(2048)
    assert (way.uses_mps(), way.limits()) == (True, MpsLimits(25.0, 2048))
    way.show_mps("gone")
    assert not way.uses_mps()
