"""The latency panel: redrawn while frames come, frozen while paused, figures of steady frames, copied as Markdown."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gpu_core.frame_record import FrameRecord
from gpu_core.telemetry import UtilisationSample
from tests.frame_records import hostile_records, record, steady_run
from viewer.figures.graph import CURVES, STACK
from viewer.figures.panel_cost import PanelCost
from viewer.figures.review import FrameReview
from viewer.panels.latency import LatencyPanel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display

STAGES = (("render", 1.0, 6.0, "cpu"), ("infer", 20.0, 30.0, "cpu"), ("show", 55.0, 2.0, "cpu"))


@pytest.fixture
def review(model: ViewerModel) -> FrameReview:
    return FrameReview(model)


@pytest.fixture
def panel(model: ViewerModel, review: FrameReview, qtbot: QtBot) -> LatencyPanel:
    panel = LatencyPanel(model, review, PanelCost())
    qtbot.addWidget(panel)
    panel.resize(304, 460)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def feed(model: ViewerModel, count: int = 40) -> None:
    for one in steady_run(count, period_ms=33.0, latency_ms=60.0, stages=STAGES, depth=2):
        model.history.add(one)


def test_an_empty_panel_says_what_would_fill_it(panel: LatencyPanel) -> None:
    assert "as soon as something moves" in panel.verdict.text()
    panel.grab()


def test_frames_are_drawn_at_the_beat_and_only_once(panel: LatencyPanel, model: ViewerModel) -> None:
    feed(model)
    model.refreshed.emit()
    model.refreshed.emit()
    assert panel.redraws == 1
    assert panel.table.rows["infer"].p50 == 30.0
    assert panel.verdict.text() == "Nothing to do: 30 fps is what was asked for"
    assert panel.figures.text("fps") == "30.3"
    panel.grab()
    assert "infer" in panel.graph.labels
    assert "copy_in" not in panel.graph.labels, "nothing was measured"


def test_unsteady_frames_are_counted_and_in_no_figure(panel: LatencyPanel, model: ViewerModel) -> None:
    model.history.add(record(0, steady=False, requested_ns=1))
    feed(model)
    model.refreshed.emit()
    assert panel.table.heading == "ms · 1 left out"
    assert panel.table.rows["latency"].p99 == 60.0
    assert panel.graph.columns.steady.tolist() == [False] + [True] * 40


def test_paused_it_stands_still_while_frames_come(panel: LatencyPanel, model: ViewerModel, qtbot: QtBot) -> None:
    feed(model)
    qtbot.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    assert panel.pause.text() == "Live"
    before = panel.graph.columns
    model.history.clear()
    model.history.add(record(500))
    model.refreshed.emit()
    assert panel.graph.columns is before
    assert panel.table.rows["infer"].count == 40
    qtbot.mouseClick(panel.pause, Qt.MouseButton.LeftButton)
    assert [one.index for one in panel.graph.columns.records] == [500]


def test_what_is_said_of_frozen_frames_does_not_follow_the_machine(
    panel: LatencyPanel, model: ViewerModel, review: FrameReview
) -> None:
    for one in steady_run(40, period_ms=66.0, latency_ms=90.0, stages=(("infer", 20.0, 60.0, "cpu"),), depth=2):
        model.history.add(one)
    model.utilisation_sampled.emit(busy(95.0))
    review.pause()
    said = panel.verdict.text()
    assert "other programs" in said
    model.utilisation_sampled.emit(busy(5.0))
    review.step(-1)
    assert panel.verdict.text() == said
    review.resume()
    assert panel.verdict.text() != said


def busy(percent: float) -> UtilisationSample:
    return UtilisationSample(time.perf_counter_ns(), 0.0, percent, 400.0, None, 4000.0, ())


def test_a_click_on_the_running_graph_pauses_and_picks(
    panel: LatencyPanel, model: ViewerModel, review: FrameReview, qtbot: QtBot
) -> None:
    feed(model)
    model.refreshed.emit()
    qtbot.mouseClick(panel.graph.viewport(), Qt.MouseButton.LeftButton, pos=panel.graph.pixel(30))
    assert review.picked is not None
    assert review.picked.index == 30
    assert panel.pause.isChecked()
    qtbot.keyClick(panel.graph, Qt.Key.Key_Left)
    assert review.picked.index == 29
    assert panel.graph.picked_row == 29


def test_the_style_of_the_graph_is_remembered(model: ViewerModel, qtbot: QtBot, tmp_path: Path) -> None:
    memory = QSettings(str(tmp_path / "mien.ini"), QSettings.Format.IniFormat)
    for style, click in ((CURVES, STACK), (STACK, CURVES), (CURVES, CURVES)):
        panel = LatencyPanel(model, FrameReview(model), PanelCost(), memory)
        qtbot.addWidget(panel)
        assert panel.graph.style_name == style
        qtbot.mouseClick(panel.styles[click], Qt.MouseButton.LeftButton)
        assert panel.logarithmic.isEnabled() == (click == CURVES)
    memory.setValue("latency/style", "nonsense")
    assert LatencyPanel(model, FrameReview(model), PanelCost(), memory).graph.style_name == CURVES


def test_a_hidden_panel_draws_nothing(panel: LatencyPanel, model: ViewerModel) -> None:
    panel.hide()
    feed(model, 5)
    model.refreshed.emit()
    assert panel.redraws == 0


def test_a_panel_that_costs_too_much_is_drawn_half_as_often(
    model: ViewerModel, review: FrameReview, qtbot: QtBot
) -> None:
    class Dear(PanelCost):
        percent = 9.0

    panel = LatencyPanel(model, review, Dear())
    qtbot.addWidget(panel)
    panel.show()
    for index in range(10):
        model.history.add(record(index))
        model.refreshed.emit()
    assert panel.redraws == 5


def test_the_figures_are_copied_as_markdown_and_it_says_so(
    panel: LatencyPanel, model: ViewerModel, qtbot: QtBot
) -> None:
    feed(model)
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert "| infer | 30.00 |" in text
    assert "**Nothing to do: 30 fps" in text
    assert "clipboard" in model.message.text


def test_another_deadline_counts_anew(panel: LatencyPanel, model: ViewerModel, review: FrameReview) -> None:
    feed(model)
    review.set_target(60.0)
    assert panel.figures.text("missed") == "39 of 40"
    assert panel.verdict.text().startswith("CPU-bound in infer: 30.0 of 33.0 ms")
    review.set_target(0.0)
    assert panel.figures.text("missed") == "–"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(records=hostile_records())
def test_whatever_the_clocks_say_it_goes_on(
    panel: LatencyPanel, model: ViewerModel, review: FrameReview, records: list[FrameRecord]
) -> None:
    model.history.clear()
    for one in records:
        model.history.add(one)
        model.refreshed.emit()
    review.step(-1)
    panel.grab()
    review.resume()
    assert "nan" not in panel.verdict.text()
