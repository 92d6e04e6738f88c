"""viewer.look.model: what a look does to requests, backgrounds read beside the window, and what is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from gpu_core.look import TRAINED, FreeCamera, Look
from gpu_core.settings import FrameRequest
from viewer.look.backdrop import Background
from viewer.look.light_presets import PRESETS
from viewer.look.model import LookModel
from viewer.view_values import ViewMode
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def memory(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def make(model: ViewerModel) -> Iterator[Callable[..., LookModel]]:
    made: list[LookModel] = []

    def make(memory: QSettings | None = None) -> LookModel:
        made.append(LookModel(model, memory))
        return made[-1]

    yield make
    for look in made:
        look.close()


@pytest.fixture
def look(make: Callable[..., LookModel]) -> LookModel:
    return make()


@pytest.fixture
def requests(model: ViewerModel) -> list[FrameRequest]:
    asked: list[FrameRequest] = []
    model.request_changed.connect(asked.append)
    return asked


def picture(path: Path) -> Path:
    Image.new("RGB", (8, 8), (250, 0, 0)).save(path)
    return path


def test_the_generated_view_is_never_asked_for_with_a_look(
    model: ViewerModel, look: LookModel, requests: list[FrameRequest]
) -> None:
    look.orbit(30.0, 5.0)
    assert requests == [], "nothing of it is on the screen"
    model.edit_weights({"jawOpen": 0.5})
    assert requests[-1].look is None
    assert not look.acts


def test_a_look_asks_for_a_picture_of_the_views_it_acts_on(
    model: ViewerModel, look: LookModel, requests: list[FrameRequest]
) -> None:
    model.set_mode(ViewMode.RENDER)
    look.orbit(30.0, 5.0)
    assert requests[-1].look == Look(FreeCamera(yaw=30.0, pitch=5.0))
    assert requests[-1].by_hand
    look.set_lighting(PRESETS["Rim"])
    assert requests[-1].look == look.look
    look.reset_camera()
    look.reset_lights()
    assert requests[-1].look is None
    assert look.look == TRAINED


def test_what_changes_nothing_asks_for_nothing(
    model: ViewerModel, look: LookModel, requests: list[FrameRequest]
) -> None:
    model.set_mode(ViewMode.ALL)
    look.set_look(TRAINED)
    look.orbit(0.0, 0.0)
    assert len(requests) == 1, "the mode alone"


def test_the_camera_keeps_to_its_limits_and_goes_on_around(look: LookModel) -> None:
    for _ in range(5):
        look.orbit(100.0, 50.0)
        look.dolly(0.2)
        look.pan(2.0, -2.0)
    camera = look.look.camera
    assert (camera.yaw, camera.pitch, camera.distance, camera.pan) == (140.0, 89.0, 3.5, (3.0, -3.0))


def test_a_picture_is_read_beside_the_window_and_then_lies_behind(
    look: LookModel, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(look.background_changed, timeout=5000):
        look.open_picture(picture(tmp_path / "背景 1.png"))
        assert look.backdrop is None
    assert look.backdrop is not None
    assert tuple(look.backdrop.square(4)[0, 0]) == (250, 0, 0, 255)
    look.set_background(Background("colour", (1, 2, 3)))
    look.set_background(Background("picture", path=tmp_path / "背景 1.png", fit="fit"))
    assert look.backdrop.picture is not None, "it has been read already"


def test_what_cannot_be_read_is_one_line_and_changes_nothing(
    model: ViewerModel, look: LookModel, qtbot: QtBot, tmp_path: Path
) -> None:
    look.set_background(Background("colour"))
    (tmp_path / "text.png").write_text("no picture")
    with qtbot.waitSignal(model.message_posted, timeout=5000):
        look.open_picture(tmp_path / "text.png")
    assert model.message.level == "error"
    assert "text.png" in model.message.text
    assert look.background == Background("colour")
    assert look.backdrop is not None


def test_the_newest_choice_wins(look: LookModel, qtbot: QtBot, tmp_path: Path) -> None:
    look.open_picture(picture(tmp_path / "a.png"))
    look.set_background(Background("transparent"))
    qtbot.wait(150)
    assert look.background.kind == "transparent"


def test_it_is_remembered(make: Callable[..., LookModel], memory: QSettings, model: ViewerModel) -> None:
    first = make(memory)
    first.orbit(12.0, 3.0)
    first.set_background(Background("colour", (9, 8, 7)))
    first.close()
    second = make(memory)
    assert second.look == first.look
    assert second.background == first.background
    assert second.backdrop is not None
    model.set_mode(ViewMode.RENDER)
    assert model.request.look == first.look


def test_nonsense_in_the_memory_is_as_it_was_at_first(make: Callable[..., LookModel], memory: QSettings) -> None:
    memory.setValue("look", ["a", "b"])
    assert make(memory).look == TRAINED
