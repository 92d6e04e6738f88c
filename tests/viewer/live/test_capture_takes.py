"""viewer.live.capture_takes: what was captured becomes a file, and is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.capture.packets import distance, face_of
from viewer.capture.captured import Captured
from viewer.capture.heard import Heard
from viewer.capture.receiver import Arrival
from viewer.capture.senders import SourceKey
from viewer.live.capture_model import CaptureModel
from viewer.live.capture_takes import CaptureTakes
from viewer.performance.builtin import BUILTIN
from viewer.playable import Playable
from viewer.sessions.take import open_take
from viewer.takes.take_files import TakeFiles
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def captured() -> Captured:
    captured, source = Captured(), SourceKey(("10.0.0.1", 1), "Anna")
    for number in range(30):
        captured.take(Arrival(source, Heard("Anna", face_of(number)), number / 30))
    return captured


@pytest.fixture
def files(model: ViewerModel) -> Iterator[TakeFiles]:
    files = TakeFiles(model, TimelineModel(model), Playable(BUILTIN))
    yield files
    files.close()


def test_a_recording_is_written_and_opened(
    model: ViewerModel, files: TakeFiles, captured: Captured, tmp_path: Path, qtbot: QtBot
) -> None:
    capture = CaptureModel(model)
    CaptureTakes(model, capture, files, lambda: tmp_path / "new")
    with qtbot.waitSignal(files.opened, timeout=10_000):
        capture.recorded.emit(captured)
    (path,) = (tmp_path / "new").glob("capture-*.csv")
    rows = open_take(path).rows
    assert len(rows) == 30
    assert rows[7].expression is not None
    assert distance(rows[7].expression, face_of(7)) < 1e-6
    assert model.playback.name == str(path)


def test_while_a_face_is_live_it_is_only_kept(
    model: ViewerModel, files: TakeFiles, captured: Captured, tmp_path: Path, qtbot: QtBot
) -> None:
    capture = CaptureModel(model)
    capture.is_live = True
    CaptureTakes(model, capture, files, lambda: tmp_path)
    capture.recorded.emit(captured)
    qtbot.waitUntil(lambda: "kept in" in model.message.text, timeout=10_000)
    assert model.playback.name == ""


def test_a_folder_that_cannot_be_made_is_a_message(
    model: ViewerModel, files: TakeFiles, captured: Captured, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").write_text("")
    capture = CaptureModel(model)
    CaptureTakes(model, capture, files, lambda: tmp_path / "file" / "inside")
    capture.recorded.emit(captured)
    qtbot.waitUntil(lambda: model.message.level == "error", timeout=10_000)
    assert "\n" not in model.message.text
