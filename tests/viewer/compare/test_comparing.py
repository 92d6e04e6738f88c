"""viewer.compare.comparing, picture_difference: what a change of precision did to the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gpu_core.errors import InferenceError
from gpu_core.plans.progress import PlanProgress
from gpu_core.settings import EngineSettings
from viewer.cockpit import Cockpit
from viewer.compare.comparison import Layout, OtherWay, Side
from viewer.compare.picture_difference import difference, heat_map


def square(value: int, alpha: int = 255, size: int = 8) -> np.ndarray:
    picture = np.full((size, size, 4), value, np.uint8)
    picture[..., 3] = alpha
    return picture


def test_the_difference_is_in_steps_over_what_the_face_covers() -> None:
    before, after = square(100), square(100)
    before[:4] = after[:4] = 0  # the upper half is empty
    after[4, 0, 0] += 12
    after[7, 7, 2] -= 6
    found = difference(before, after)
    assert found.largest == 12
    assert found.mean == pytest.approx(18 / (32 * 3))
    assert found.psnr_db == pytest.approx(10 * np.log10(255**2 / ((144 + 36) / 96)))
    assert found.steps[4, 0] == 12
    assert found.steps[7, 7] == 6
    assert found.sentence.startswith("picture changed by 0.19 of 255 on average, 12 at most, PSNR ")


def test_equal_pictures_are_told_to_be_equal() -> None:
    found = difference(square(9), square(9))
    assert (found.mean, found.largest, found.psnr_db) == (0.0, 0, float("inf"))
    assert "the same picture to the last bit" in found.sentence
    assert difference(square(0, 0), square(0, 0)).largest == 0, "nothing is covered"


def test_the_heat_map_goes_from_black_to_light() -> None:
    colours = heat_map(np.array([[0, 5, 10, 255]], np.uint8), 10)[0]
    assert colours[0].tolist() == [0, 0, 0, 255]
    assert colours[2].tolist() == colours[3].tolist() == [255, 240, 180, 255]
    assert (np.diff(colours[:3, :3].sum(axis=1).astype(int)) > 0).all()


@pytest.mark.display
def test_a_change_of_precision_says_what_it_did(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cockpit.comparing.compared, timeout=5000) as compared:
        cockpit.set_precision("fp32")
    assert compared.args is not None
    assert compared.args[0].titles == ("numpy", "numpy fp32")
    qtbot.waitUntil(lambda: "instead of" in cockpit.model.message.text, timeout=5000)
    said = cockpit.model.message.text
    assert said.startswith("numpy fp32 instead of numpy: "), "first, what a narrow window must not cut off"
    assert said.endswith("shows where") == bool(compared.args[0].largest), "there is no where if nothing changed"


@pytest.mark.display
def test_what_it_was_before_runs_beside_what_it_is_now(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cockpit.comparing.switched, timeout=5000):
        cockpit.set_precision("fp32")
    cockpit.show_difference()
    shown = cockpit.desk.compare.comparison
    assert (shown.is_on, shown.layout, shown.b) == (True, Layout.DIFFERENCE, Side())
    assert shown.a.way == OtherWay("Before: numpy", changes=(("precision", "auto"),))
    qtbot.waitUntil(lambda: cockpit.desk.compare.figures is not None, timeout=5000)
    assert engines.last.rivals[-1].changes == {"precision": "auto"}


@pytest.mark.display
def test_a_refused_precision_compares_nothing(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    from types import SimpleNamespace

    engines.last.generator = SimpleNamespace(name="swift", variant=lambda _precision: None)
    cockpit.set_precision("int8")
    qtbot.waitUntil(lambda: "no int8 version" in cockpit.model.message.text, timeout=5000)
    cockpit.show_difference()
    assert "Nothing to compare yet" in cockpit.model.message.text


@pytest.mark.display
def test_a_generator_that_fails_can_still_be_changed(cockpit: Cockpit, engines: Any, qtbot: QtBot) -> None:
    engines.last.fail_with = InferenceError("the network fell over")
    cockpit.set_precision("fp32")
    qtbot.waitUntil(lambda: cockpit.model.engine.settings.precision == "fp32", timeout=5000)
    engines.last.fail_with = None


@pytest.mark.display
def test_what_only_stands_in_while_a_plan_is_built_is_not_compared(
    cockpit: Cockpit, engines: Any, qtbot: QtBot
) -> None:
    engine, compared = engines.last, []
    cockpit.comparing.compared.connect(compared.append)
    building = PlanProgress("tactics", 0.1, 1.0)
    configure = engine.configure

    def slowly(settings: EngineSettings) -> None:
        configure(settings)
        engine.path_state = replace(engine.path_state, building=building)

    engine.configure = slowly
    cockpit.set_precision("fp16")
    qtbot.waitUntil(lambda: cockpit.comparing._is_waiting, timeout=5000)
    assert compared == []
    engine.path_state = replace(engine.path_state, name="cuda", engine="TensorRT fp16", building=None)
    qtbot.waitUntil(lambda: len(compared) == 1, timeout=5000)
    assert compared[0].titles[1] == "TensorRT fp16"
