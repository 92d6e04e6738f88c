"""viewer.takes.render_dialog: how far a video is, in words and as a bar."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from viewer.playable import Playable
from viewer.takes.render_dialog import RenderDialog
from viewer.takes.take_files import TakeFiles
from viewer.takes.video_rendering import Rendering, VideoRendering
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def rendering(model: ViewerModel) -> Iterator[VideoRendering]:
    files = TakeFiles(model, TimelineModel(model), Playable({}))
    yield VideoRendering(model, files)
    files.close()


def test_it_follows(rendering: VideoRendering, qtbot: QtBot) -> None:
    dialog = RenderDialog(rendering)
    qtbot.addWidget(dialog)
    dialog.show()
    rendering._show(Rendering(Path("/x/clip.mp4"), 0.25, "Frame 75 of 300, 25 %, 28.1 frames a second, 8 s left"))
    assert (dialog.bar.value(), dialog.name.text(), dialog.cancel.isVisible()) == (250, "clip.mp4", True)
    rendering._on_line("mien: frame 150 of 300, 50 %, 28.1 frames a second, 5 s left")
    assert (dialog.bar.value(), dialog.text.text()[:20]) == (500, "Frame 150 of 300, 50")
    rendering._on_line("mien: this is no progress")
    rendering._on_done(None)
    assert (dialog.bar.value(), dialog.cancel.isVisible()) == (1000, False)
    height = dialog.text.height()
    assert height >= dialog.text.heightForWidth(dialog.text.width())
