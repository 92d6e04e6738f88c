"""viewer.filming.filming_choice: what is chosen is in force, told once, and there again next time."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from viewer.filming.filming_choice import DEFAULT_FPS, FilmingChoice, FilmingSettings, sessions_folder, shortened_path

pytestmark = pytest.mark.display


@pytest.fixture
def memory(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)


def test_what_was_chosen_is_there_again(memory: QSettings, tmp_path: Path, qtbot: QtBot) -> None:
    choice = FilmingChoice(memory)
    assert choice.settings == FilmingSettings(sessions_folder(), "h264", DEFAULT_FPS)
    folder = tmp_path / "带 空格"
    choice.choose(codec="ffv1", fps=60.0)
    choice.choose(folder=folder)
    choice.close()
    memory.sync()
    again = QSettings(memory.fileName(), QSettings.Format.IniFormat)
    assert FilmingChoice(again).settings == FilmingSettings(folder, "ffv1", 60.0)


def test_the_same_choice_again_is_none(qtbot: QtBot) -> None:
    choice = FilmingChoice()
    with qtbot.assertNotEmitted(choice.changed):
        choice.choose(codec="h264", fps=DEFAULT_FPS)
    with qtbot.waitSignal(choice.changed, timeout=1000):
        choice.choose(fps=30.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("codec", "vp9"), ("fps", "nan"), ("fps", "many"), ("fps", "1e9"), ("folder", "relative"), ("folder", "")],
)
def test_a_memory_that_makes_no_sense_is_as_at_first(memory: QSettings, name: str, value: str) -> None:
    memory.setValue(f"recording/{name}", value)
    assert FilmingChoice(memory).settings == FilmingSettings(sessions_folder())


def test_the_disk_is_looked_at_beside_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    choice = FilmingChoice()
    assert choice.room.sentence() == ""
    with qtbot.waitSignal(choice.changed, timeout=5000):
        choice.choose(folder=tmp_path)
    qtbot.waitUntil(lambda: "free, about" in choice.room.sentence(), timeout=5000)
    lasts_s = choice.room.left_s
    choice.choose(codec="exr")
    assert choice.room.left_s < lasts_s / 100
    choice.close()


def test_paths_are_short_at_home() -> None:
    assert shortened_path(Path.home() / "Videos") == str(Path("~/Videos"))
    assert shortened_path(Path("/mnt/a")) == "/mnt/a"
