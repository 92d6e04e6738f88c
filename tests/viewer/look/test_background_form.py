"""viewer.look.background_form: what is behind the face is chosen here, and shown as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from viewer.look.backdrop import Background
from viewer.look.background_form import TITLES, BackgroundForm
from viewer.look.model import LookModel

pytestmark = pytest.mark.display


@pytest.fixture
def form(look: LookModel, qtbot: QtBot) -> BackgroundForm:
    form = BackgroundForm(look)
    look.background_changed.connect(form.show_background)
    form.show_background()
    qtbot.addWidget(form)
    form.show()
    return form


def choose(form: BackgroundForm, kind: str) -> None:
    form.kinds.setCurrentText(TITLES[kind])
    form.kinds.activated.emit(form.kinds.currentIndex())


def test_kinds_show_what_belongs_to_them(form: BackgroundForm, look: LookModel) -> None:
    choose(form, "colour")
    assert form.colour.isVisible()
    assert not form.file.isVisible()
    form._on_colour(QColor(4, 5, 6))
    assert look.background == Background("colour", (4, 5, 6))
    choose(form, "transparent")
    assert look.background.kind == "transparent"
    assert not form.colour.isVisible()


def test_a_picture_is_asked_for_and_changing_ones_mind_changes_nothing(
    form: BackgroundForm, look: LookModel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    choose(form, "picture")
    assert form.kinds.currentText() == TITLES["neutral"]
    Image.new("RGB", (9, 9)).save(tmp_path / "room.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "room.png"), ""))
    with qtbot.waitSignal(look.background_changed, timeout=5000):
        choose(form, "picture")
    assert form.kinds.currentText() == TITLES["picture"]
    assert "room.png" in form.file.text()
    form.fits.setCurrentIndex(1)
    form.fits.activated.emit(1)
    assert look.background.fit == "fit"


def test_a_file_that_is_no_picture_leaves_the_form_as_it_was(
    form: BackgroundForm, look: LookModel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_text("text")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "a.png"), ""))
    with qtbot.waitSignal(look.background_changed, timeout=5000):
        choose(form, "picture")
    assert form.kinds.currentText() == TITLES["neutral"]
    assert look.backdrop is None
