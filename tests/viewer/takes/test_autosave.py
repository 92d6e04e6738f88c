"""viewer.takes.autosave: what was being worked on is there again next time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from tests.viewer.timeline.test_transport import Desk, desk_of
from viewer.performance.timeline_file import read_timeline
from viewer.playable import TIMELINE, Playable
from viewer.takes import autosave
from viewer.takes.autosave import Autosave
from viewer.takes.take_files import TakeFiles
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


class Window:
    """A desk that keeps its timeline in a folder."""

    def __init__(self, folder: Path) -> None:
        self.desk: Desk = desk_of(ViewerModel())
        playable = self.desk.clock._performances
        assert isinstance(playable, Playable)
        memory = QSettings(str(folder / "mien.ini"), QSettings.Format.IniFormat)
        self.files = TakeFiles(self.desk.model, self.desk.timeline, playable, memory)
        self.autosave = Autosave(self.desk.model, self.desk.timeline, self.files, memory, folder)

    def close(self) -> None:
        """As the window does."""
        self.autosave.close()
        self.files.close()
        self.desk.history.close()


@pytest.fixture
def folder(tmp_path: Path, qapp: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(autosave, "PAUSE_MS", 20)
    return tmp_path / "带 空格"


@pytest.fixture
def windows(folder: Path) -> Iterator[list[Window]]:
    windows: list[Window] = []
    yield windows
    for window in windows:
        window.close()


def test_it_is_written_soon_and_is_back_next_time(folder: Path, windows: list[Window], qtbot: QtBot) -> None:
    windows.append(Window(folder))
    windows[0].desk.key(1.0, jawOpen=0.6)
    qtbot.waitUntil((folder / "timeline-1.json").exists, timeout=5000)
    windows[0].desk.key(2.0, jawOpen=0.7)  # closed before it is written
    windows[0].close()
    windows.append(Window(folder))
    windows[1].autosave.restore()
    qtbot.waitUntil(lambda: "is back" in windows[1].desk.model.message.text, timeout=20_000)
    assert windows[1].desk.timeline.timeline.track("jawOpen").times == [1.0, 2.0]
    assert not windows[1].desk.history.stack.count()
    assert not windows[1].files.is_saved


@pytest.mark.parametrize(
    ("before", "asked_for", "after"), [(TIMELINE, False, TIMELINE), ("talk", False, "talk"), (TIMELINE, True, "talk")]
)
def test_it_is_chosen_if_it_was_unless_something_plays(
    before: str, asked_for: bool, after: str, folder: Path, windows: list[Window], qtbot: QtBot
) -> None:
    windows.append(Window(folder))
    windows[0].desk.key(1.0, jawOpen=0.6)
    windows[0].desk.model.set_playback(replace(windows[0].desk.model.playback, name=before))
    windows[0].close()
    windows.append(Window(folder))
    model = windows[1].desk.model
    model.set_playback(replace(model.playback, name="talk", playing=asked_for))
    windows[1].autosave.restore()
    qtbot.waitUntil(lambda: "is back" in model.message.text, timeout=20_000)
    assert model.playback.name == after
    model.set_playback(replace(model.playback, playing=False))
    model._rest.stop()  # whoever collects this window may be another thread


def test_which_file_it_belongs_to_is_remembered(folder: Path, windows: list[Window], qtbot: QtBot) -> None:
    windows.append(Window(folder))
    windows[0].desk.key(1.0, jawOpen=0.6)
    windows[0].files.save(folder / "smile.json")
    qtbot.waitUntil(lambda: windows[0].files.is_saved, timeout=5000)
    windows[0].close()
    windows.append(Window(folder))
    windows[1].autosave.restore()
    qtbot.waitUntil(lambda: windows[1].files.path == folder / "smile.json", timeout=20_000)
    assert windows[1].files.is_saved
    windows[1].desk.key(3.0, jawOpen=0.1)
    assert not windows[1].files.is_saved


def test_two_windows_keep_two(folder: Path, windows: list[Window], qtbot: QtBot) -> None:
    windows += [Window(folder), Window(folder)]
    for number, window in enumerate(windows):
        window.desk.key(float(number), jawOpen=0.6)
        window.close()
    assert read_timeline(folder / "timeline-1.json").track("jawOpen").times == [0.0]
    assert read_timeline(folder / "timeline-2.json").track("jawOpen").times == [1.0]


def test_closed_before_it_was_read_it_is_still_there(folder: Path, windows: list[Window]) -> None:
    windows.append(Window(folder))
    windows[0].desk.key(1.0, jawOpen=0.6)
    windows[0].close()
    windows.append(Window(folder))
    windows[1].autosave.restore()
    windows[1].close()
    assert read_timeline(folder / "timeline-1.json").track("jawOpen").times == [1.0]


def test_whoever_is_quicker_than_it_loses_neither(folder: Path, windows: list[Window], qtbot: QtBot) -> None:
    windows.append(Window(folder))
    windows[0].desk.key(1.0, jawOpen=0.6)
    windows[0].close()
    windows.append(Window(folder))
    windows[1].autosave.restore()
    windows[1].desk.key(5.0, jawOpen=0.6)
    qtbot.waitUntil((folder / "timeline-1.before.json").exists, timeout=20_000)
    assert windows[1].desk.timeline.timeline.track("jawOpen").times == [5.0]


def test_an_empty_timeline_leaves_no_file(folder: Path, windows: list[Window]) -> None:
    windows.append(Window(folder))
    windows[0].desk.key(1.0, jawOpen=0.6)
    windows[0].files.new()
    windows[0].close()
    assert not (folder / "timeline-1.json").exists()


def test_what_is_damaged_is_put_aside(folder: Path, windows: list[Window], qtbot: QtBot) -> None:
    folder.mkdir()
    (folder / "timeline-1.json").write_text('{"mien": "timel')
    windows.append(Window(folder))
    windows[0].autosave.restore()
    qtbot.waitUntil(lambda: windows[0].desk.model.message.level == "warning", timeout=20_000)
    assert (folder / "timeline-1.damaged.json").exists()


def test_where_nothing_can_be_written_it_says_so_and_works(tmp_path: Path, qapp: object, windows: list[Window]) -> None:
    (tmp_path / "file").touch()
    windows.append(Window(tmp_path / "file" / "x"))
    windows[0].desk.key(1.0, jawOpen=0.6)
    assert windows[0].autosave.file is None
