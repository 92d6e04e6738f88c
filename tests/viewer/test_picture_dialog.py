"""viewer.picture_dialog: what is chosen comes out, with a name that ends as it should."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gpu_core.look import FreeCamera, Look
from gpu_core.settings import View
from viewer.look.backdrop import Backdrop, Background
from viewer.picture_dialog import PictureDialog, TurntableDialog
from viewer.stills.still import StillForm
from viewer.stills.turntable import TurntableForm
from viewer.view_values import ViewMode

pytestmark = pytest.mark.display
LOOK = Look(FreeCamera(yaw=20.0))
BEHIND = Backdrop(Background("colour"))


def answer(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (name, ""))


def test_a_still_as_it_is_shown(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, heard = PictureDialog(ViewMode.RENDER, LOOK, BEHIND), []
    qtbot.addWidget(dialog)
    dialog.chosen.connect(lambda *told: heard.append(told))
    dialog.sizes.setCurrentIndex(2)
    dialog.backgrounds.setCurrentIndex(1)
    dialog.formats.setCurrentIndex(1)
    answer(monkeypatch, "/a b/face.png")
    dialog._ask_name()
    assert heard == [(Path("/a b/face.png.exr"), StillForm((View.RENDER,), 2048, BEHIND, LOOK))]


def test_without_a_name_nothing_happens_and_the_dialog_stays(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, heard = PictureDialog(ViewMode.ALL, None, None), []
    qtbot.addWidget(dialog)
    dialog.chosen.connect(lambda *told: heard.append(told))
    dialog.open()
    answer(monkeypatch, "")
    dialog._ask_name()
    assert heard == []
    assert dialog.isVisible()
    assert dialog.form == StillForm((View.TEXTURE, View.RENDER, View.GENERATED), 512, None, None)
    assert not dialog.backgrounds.isEnabled(), "there is nothing behind the face"
    assert "resampling" in dialog.note.text()


def test_a_turntable(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, heard = TurntableDialog(ViewMode.GENERATED, LOOK, BEHIND, (-25.0, 31.0)), []
    qtbot.addWidget(dialog)
    dialog.chosen.connect(heard.append)
    assert "-25° to 31°" in dialog.note.text()
    dialog.views.setCurrentText("Texture")
    assert "once around" in dialog.note.text()
    dialog.frames.setValue(90)
    answer(monkeypatch, "/t/around")
    dialog._ask_name()
    assert heard == [TurntableForm(Path("/t/around"), StillForm((View.TEXTURE,), 512, None, LOOK), 90, "png")]
