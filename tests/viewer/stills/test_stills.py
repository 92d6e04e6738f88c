"""viewer.stills.stills: files and the clipboard get what is shown, beside the live face."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from gpu_core.errors import InferenceError
from gpu_core.settings import View
from tests.viewer.conftest import PictureDesk
from viewer.look.backdrop import Background
from viewer.stills.still import StillForm
from viewer.view_values import ViewMode

pytestmark = pytest.mark.display


@pytest.fixture
def desk(picture_desk: PictureDesk) -> PictureDesk:
    return picture_desk


def posted(desk: PictureDesk, qtbot: QtBot, text: str) -> None:
    qtbot.waitUntil(lambda: text in desk.model.message.text, timeout=10_000)


def test_saving_the_face_writes_straight_alpha(desk: PictureDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.stills.save(tmp_path / "face.png", StillForm())
    posted(desk, qtbot, "saved")
    image = QImage(str(tmp_path / "face.png"))
    assert (image.width(), image.height(), image.hasAlphaChannel()) == (512, 512, True)
    assert list(tmp_path.iterdir()) == [tmp_path / "face.png"], "nothing temporary is left"


def test_saving_where_one_may_not_is_one_line(desk: PictureDesk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desk.stills.save(tmp_path / "file" / "face.png", StillForm())
    posted(desk, qtbot, "cannot be written")
    assert desk.model.message.level == "error"


def test_a_generator_that_fails_is_one_line(desk: PictureDesk, qtbot: QtBot, engines: object, tmp_path: Path) -> None:
    engines.last.fail_with = InferenceError("the generator fails")  # type: ignore[attr-defined]
    desk.stills.save(tmp_path / "face.png", StillForm())
    posted(desk, qtbot, "the generator fails")
    engines.last.fail_with = None  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())


def test_what_is_shown_is_copied_with_its_alpha(desk: PictureDesk, qtbot: QtBot) -> None:
    desk.model.set_mode(ViewMode.TEXTURE)
    desk.stills.copy(with_background=False)
    posted(desk, qtbot, "copied")
    data = QGuiApplication.clipboard().mimeData()
    image = QImage.fromData(data.data("image/png"))
    assert (image.width(), image.pixelColor(1, 1).alpha(), image.pixelColor(256, 200).alpha()) == (512, 0, 255)
    assert data.hasImage()
    assert QGuiApplication.clipboard().image().pixelColor(1, 1).alpha() == 0


def test_with_its_background_nothing_is_transparent(desk: PictureDesk, qtbot: QtBot) -> None:
    desk.look.set_background(Background("colour", (1, 250, 3)))
    desk.model.set_mode(ViewMode.ALL)
    desk.stills.copy(with_background=True)
    posted(desk, qtbot, "copied")
    image = QGuiApplication.clipboard().image()
    assert image.pixelColor(1, 1).getRgb() == (1, 250, 3, 255)


def test_what_was_asked_for_before_closing_is_done(desk: PictureDesk, tmp_path: Path) -> None:
    desk.stills.save(tmp_path / "face.png", StillForm((View.RENDER,), 64))
    desk.close()
    assert (tmp_path / "face.png").is_file()


def test_a_stopped_engine_is_told(desk: PictureDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.thread.stop()
    desk.stills.save(tmp_path / "face.png", StillForm())
    posted(desk, qtbot, "engine has stopped")
