"""viewer.shelf.pictures: thumbnails come from the cache at once, else when the engine has nothing better to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gpu_core.errors import InferenceError
from gpu_core.path_state import PathState
from gpu_core.settings import Frame
from viewer.engine_info import EngineInfo
from viewer.engine_thread import EngineThread
from viewer.performance.presets import shipped_presets
from viewer.sessions.recording import Recording
from viewer.shelf import pictures as preset_pictures
from viewer.shelf.pictures import PresetPictures
from viewer.shelf.thumbnails import Origin, ThumbnailCache, thumbnail
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
PNG = thumbnail(np.full((64, 64, 4), 200, np.uint8))
ONE, TWO, THREE = shipped_presets()[:3]


class Jobs:
    """An engine thread whose jobs wait until they are told to run."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[Any], None]] = []
        self.has_ended = False

    def run_job(self, job: Callable[[Any], None]) -> None:
        self.waiting.append(job)

    def isFinished(self) -> bool:
        return self.has_ended

    def run(self, engine: Any) -> None:
        self.waiting.pop(0)(engine)


def info(face: str = "anna", arithmetic: str = "int8") -> EngineInfo:
    return EngineInfo(face, (), False, PathState("host", "", arithmetic), {}, (), contract=face)


def show(model: ViewerModel, frame_of: Callable[..., Frame]) -> None:
    """What was asked for is on the screen."""
    model.note_shown(frame_of(model.request), painted_ns=0, shown_ns=1, dropped=0)


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is drawn; the engine is its origin."""
    names: list[str] = []

    def draw(_engine: Any, presets: Any, _cache: Any) -> dict[str, bytes]:
        names.extend(preset.name for preset in presets)
        return {preset.name: PNG for preset in presets}

    monkeypatch.setattr(preset_pictures, "thumbnails", draw)
    monkeypatch.setattr(preset_pictures, "origin_of", lambda engine: engine)
    return names


@pytest.fixture
def pictures(model: ViewerModel, jobs: Jobs, drawn: list[str], tmp_path: Path) -> PresetPictures:
    cache = ThumbnailCache(tmp_path)
    return PresetPictures(model, cast("EngineThread", jobs), lambda work: work(), cache)


def origin(face: str = "anna", arithmetic: str = "int8") -> Origin:
    return Origin(face, "render", arithmetic)


def test_nothing_is_drawn_that_nobody_looks_at(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, frame_of: Callable[..., Frame], qtbot: QtBot
) -> None:
    model.set_engine(info())
    show(model, frame_of)
    qtbot.wait(2 * preset_pictures.LOOK_MS)
    assert jobs.waiting == []
    assert not pictures.is_waiting


def test_one_after_the_other_in_order(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, drawn: list[str],
    frame_of: Callable[..., Frame], qtbot: QtBot,
) -> None:  # fmt: skip
    model.set_engine(info())
    show(model, frame_of)
    pictures.want([ONE, TWO])
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)
    qtbot.wait(2 * preset_pictures.LOOK_MS)
    assert len(jobs.waiting) == 1
    jobs.run(origin())
    assert pictures.picture(ONE.expression) is not None
    assert pictures.picture(TWO.expression) is None
    jobs.run(origin())
    assert drawn == [ONE.name, TWO.name]
    assert jobs.waiting == []
    assert not pictures.is_waiting
    pictures.want([TWO, ONE])
    assert jobs.waiting == []


@pytest.mark.parametrize("busy", ["asked", "records", "held"])
def test_a_hand_and_a_recording_come_first(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, frame_of: Callable[..., Frame],
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, busy: str,
) -> None:  # fmt: skip
    model.set_engine(info())
    show(model, frame_of)
    match busy:
        case "asked":
            model.edit_weights({"jawOpen": 0.5})
        case "records":
            model.set_recording(Recording(running=True))
        case "held":
            monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    pictures.want([ONE])
    qtbot.wait(3 * preset_pictures.LOOK_MS)
    assert jobs.waiting == []
    model.set_recording(Recording())
    monkeypatch.undo()
    show(model, frame_of)
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)


def test_beside_a_performance_they_are_drawn_now_and_then(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, frame_of: Callable[..., Frame],
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot,
) -> None:  # fmt: skip
    model.set_engine(info())
    show(model, frame_of)
    model.set_playback(replace(model.playback, playing=True))
    now_s = [1000.0]
    monkeypatch.setattr(preset_pictures.time, "monotonic", lambda: now_s[0])
    pictures.want([ONE, TWO])
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)
    jobs.run(origin())
    qtbot.wait(3 * preset_pictures.LOOK_MS)
    assert jobs.waiting == []
    now_s[0] += preset_pictures.BESIDE_S
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)


def test_the_cache_answers_even_while_something_plays(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, tmp_path: Path
) -> None:
    ThumbnailCache(tmp_path).put(origin().key(ONE.expression), PNG)
    model.set_engine(info())
    model.set_playback(replace(model.playback, playing=True))
    pictures.want([ONE])
    assert pictures.picture(ONE.expression) is not None
    assert jobs.waiting == []


def test_another_face_has_no_pictures_yet_another_precision_keeps_them_until_they_are_drawn_anew(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, drawn: list[str],
    frame_of: Callable[..., Frame], qtbot: QtBot,
) -> None:  # fmt: skip
    model.set_engine(info())
    show(model, frame_of)
    pictures.want([ONE])
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)
    jobs.run(origin())
    model.set_path(PathState("host", "", "fp32"))
    assert pictures.picture(ONE.expression) is not None
    assert pictures.is_waiting
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)
    model.set_engine(info("bella"))
    assert pictures.picture(ONE.expression) is None
    jobs.run(origin(arithmetic="fp32"))  # too late
    assert pictures.picture(ONE.expression) is None
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)
    jobs.run(origin("bella"))
    assert pictures.picture(ONE.expression) is not None
    assert drawn == [ONE.name] * 3


def test_what_cannot_be_drawn_is_tried_once(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, frame_of: Callable[..., Frame],
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot,
) -> None:  # fmt: skip
    def fail(*_: Any) -> dict[str, bytes]:
        raise InferenceError("it does not work")

    monkeypatch.setattr(preset_pictures, "thumbnails", fail)
    model.set_engine(info())
    show(model, frame_of)
    pictures.want([ONE, TWO])
    qtbot.waitUntil(lambda: len(jobs.waiting) == 1)
    jobs.run(origin())
    jobs.run(origin())
    assert pictures.picture(ONE.expression) is None
    assert jobs.waiting == []
    assert not pictures.is_waiting


def test_memory_is_bounded(
    model: ViewerModel, pictures: PresetPictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preset_pictures, "MOST_HELD", 2)
    for preset in (ONE, TWO, THREE):
        ThumbnailCache(tmp_path).put(origin().key(preset.expression), PNG)
    model.set_engine(info())
    for preset in (ONE, TWO, THREE):
        pictures.want([preset])
    assert pictures.picture(ONE.expression) is None
    assert pictures.picture(THREE.expression) is not None
    pictures.want([ONE])
    assert pictures.picture(ONE.expression) is not None


def test_an_engine_that_has_ended_is_not_asked(
    model: ViewerModel, pictures: PresetPictures, jobs: Jobs, frame_of: Callable[..., Frame], qtbot: QtBot
) -> None:
    jobs.has_ended = True
    model.set_engine(info())
    show(model, frame_of)
    pictures.want([ONE])
    qtbot.wait(2 * preset_pictures.LOOK_MS)
    assert jobs.waiting == []
