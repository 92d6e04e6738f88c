"""viewer.choice_menus, viewer.recent_files, viewer.choices: what there is to choose, marked as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from gpu_core.neural.model import load_model
from gpu_core.neural.precisions import PRECISIONS
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings
from tests.faces import head_writer
from tests.networks import save_network
from viewer import choice_menus
from viewer.choices import choices_for
from viewer.cockpit import Cockpit
from viewer.engine_info import Choices, EngineInfo
from viewer.recent_files import MOST, RecentFiles

pytestmark = pytest.mark.display


def actions(section: Any) -> dict[str, QAction]:
    return {action.text(): action for action in section._group.actions()}


def marked(section: Any) -> list[str]:
    return [name for name, action in actions(section).items() if action.isChecked()]


@pytest.fixture
def faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Two shipped faces."""
    there = {name: tmp_path / f"{name}.glb" for name in ("anna", "otto")}
    for path in there.values():
        path.touch()
    for place in ("viewer.choice_menus.shipped_faces", "viewer.cockpit.shipped_faces"):
        monkeypatch.setattr(place, lambda: there)
    return there


def test_shipped_faces_are_in_the_menu_and_the_one_shown_is_marked(
    faces: dict[str, Path], cockpit: Cockpit, qtbot: QtBot
) -> None:
    assert list(actions(cockpit.menus.faces)) == ["Anna", "Otto"]
    assert marked(cockpit.menus.faces) == ["Anna"]
    actions(cockpit.menus.faces)["Otto"].trigger()
    assert marked(cockpit.menus.faces) == ["Anna"], "not before it is shown"
    qtbot.waitUntil(lambda: marked(cockpit.menus.faces) == ["Otto"], timeout=5000)
    faces["anna"].unlink()
    actions(cockpit.menus.faces)["Anna"].trigger()
    qtbot.waitUntil(lambda: cockpit.model.message.level == "error", timeout=5000)
    assert marked(cockpit.menus.faces) == ["Otto"]


def test_a_face_is_called_what_its_file_says(faces: dict[str, Path], cockpit: Cockpit) -> None:
    writer = head_writer()
    writer.json["scenes"][0]["extras"]["mien"]["name"] = "Mien & daughters"
    new = faces["otto"].with_name("new.glb")
    new.write_bytes(writer.glb())
    faces["new"] = new
    cockpit.menus._show()
    assert list(actions(cockpit.menus.faces)) == ["Anna", "Otto", "&& daughters"]


def test_a_face_of_ones_own_marks_none(faces: dict[str, Path], cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "bella.glb").touch()
    cockpit.open_face(tmp_path / "bella.glb")
    qtbot.waitUntil(lambda: "bella" in cockpit.window.windowTitle(), timeout=5000)
    assert marked(cockpit.menus.faces) == []


def test_shipped_generators_and_precisions_are_in_the_menu(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tuple(load_model(save_network(tmp_path, name)) for name in ("swift", "fine"))
    reasons = {"auto": "", "fp32": "", "bf16": "", "int8": "fine has no INT8 version of itself"}
    monkeypatch.setattr("viewer.opening.choices_for", lambda _engine: Choices(models, reasons))
    menus = cockpit.menus
    assert cockpit.model.engine is not None
    cockpit.opening.find_choices(cockpit.model.engine)
    qtbot.waitUntil(lambda: bool(actions(menus.shipped)), timeout=5000)
    assert list(actions(menus.shipped)) == ["swift", "fine"]
    actions(menus.shipped)["fine"].trigger()
    qtbot.waitUntil(lambda: marked(menus.shipped) == ["fine"], timeout=5000)
    int8 = actions(menus.precisions)["INT8, quickest on the CPU"]
    assert not int8.isEnabled()
    assert int8.toolTip() == "Fine has no INT8 version of itself"
    assert marked(menus.precisions) == ["auto, the best here"]
    actions(menus.precisions)["fp32, exact"].trigger()
    qtbot.waitUntil(lambda: marked(menus.precisions) == ["fp32, exact"], timeout=5000)


def test_recent_generators_are_in_the_menu_and_missing_ones_are_grey(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        cockpit.open_generator(save_network(tmp_path, name))
        qtbot.waitUntil(lambda name=name: marked(cockpit.menus.used) == [f"{name}.onnx"], timeout=5000)
    (tmp_path / "one.onnx").unlink()
    cockpit.menus.show_recent()
    entries = actions(cockpit.menus.used)
    assert list(entries) == ["two.onnx", "one.onnx"]
    assert not entries["one.onnx"].isEnabled()
    assert "no longer there" in entries["one.onnx"].toolTip()


def test_recent_files_are_few_newest_first_and_remembered(tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    recent = RecentFiles(memory, "recent/generators")
    assert recent.paths == ()
    for number in (*range(MOST + 2), 4):
        recent.add(tmp_path / f"{number}.onnx")
        memory.sync()
        again = RecentFiles(QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat), "recent/generators")
        assert again.paths == recent.paths
    assert [path.stem for path in recent.paths] == ["4", "6", "5", "3", "2"]


def test_every_precision_has_a_title() -> None:
    assert tuple(choice_menus.PRECISION_TITLES) == PRECISIONS


def test_a_better_passage_is_among_the_choices(tmp_path: Path) -> None:
    model = load_model(save_network(tmp_path))
    state = PathState("host", "", "OpenVINO bf16")
    settings = EngineSettings(path="host", readback="pixel buffer")
    for renderer, better in (("llvmpipe (LLVM 15)", ("Read-back: direct",)), ("NVIDIA L4", ())):
        info = EngineInfo("head", (), False, state, {"gl_renderer": renderer}, (), model, settings=settings)
        found = choices_for(info)
        assert found.passages == better
        assert found.switches["path"]["host"] == ""
