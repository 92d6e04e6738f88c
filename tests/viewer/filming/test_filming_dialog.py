"""viewer.filming.filming_dialog: what is chosen there is in force at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from viewer.filming import filming_dialog
from viewer.filming.filming_choice import FilmingChoice
from viewer.filming.filming_dialog import FilmingDialog
from viewer.sessions.layout import CODECS

pytestmark = pytest.mark.display


@pytest.fixture
def choice(tmp_path: Path) -> Iterator[FilmingChoice]:
    choice = FilmingChoice()
    choice.choose(folder=tmp_path)
    yield choice
    choice.close()


def test_every_codec_can_be_chosen_and_says_what_it_is(choice: FilmingChoice, qtbot: QtBot) -> None:
    assert tuple(filming_dialog.CODECS) == CODECS
    dialog = FilmingDialog(choice)
    qtbot.addWidget(dialog)
    dialog.show()
    for index, codec in enumerate(CODECS):
        dialog.codec.setCurrentIndex(index)
        dialog.codec.activated.emit(index)
        assert choice.settings.codec == codec
        assert dialog.told.text() == filming_dialog.CODECS[codec][1]
        needed = dialog.told.heightForWidth(dialog.told.width())
        assert needed <= dialog.told.height(), "nothing is cut off"
    dialog.rate.setCurrentIndex(dialog.rate.findText("60 frames a second"))
    dialog.rate.activated.emit(0)
    assert choice.settings.fps == 60.0
    qtbot.waitUntil(lambda: "free, about" in dialog.room.text(), timeout=5000)


def test_an_unusual_rate_is_among_them(choice: FilmingChoice, qtbot: QtBot) -> None:
    choice.choose(fps=12.5)
    dialog = FilmingDialog(choice)
    qtbot.addWidget(dialog)
    assert dialog.rate.currentText() == "12.5 frames a second"


def test_another_folder(choice: FilmingChoice, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = FilmingDialog(choice)
    qtbot.addWidget(dialog)
    answers = iter(["", str(tmp_path / "新 夹")])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(answers))
    dialog.change.click()
    assert choice.settings.folder == tmp_path
    dialog.change.click()
    assert choice.settings.folder == tmp_path / "新 夹"
    assert dialog.folder.toolTip() == str(tmp_path / "新 夹")
