"""viewer.streaming.wish_form and its parts: what is set becomes a wish."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from viewer.push.values import VideoForm
from viewer.streaming.wish import StreamWish
from viewer.streaming.wish_form import WishForm

pytestmark = pytest.mark.display
TITLES = {"talk": "Talk", "range": "Range of motion"}


@pytest.fixture
def form(qtbot: QtBot) -> WishForm:
    form = WishForm(TITLES)
    qtbot.addWidget(form)
    form.resize(300, 600)
    form.show()
    return form


def test_as_it_is_at_first_it_can_begin(form: WishForm) -> None:
    assert form.wish() == StreamWish()


def test_it_is_folded_to_what_matters(form: WishForm, qtbot: QtBot) -> None:
    assert not form.video.isVisible()
    qtbot.mouseClick(form.fold, Qt.MouseButton.LeftButton)
    assert form.video.isVisible()
    qtbot.keyClick(form.fold, Qt.Key.Key_Space)
    assert not form.video.isVisible()


def test_every_field_is_in_the_wish(form: WishForm, qtbot: QtBot) -> None:
    told: list[bool] = []
    form.changed.connect(lambda: told.append(True))
    form.faces.setValue(4)
    form.video.size_choice.setCurrentIndex(form.video.size_choice.findData(256))
    form.video.fps.setValue(15)
    form.video.bit_rate.setValue(800)
    form.video.key.setValue(2)
    form.video.encoder.setCurrentIndex(form.video.encoder.findData("x264"))
    form.way.way.setCurrentIndex(form.way.way.findData("batch"))
    form.way.when_full.setCurrentIndex(form.way.when_full.findData("degrade"))
    form.source.setCurrentIndex(form.source.findText("All of these, in turn"))
    qtbot.keyClicks(form.to, "udp://127.0.0.1:500{n}")
    qtbot.keyClick(form.to, Qt.Key.Key_Tab)
    video = VideoForm(15.0, 800, 2.0, "x264")
    wish = StreamWish(4, ("talk", "range"), "udp://127.0.0.1:500{n}", 256, video, "batch", "degrade")
    assert form.wish() == wish
    assert len(told) == 10


def test_takes_can_be_a_source(form: WishForm, tmp_path: Path) -> None:
    form.source.offer(tmp_path / "b.csv")
    assert form.wish().sources == (str(tmp_path / "b.csv"),)


def test_return_in_the_target_begins(form: WishForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.entered, timeout=3000):
        qtbot.keyClick(form.to, Qt.Key.Key_Return)


def test_all_that_can_be_set_has_a_name_and_says_what_it_is(form: WishForm) -> None:
    video, way = form.video, form.way
    fields = (
        form.faces, form.source, form.to, video.size_choice, video.fps, video.bit_rate, video.key, video.encoder,
        way.way, way.when_full, way.percent, way.memory, way.priority,
    )  # fmt: skip
    assert all(field.accessibleName() and field.toolTip() for field in fields)
    assert "{n}" in form.to.toolTip()
