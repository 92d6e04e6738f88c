"""The latency panel: redrawn while frames come, still while none do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.settings import Frame
from gpu_core.timing import Percentiles
from viewer.panels.latency import LatencyPanel, verdict
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def panel(model: ViewerModel, qtbot: QtBot) -> LatencyPanel:
    panel = LatencyPanel(model)
    qtbot.addWidget(panel)
    panel.resize(300, 450)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def feed(model: ViewerModel, frame_of: Callable[..., Frame], count: int, infer_ms: float = 20.0) -> None:
    for index in range(count):
        model.note_shown(frame_of(infer_ms=infer_ms), painted_ns=index, shown_ns=index + 1_000_000, dropped=0)


def test_an_empty_panel_says_what_would_fill_it(panel: LatencyPanel) -> None:
    assert "as soon as something moves" in panel.verdict.text()
    panel.grab()


def test_frames_are_drawn_at_the_beat_and_only_once(
    panel: LatencyPanel, model: ViewerModel, frame_of: Callable[..., Frame]
) -> None:
    feed(model, frame_of, 40)
    model.refreshed.emit()
    model.refreshed.emit()
    assert panel.redraws == 1
    assert panel.table.rows["infer"].p50 == 20.0
    assert panel.verdict.text() == "Infer is what takes the time: 20.0 ms of each frame."
    assert panel._curves["infer"].isVisible()
    assert not panel._curves["copy_in"].isVisible(), "nothing was measured"
    panel.grab()


def test_the_range_grows_at_once_and_shrinks_slowly(
    panel: LatencyPanel, model: ViewerModel, frame_of: Callable[..., Frame]
) -> None:
    feed(model, frame_of, 40, infer_ms=100.0)
    model.refreshed.emit()
    high = panel.plot.viewRange()[1][1]
    assert high > 100.0
    model.history.clear()
    feed(model, frame_of, 41, infer_ms=10.0)
    model.refreshed.emit()
    assert 0.9 * high < panel.plot.viewRange()[1][1] < high


def test_the_logarithmic_axis_draws_too(
    panel: LatencyPanel, model: ViewerModel, frame_of: Callable[..., Frame]
) -> None:
    feed(model, frame_of, 40)
    panel.logarithmic.setChecked(True)
    assert panel.plot.viewRange()[1][0] == -2.0
    panel.grab()


def test_a_hidden_panel_draws_nothing(panel: LatencyPanel, model: ViewerModel, frame_of: Callable[..., Frame]) -> None:
    panel.hide()
    feed(model, frame_of, 5)
    model.refreshed.emit()
    assert panel.redraws == 0


def test_the_verdict_names_the_slowest_stage() -> None:
    row = Percentiles(1, 12.0, 12.0, 12.0, 12.0)
    assert verdict({"render": row}).startswith("Render is what takes the time: 12.0 ms")
    assert "Frames will appear" in verdict({"latency": row})
