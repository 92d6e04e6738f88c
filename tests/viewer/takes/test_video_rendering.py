"""viewer.takes.video_rendering: what is chosen, to a video, beside the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.speech.fake_voice import FakeVoices
from tests.viewer.timeline.test_transport import Desk, desk_of
from viewer.performance.editing import with_duration
from viewer.playable import Playable
from viewer.speech.speech_order import Speaker, SpeechOrder
from viewer.takes.take_files import TakeFiles
from viewer.takes.video_rendering import Rendering, VideoRendering, render_options
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def desk(model: ViewerModel) -> Iterator[Desk]:
    desk = desk_of(model)
    desk.key(0.1, jawOpen=0.6)
    yield desk
    desk.history.close()


@pytest.fixture
def rendering(desk: Desk) -> Iterator[VideoRendering]:
    playable = desk.clock._performances
    assert isinstance(playable, Playable)
    files = TakeFiles(desk.model, desk.timeline, playable)
    yield VideoRendering(desk.model, files)
    files.close()


def test_the_timeline_becomes_a_video(desk: Desk, rendering: VideoRendering, qtbot: QtBot, tmp_path: Path) -> None:
    desk.timeline.edit(with_duration(desk.timeline.timeline, 0.2), "Length")
    rendering.start(tmp_path / "a clip.mp4")
    assert rendering.is_running
    rendering.start(tmp_path / "another.mp4")
    assert desk.model.message.level == "warning"
    qtbot.waitUntil(lambda: not rendering.is_running, timeout=60_000)
    assert rendering.now is not None
    assert (rendering.now.failed, rendering.now.share) == (False, 1.0), rendering.now.text
    with av.open(str(tmp_path / "a clip.mp4")) as video:
        assert sum(1 for _ in video.decode(video=0)) == 6


def test_what_speaks_is_heard_in_the_video(desk: Desk, rendering: VideoRendering, qtbot: QtBot, tmp_path: Path) -> None:
    pytest.importorskip("jieba")
    speech = Speaker(FakeVoices()).perform(SpeechOrder("Hi"))
    assert isinstance(desk.clock._performances, Playable)
    desk.clock._performances.add(speech)
    desk.model.set_playback(replace(desk.model.playback, name=speech.key))
    rendering.start(tmp_path / "clip.mp4")
    qtbot.waitUntil(lambda: not rendering.is_running, timeout=60_000)
    assert rendering.now is not None
    assert not rendering.now.failed, rendering.now.text
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    with av.open(str(tmp_path / "clip.mp4")) as video:
        loudest = max(float(abs(frame.to_ndarray()).max()) for frame in video.decode(audio=0))
    assert loudest > 0.05


def test_cancelled_it_leaves_nothing(desk: Desk, rendering: VideoRendering, qtbot: QtBot, tmp_path: Path) -> None:
    seen: list[Rendering] = []
    rendering.changed.connect(seen.append)
    rendering.start(tmp_path / "long.mp4")
    qtbot.waitUntil(lambda: seen[-1].share > 0.0, timeout=60_000)
    assert "left" in seen[-1].text
    rendering.cancel()
    assert (rendering.is_running, seen[-1].text) == (False, "Cancelled")
    qtbot.waitUntil(lambda: not list(tmp_path.iterdir()), timeout=20_000)


def test_what_fails_is_one_line(desk: Desk, rendering: VideoRendering, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    rendering.start(tmp_path / "file" / "x.mp4")
    qtbot.waitUntil(lambda: not rendering.is_running, timeout=60_000)
    assert rendering.now is not None
    assert rendering.now.failed
    assert desk.model.message.level == "error"
    assert "mien:" not in desk.model.message.text


def test_without_an_engine_it_takes_what_ships() -> None:
    assert render_options(None) == []
