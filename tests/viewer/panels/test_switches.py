"""viewer.panels.switches: what can be thrown, why not, and that a box shows only what has come true."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QAction, QKeySequence
from pytestqt.qtbot import QtBot

from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings
from viewer.cockpit import Cockpit
from viewer.engine_info import Choices, EngineInfo
from viewer.panels.switches import SwitchesPanel
from viewer.switch_text import SWITCHES
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


def info(**settings: Any) -> EngineInfo:
    state = PathState("host", "there is no GPU", "numpy")
    generator: Any = object()
    return EngineInfo("head", (), False, state, {}, (), generator, settings=EngineSettings(**settings))


@pytest.fixture
def panel(model: ViewerModel, qtbot: QtBot) -> SwitchesPanel:
    panel = SwitchesPanel(model)
    qtbot.addWidget(panel)
    return panel


def choose(panel: SwitchesPanel, field: str, value: Any) -> None:
    """As a person does."""
    box = panel.boxes[field]
    at = box.findData(value)
    box.setCurrentIndex(at)
    box.activated.emit(at)


def test_it_shows_what_runs(model: ViewerModel, panel: SwitchesPanel) -> None:
    assert not panel.isEnabled()
    model.set_engine(info(precision="int8", depth=3))
    assert panel.isEnabled()
    assert panel.boxes["precision"].currentData() == "int8"
    assert panel.boxes["depth"].currentData() == 3
    assert panel.all.text() == "Classic way"
    model.set_engine(info(path="classic"))
    assert panel.all.text() == "Fast way"


def test_a_choice_is_asked_for_and_shown_when_it_has_come_true(
    model: ViewerModel, panel: SwitchesPanel, qtbot: QtBot
) -> None:
    model.set_engine(info())
    with qtbot.waitSignal(panel.chosen) as chosen:
        choose(panel, "readback", "pixel buffer")
    assert chosen.args == [{"readback": "pixel buffer"}]
    assert panel.boxes["readback"].currentData() == "auto", "not yet"
    model.set_engine(info(readback="pixel buffer"))
    assert panel.boxes["readback"].currentData() == "pixel buffer"
    with qtbot.assertNotEmitted(panel.chosen):
        choose(panel, "readback", "pixel buffer")


def test_a_switch_that_does_nothing_on_this_path_is_grey_and_says_why(model: ViewerModel, panel: SwitchesPanel) -> None:
    model.set_engine(info(path="classic", readback="pixel buffer"))
    why = dict.fromkeys(("auto", "direct", "pixel buffer"), "only the host path has this choice")
    model.set_choices(Choices(switches={"readback": why, "depth": {1: "", 2: "no", 3: "no"}}))
    assert not panel.boxes["readback"].isEnabled()
    assert panel.boxes["readback"].toolTip().startswith("Only the host path has this choice")
    assert panel.boxes["depth"].isEnabled()
    model.set_choices(Choices())
    assert panel.boxes["readback"].isEnabled()
    assert "pictures come down" in panel.boxes["readback"].toolTip()


def test_what_cannot_run_here_is_disabled_and_says_why(model: ViewerModel, panel: SwitchesPanel) -> None:
    model.set_engine(info())
    model.set_choices(Choices(switches={"path": {"auto": "", "cuda": "there is no GPU", "classic": ""}}))
    items: Any = panel.boxes["path"].model()
    found = {panel.boxes["path"].itemData(at): items.item(at) for at in range(items.rowCount())}
    assert not found["cuda"].isEnabled()
    assert found["cuda"].toolTip() == "There is no GPU"
    assert found["classic"].isEnabled()


def test_every_switch_has_a_box_with_a_tooltip(panel: SwitchesPanel) -> None:
    assert set(panel.boxes) == {switch.field for switch in SWITCHES}
    assert all(box.toolTip() for box in panel.boxes.values())


def test_a_switch_changes_the_running_engine(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    panel = cockpit.window.findChild(SwitchesPanel)
    assert panel is not None
    panel.chosen.emit({"depth": 3})
    qtbot.waitUntil(lambda: engines.last.settings.depth == 3, timeout=5000)
    qtbot.waitUntil(lambda: panel.boxes["depth"].currentData() == 3, timeout=5000)


def test_the_button_throws_all_of_them_and_back(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    panel = cockpit.window.findChild(SwitchesPanel)
    assert panel is not None
    panel.chosen.emit({"depth": 3})
    qtbot.waitUntil(lambda: engines.last.settings.depth == 3, timeout=5000)
    before = engines.last.settings
    qtbot.waitUntil(lambda: cockpit.model.engine.settings == before, timeout=5000)
    panel.thrown.emit()
    qtbot.waitUntil(lambda: engines.last.settings.path == "classic", timeout=5000)
    qtbot.waitUntil(lambda: panel.all.text() == "Fast way", timeout=5000)
    (key,) = [action for action in cockpit.window.findChildren(QAction) if action.shortcut() == QKeySequence("Ctrl+B")]
    key.trigger()
    qtbot.waitUntil(lambda: engines.last.settings == before, timeout=5000)


def test_a_switch_that_is_refused_stays_and_the_reason_is_told(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    cockpit.configure({"depth": 9})
    qtbot.waitUntil(lambda: "depth is 9" in cockpit.model.message.text, timeout=5000)
    assert engines.last.settings.depth == 2


@pytest.mark.parametrize("faces", [2, 4])
def test_more_faces_a_batch_are_shown(cockpit: Cockpit, qtbot: QtBot, faces: int) -> None:
    cockpit.configure({"faces": faces})
    qtbot.waitUntil(lambda: cockpit.model.engine.settings.faces == faces, timeout=5000)
    cockpit.model.edit_weights({"jawOpen": 0.4})
    view = cockpit.viewport

    def shown() -> bool:
        return view.frame is not None and all(len(found) == faces for found in view.frame.pictures.values())

    qtbot.waitUntil(shown, timeout=5000)
    qtbot.waitUntil(lambda: cockpit.model.is_idle, timeout=5000)
    assert cockpit.model.message.level != "error"
