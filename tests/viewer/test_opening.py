"""viewer.opening and the window around it: opened beside the window, and whatever is wrong is one line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

import gpu_core.neural.model as model_file
from gpu_core.errors import GLError
from gpu_core.neural.model import GeneratorModel, load_model
from tests.networks import SIZE, save_graph, save_network, save_quantised, tensor
from viewer.cockpit import Cockpit
from viewer.generator_dialog import GeneratorDialog

pytestmark = pytest.mark.display


def drop(cockpit: Cockpit, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    cockpit.window.dropEvent(event)


def runs(cockpit: Cockpit, name: str) -> Callable[[], bool]:
    def asked() -> bool:
        engine = cockpit.model.engine
        return engine is not None and engine.generator is not None and engine.generator.path.stem == name

    return asked


def said(cockpit: Cockpit, text: str) -> Callable[[], bool]:
    return lambda: text in cockpit.model.message.text and cockpit.model.message.level == "error"


def save_doubtful(folder: Path, name: str = "doubtful") -> Path:
    """A generator of which nobody can tell which picture it wants; it has no card."""
    from onnx import helper

    node = helper.make_node("Identity", ["image"], ["face"])
    sides = ["batch", 3, SIZE, SIZE]
    return save_graph(folder / f"{name}.onnx", [node], [tensor("image", sides)], [tensor("face", sides)], {})


def the_dialog(cockpit: Cockpit, qtbot: QtBot) -> GeneratorDialog:
    qtbot.waitUntil(lambda: bool(cockpit.window.findChildren(GeneratorDialog)), timeout=5000)
    return cockpit.window.findChildren(GeneratorDialog)[-1]


def test_a_face_may_be_dropped_on_the_window(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "bella.glb").touch()
    drop(cockpit, tmp_path / "bella.glb")
    qtbot.waitUntil(lambda: "bella" in cockpit.window.windowTitle(), timeout=5000)
    assert cockpit.model.engine is not None
    assert cockpit.model.engine.face_file == tmp_path / "bella.glb"


def test_a_generator_with_a_card_runs_without_a_question(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    path = save_network(tmp_path)
    drop(cockpit, path)
    qtbot.waitUntil(runs(cockpit, "tiny"), timeout=5000)
    assert cockpit.recent.paths == (path,)
    assert cockpit.window.findChildren(GeneratorDialog) == []
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)


def test_what_is_neither_face_nor_generator_is_one_line(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    drop(cockpit, tmp_path / "song.mp3")
    assert said(cockpit, "song.mp3 is no face")()
    drop(cockpit, tmp_path / "song.mp3", save_network(tmp_path))
    qtbot.waitUntil(runs(cockpit, "tiny"), timeout=5000)


@pytest.mark.parametrize("name", ["damaged", "broken"])
def test_a_wrong_generator_is_one_line_and_the_old_one_stays(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    cockpit.open_generator(save_network(tmp_path))
    qtbot.waitUntil(runs(cockpit, "tiny"), timeout=5000)
    wrong = save_network(tmp_path, name)
    if name == "damaged":
        wrong.with_suffix(".json").unlink()
        wrong.write_bytes(b"no network at all")
    cockpit.open_generator(wrong)
    qtbot.waitUntil(said(cockpit, name), timeout=5000)
    assert "\n" not in cockpit.model.message.text
    assert runs(cockpit, "tiny")()
    assert [path.stem for path in cockpit.recent.paths] == ["tiny"]


def test_what_makes_no_pictures_is_one_line_without_a_dialog(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    from onnx import helper

    node = helper.make_node("Identity", ["words"], ["mood"])
    shape = ["batch", 128]
    cockpit.open_generator(
        save_graph(tmp_path / "words.onnx", [node], [tensor("words", shape)], [tensor("mood", shape)], {})
    )
    qtbot.waitUntil(said(cockpit, "words.onnx"), timeout=5000)
    assert cockpit.window.findChildren(GeneratorDialog) == []


def test_a_doubtful_generator_asks_runs_and_is_remembered(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    path = save_doubtful(tmp_path)
    drop(cockpit, path)
    dialog = the_dialog(cockpit, qtbot)
    assert dialog.isVisible()
    form = dialog.inputs[0]
    form.pictures.setCurrentIndex(form.pictures.findData("normal"))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(runs(cockpit, "doubtful"), timeout=5000)
    qtbot.waitUntil(path.with_suffix(".json").is_file, timeout=5000)
    assert json.loads(path.with_suffix(".json").read_text())["signature"]["inputs"][0]["pictures"] == ["normal"]
    assert load_model(path).signature.inputs[0].pictures == ("normal",)


def test_nothing_is_written_that_was_not_asked_for(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.open_generator(save_doubtful(tmp_path))
    dialog = the_dialog(cockpit, qtbot)
    dialog.remember.setChecked(False)
    dialog.use.click()
    qtbot.waitUntil(runs(cockpit, "doubtful"), timeout=5000)
    assert [path.name for path in tmp_path.iterdir()] == ["doubtful.onnx"]


def test_escape_leaves_everything_as_it_is(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit.open_generator(save_doubtful(tmp_path))
    qtbot.keyClick(the_dialog(cockpit, qtbot), Qt.Key.Key_Escape)
    qtbot.wait(50)
    assert cockpit.model.engine is not None
    assert cockpit.model.engine.generator is None


def test_a_card_that_cannot_be_written_is_one_line_and_the_generator_stays(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path
) -> None:
    path = save_doubtful(tmp_path)
    cockpit.open_generator(path)
    dialog = the_dialog(cockpit, qtbot)
    path.with_suffix(".json").mkdir()  # also where root may write everywhere
    dialog.use.click()
    qtbot.waitUntil(said(cockpit, "cannot be written"), timeout=5000)
    assert runs(cockpit, "doubtful")()


def test_a_second_drop_wins_over_the_first(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = save_network(tmp_path, "first"), save_network(tmp_path, "second")
    may_go_on = threading.Event()

    def slow(path: Path, signature: Any = None) -> GeneratorModel:
        if path == first:
            may_go_on.wait(5)
        return load_model(path, signature)

    monkeypatch.setattr(model_file, "load_model", slow)
    cockpit.open_generator(first)
    cockpit.open_generator(second)
    qtbot.waitUntil(runs(cockpit, "second"), timeout=5000)
    may_go_on.set()
    qtbot.wait(200)
    assert runs(cockpit, "second")()
    assert cockpit.recent.paths == (second,)


def test_reading_does_not_hold_the_window_up(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    monkeypatch.setattr(model_file, "load_model", lambda path, signature=None: may_go_on.wait(5) and load_model(path))
    cockpit.open_generator(save_network(tmp_path))
    cockpit.model.edit_weights({"jawOpen": 0.6})
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=4000)
    assert not runs(cockpit, "tiny")()
    may_go_on.set()
    qtbot.waitUntil(runs(cockpit, "tiny"), timeout=5000)


def test_closing_waits_for_what_is_being_read(cockpit: Cockpit, tmp_path: Path) -> None:
    cockpit.open_generator(save_network(tmp_path))
    cockpit.window.close()
    assert not any(thread.name == "reader" for thread in threading.enumerate())


def test_precision_changes_live_and_is_given_up_where_it_cannot_be(
    cockpit: Cockpit, qtbot: QtBot, tmp_path: Path
) -> None:
    path = save_network(tmp_path)
    save_quantised(path)
    cockpit.open_generator(path)
    qtbot.waitUntil(runs(cockpit, "tiny"), timeout=5000)
    cockpit.set_precision("int8")
    qtbot.waitUntil(lambda: precision(cockpit) == "int8", timeout=5000)
    cockpit.open_generator(save_network(tmp_path, "other"))
    qtbot.waitUntil(runs(cockpit, "other"), timeout=5000)
    assert precision(cockpit) == "auto", "other has no INT8 version, so it runs as well as it can"
    cockpit.set_precision("int8")
    qtbot.waitUntil(said(cockpit, "other has no int8 version"), timeout=5000)
    assert precision(cockpit) == "auto"


def precision(cockpit: Cockpit) -> str:
    assert cockpit.model.engine is not None
    return cockpit.model.engine.settings.precision


def test_a_generator_from_the_command_line_is_asked_about_too(engines: Any, qtbot: QtBot, tmp_path: Path) -> None:
    cockpit = Cockpit(engines, remembers=False)
    qtbot.addWidget(cockpit.window)
    cockpit.try_generator(save_doubtful(tmp_path))
    cockpit.open()
    assert the_dialog(cockpit, qtbot).isVisible()
    cockpit.window.close()


def test_nothing_can_be_opened_once_the_engine_has_stopped(qtbot: QtBot, tmp_path: Path) -> None:
    def refuse() -> Any:
        raise GLError("no OpenGL here")

    cockpit = Cockpit(refuse, remembers=False)
    qtbot.addWidget(cockpit.window)
    cockpit.open()
    qtbot.waitUntil(cockpit.engine_thread.isFinished, timeout=5000)
    cockpit.open_face(tmp_path / "bella.glb")
    assert said(cockpit, "The engine has stopped")()
    cockpit.open_generator(save_network(tmp_path))
    cockpit.window.close()
