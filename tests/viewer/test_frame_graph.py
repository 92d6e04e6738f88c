"""viewer.frame_graph: a click picks the frame under it, keys go on, the range does not jump."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gpu_core.frame_record import FrameRecord
from tests.frame_records import hostile_records, steady_run
from viewer.frame_columns import FrameRows
from viewer.frame_graph import CURVES, STACK, FrameGraph
from viewer.panel_cost import PanelCost

pytestmark = pytest.mark.display


def run(count: int, infer_ms: float = 20.0) -> list[FrameRecord]:
    return steady_run(
        count, period_ms=33.0, latency_ms=infer_ms + 40.0, stages=(("infer", 5.0, infer_ms, "cpu"),)
    )  # fmt: skip


@pytest.fixture
def graph(qtbot: QtBot) -> FrameGraph:
    graph = FrameGraph(PanelCost())
    qtbot.addWidget(graph)
    graph.resize(300, 140)
    graph.show()
    qtbot.waitExposed(graph)
    return graph


@pytest.mark.parametrize("style", [CURVES, STACK])
def test_a_click_picks_the_frame_under_it(graph: FrameGraph, qtbot: QtBot, style: str) -> None:
    graph.set_style(style)
    graph.show_columns(FrameRows().columns(run(40)))
    for row in (39, 20):
        (x,) = graph.axes.x(graph.columns.slots[[row]].astype(float)).tolist()
        with qtbot.waitSignal(graph.picked) as picked:
            qtbot.mouseClick(graph, Qt.MouseButton.LeftButton, pos=QPoint(round(x), 50))
        assert picked.args == [row]


def test_keys_go_from_frame_to_frame(graph: FrameGraph, qtbot: QtBot) -> None:
    graph.show_columns(FrameRows().columns(run(40)))
    for key, step in ((Qt.Key.Key_Left, -1), (Qt.Key.Key_Right, 1), (Qt.Key.Key_PageUp, -10)):
        with qtbot.waitSignal(graph.stepped) as stepped:
            qtbot.keyClick(graph, key)
        assert stepped.args == [step]
    with qtbot.waitSignal(graph.picked) as picked:
        qtbot.keyClick(graph, Qt.Key.Key_Home)
    assert picked.args == [0]


def test_a_picked_frame_that_has_scrolled_away_is_brought_back(graph: FrameGraph) -> None:
    columns = FrameRows().columns(run(500))
    graph.show_columns(columns, picked=3)
    (x,) = graph.axes.x(columns.slots[[3]].astype(float)).tolist()
    assert graph.axes.box.left() <= x <= graph.axes.box.right()
    graph.show_columns(columns, picked=490)
    (x,) = graph.axes.x(columns.slots[[490]].astype(float)).tolist()
    assert graph.axes.box.left() <= x <= graph.axes.box.right()


def test_the_range_grows_at_once_and_shrinks_slowly(graph: FrameGraph) -> None:
    graph.show_columns(FrameRows().columns(run(40, infer_ms=400.0)))
    high = graph.top_ms
    assert high > 400.0
    graph.show_columns(FrameRows().columns(run(40, infer_ms=4.0)))
    assert 0.9 * high < graph.top_ms < high
    graph.forget_range()
    graph.show_columns(FrameRows().columns(run(40, infer_ms=4.0)))
    assert graph.top_ms < 60.0


def test_curves_are_labelled_at_their_ends(graph: FrameGraph) -> None:
    graph.show_columns(FrameRows().columns(run(40)))
    graph.grab()
    assert set(graph.labels) == {"latency", "infer"}
    graph.set_style(STACK)
    graph.grab()
    assert set(graph.labels) == {"wait", "infer"}


def test_the_picked_frame_is_marked(graph: FrameGraph) -> None:
    columns = FrameRows().columns(run(40))
    graph.show_columns(columns)
    before = graph.grab().toImage()
    graph.show_columns(columns, picked=20)
    assert graph.grab().toImage() != before


def test_the_tooltip_tells_the_frame_under_the_pointer(graph: FrameGraph) -> None:
    assert graph.tip(100.0).startswith("<p>Click or drag")
    graph.show_columns(FrameRows().columns(run(40)))
    (x,) = graph.axes.x(graph.columns.slots[[30]].astype(float)).tolist()
    assert graph.tip(x).startswith("<p><b>Frame 30</b>, ms: infer 20.0 · waiting 40.0 · latency 60.0</p>")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(records=hostile_records())
def test_whatever_the_clocks_say_it_is_painted(graph: FrameGraph, records: list[FrameRecord]) -> None:
    for style, logarithmic in ((CURVES, False), (CURVES, True), (STACK, False)):
        graph.set_style(style)
        graph.set_logarithmic(logarithmic)
        graph.show_columns(FrameRows().columns(records), picked=len(records) - 1)
        graph.grab()
        graph.forget_range()
