"""viewer.stills.run: a turntable beside the live face; complete, or nothing of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.errors import InferenceError, MienError
from gpu_core.settings import View
from tests.viewer.conftest import PictureDesk
from viewer.stills.still import StillForm
from viewer.stills.turntable import TurntableForm

pytestmark = pytest.mark.display


@pytest.fixture
def desk(picture_desk: PictureDesk) -> PictureDesk:
    return picture_desk


RENDER = StillForm((View.RENDER,), 32)


def wait(desk: PictureDesk, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: desk.stills.run is None, timeout=10_000)
    return desk.model.message.text


def test_it_is_complete_and_the_face_went_on(desk: PictureDesk, qtbot: QtBot, tmp_path: Path, engines: Any) -> None:
    desk.model.request_changed.connect(desk.thread.request)
    desk.thread.frame_ready.connect(desk.give_back)
    desk.stills.turn(TurntableForm(tmp_path / "t", RENDER, 6))
    run = desk.stills.run
    assert run is not None
    counts: list[int] = []
    run.progressed.connect(lambda done, _: (counts.append(done), desk.model.edit_weights({"jawOpen": done / 10})))
    assert "holds 6 pictures" in wait(desk, qtbot)
    assert counts == [1, 2, 3, 4, 5, 6]
    assert len(list((tmp_path / "t").glob("*.png"))) == 6
    qtbot.waitUntil(lambda: len(engines.last.recycled) >= 6, timeout=5000)


def test_the_generators_swings_the_head(desk: PictureDesk, qtbot: QtBot, tmp_path: Path, engines: Any) -> None:
    before = desk.model.expression
    desk.stills.turn(TurntableForm(tmp_path / "t", StillForm(), 4, "exr"))
    wait(desk, qtbot)
    yaws = {round(request.expressions[0].yaw) for request in engines.last.submitted}
    assert {-32, 0, 32} <= yaws
    assert desk.model.expression == before, "the one on the screen stays as it is"


def test_given_up_it_leaves_nothing(desk: PictureDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.stills.turn(TurntableForm(tmp_path / "t", RENDER, 500))
    run = desk.stills.run
    assert run is not None
    qtbot.waitUntil(lambda: run.done > 1, timeout=5000)
    run.cancel()
    assert "given up" in wait(desk, qtbot)
    assert not list(tmp_path.iterdir())


def test_one_at_a_time(desk: PictureDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.stills.turn(TurntableForm(tmp_path / "t", RENDER, 3))
    desk.stills.turn(TurntableForm(tmp_path / "u", RENDER, 3))
    assert "already" in desk.model.message.text
    wait(desk, qtbot)
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_folder_with_something_in_it_is_one_line(desk: PictureDesk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    desk.stills.turn(TurntableForm(tmp_path, RENDER, 3))
    assert "there already" in wait(desk, qtbot)


@pytest.mark.parametrize("where", ["draw", "write", "finish"])
def test_a_failure_is_one_line_and_leaves_nothing(
    desk: PictureDesk, qtbot: QtBot, tmp_path: Path, engines: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fail(*_: object) -> None:
        raise MienError("the disk is full")

    if where == "draw":
        engines.last.still = lambda *_: (_ for _ in ()).throw(InferenceError("the disk is full"))
    else:
        monkeypatch.setattr(f"viewer.stills.turntable.TurntableFolder.{where}", fail)
    desk.stills.turn(TurntableForm(tmp_path / "t", RENDER, 2))
    assert "the disk is full" in wait(desk, qtbot)
    assert not list(tmp_path.iterdir())


def test_closing_the_window_leaves_nothing(desk: PictureDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.stills.turn(TurntableForm(tmp_path / "t", RENDER, 500))
    run = desk.stills.run
    assert run is not None
    qtbot.waitUntil(lambda: run.done > 1, timeout=5000)
    desk.close()
    assert not list(tmp_path.iterdir())
