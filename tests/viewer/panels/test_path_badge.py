"""viewer.panels.path_badge: which way the pixels go, and what is not as it should be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.expression import ARKIT_SHAPES
from gpu_core.path_state import PathState
from viewer.engine_info import EngineInfo
from viewer.panels.path_badge import PathBadge
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
ENGINE = EngineInfo("head", (), False, PathState("host", "there is no GPU", "numpy"), {}, ())


def test_it_names_the_path_and_says_why(model: ViewerModel, qtbot: QtBot) -> None:
    badge = PathBadge(model)
    qtbot.addWidget(badge)
    model.set_engine(ENGINE)
    assert "host" in badge.badge.text()
    assert "There is no GPU" in badge.badge.toolTip()
    assert badge.warnings.isHidden()


def test_a_long_warning_is_short_in_the_panel_and_whole_in_the_tooltip(model: ViewerModel, qtbot: QtBot) -> None:
    badge = PathBadge(model)
    qtbot.addWidget(badge)
    names = ", ".join(ARKIT_SHAPES)
    model.set_engine(replace(ENGINE, warnings=(f"head lacks 52 of the 52 shapes: {names}",)))
    assert badge.warnings.text().endswith("…")
    assert len(badge.warnings.text()) <= 122
    assert "tongueOut" in badge.warnings.toolTip()
