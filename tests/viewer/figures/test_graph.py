"""viewer.figures.graph: a click picks the frame under it, keys go on, the range does not jump."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gpu_core.frame_record import FrameRecord
from tests.frame_records import delayed, hostile_records, steady_run
from viewer import theme
from viewer.figures.columns import GAP_SLOTS, FrameRows
from viewer.figures.graph import CURVES, STACK, FrameGraph
from viewer.figures.grid import rgba
from viewer.figures.panel_cost import PanelCost

pytestmark = pytest.mark.display


def run(count: int, infer_ms: float = 20.0) -> list[FrameRecord]:
    return steady_run(
        count, period_ms=33.0, latency_ms=infer_ms + 40.0, stages=(("infer", 5.0, infer_ms, "cpu"),)
    )  # fmt: skip


def is_seen(graph: FrameGraph, row: int) -> bool:
    box = graph.box.sceneBoundingRect()
    return box.left() <= graph.pixel(row).x() <= box.right()


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
        with qtbot.waitSignal(graph.picked) as picked:
            qtbot.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=graph.pixel(row))
        assert picked.args == [row]


def test_dragged_over_the_frames_each_is_picked(graph: FrameGraph, qtbot: QtBot) -> None:
    graph.show_columns(FrameRows().columns(run(40)))
    rows: list[int] = []
    graph.picked.connect(rows.append)
    view, button = graph.viewport(), Qt.MouseButton.LeftButton
    qtbot.mousePress(view, button, pos=graph.pixel(35))
    for row in (30, 25, 20):
        send_move(view, graph.pixel(row))
    qtbot.mouseRelease(view, button, pos=graph.pixel(20))
    assert rows[0] == 30
    assert rows[-1] == 20
    assert set(rows) <= {30, 25, 20}, "pyqtgraph leaves out moves that come too fast"


def send_move(view: QWidget, at: QPoint) -> None:
    """A move with the button held, which QTest does not send."""
    left = Qt.MouseButton.LeftButton
    place = QPointF(at)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, QPointF(view.mapToGlobal(at)), left, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, event)


@pytest.mark.parametrize(("turned", "step"), [(120, -1), (-120, 1)])
def test_the_wheel_goes_through_frozen_frames_only(graph: FrameGraph, turned: int, step: int) -> None:
    columns, steps = FrameRows().columns(run(40)), []
    graph.stepped.connect(steps.append)
    for picked in (-1, 20):
        graph.show_columns(columns, picked=picked)
        at = QPointF(graph.pixel(20))
        view = graph.viewport()
        no, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(
            at, view.mapToGlobal(at), QPoint(), QPoint(0, turned), no, keys, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(view, event)
        assert steps == ([] if picked < 0 else [step])


def test_neither_mouse_nor_keys_move_the_axes(graph: FrameGraph, qtbot: QtBot) -> None:
    graph.show_columns(FrameRows().columns(run(40)))
    before = graph.box.viewRange()
    view, right = graph.viewport(), Qt.MouseButton.RightButton
    qtbot.mousePress(view, right, pos=QPoint(100, 50))
    qtbot.mouseRelease(view, right, pos=QPoint(160, 90))
    qtbot.keyClick(graph, Qt.Key.Key_Minus)
    assert graph.box.viewRange() == before


def test_axes_stand_still_while_frames_come(graph: FrameGraph) -> None:
    """Working out an axis costs as much as a redraw."""
    frames = run(60)
    graph.show_columns(FrameRows().columns(frames[:40]))
    changes: list[object] = []
    graph.box.sigRangeChanged.connect(lambda *told: changes.append(told))
    graph.show_columns(FrameRows().columns(frames))
    graph.show_columns(FrameRows().columns(run(60, infer_ms=17.0)))
    assert changes == []


def test_the_bars_are_pixel_for_pixel_in_the_box(graph: FrameGraph) -> None:
    graph.set_style(STACK)
    graph.show_columns(FrameRows().columns(run(40)))
    grid, shown = graph.grid, graph.grab().toImage()
    colour = QColor(theme.STAGE_COLOURS["infer"]).rgb()
    corner = graph.mapFromScene(graph.box.mapToScene(QPointF(0, 0)))
    pixels = graph.picture.image.view(np.uint32)[:, :, 0]
    for y, x in np.argwhere(pixels == rgba(theme.STAGE_COLOURS["infer"])).tolist():
        assert shown.pixel(corner.x() + x, corner.y() + y) == colour
    assert pixels.shape == (grid.height, grid.width)


def test_a_curve_is_where_its_label_stands_and_not_across_a_gap(graph: FrameGraph) -> None:
    frames = run(40)
    idle = [*frames[:20], *(delayed(frame, 3_000.0) for frame in frames[20:])]
    graph.show_columns(FrameRows().columns(idle))
    shown, colour = graph.grab().toImage(), QColor(theme.STAGE_COLOURS["infer"]).rgb()
    edge = round(graph.box.sceneBoundingRect().right())  # right of it are the labels
    seen = [(x, y) for x in range(edge) for y in range(140) if shown.pixel(x, y) == colour]
    corner = graph.mapFromScene(graph.box.mapToScene(QPointF(0, 0)))
    assert {y for _, y in seen} <= {round(corner.y() + graph.labels["infer"]) + off for off in (-1, 0, 1)}
    columns = sorted({x for x, _ in seen})
    assert edge - columns[-1] <= 3
    gaps = [after - before for before, after in pairwise(columns) if after - before > 1]
    assert len(gaps) == 1
    assert gaps[0] >= 2 * GAP_SLOTS


def test_marks_are_drawn_only_where_there_are_any(graph: FrameGraph) -> None:
    frames = run(40)
    graph.show_columns(FrameRows().columns(frames))
    assert not graph.picture.isVisible()
    graph.show_columns(FrameRows().columns([*frames[:20], replace(frames[20], steady=False), *frames[21:]]))
    assert graph.picture.isVisible()
    graph.set_style(STACK)
    assert graph.picture.isVisible()
    assert not any(item.isVisible() for item in graph.curves.items.values())


def test_a_logarithmic_graph_has_a_logarithmic_axis_and_a_stack_none(graph: FrameGraph) -> None:
    graph.show_columns(FrameRows().columns(run(40)))
    graph.set_logarithmic(True)
    axis = graph.getPlotItem().getAxis("left")
    assert axis.logMode
    assert axis.range == pytest.approx(graph.grid.y_range)
    assert axis.range[0] == -2.0
    graph.set_style(STACK)
    assert not axis.logMode
    assert axis.range[0] == 0.0


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
    assert is_seen(graph, 3)
    graph.show_columns(columns, picked=490)
    assert is_seen(graph, 490)
    assert not is_seen(graph, 3)


def test_the_range_grows_at_once_and_shrinks_slowly(graph: FrameGraph) -> None:
    graph.show_columns(FrameRows().columns(run(40, infer_ms=400.0)))
    high = graph.top_ms
    assert high > 400.0
    assert graph.box.viewRange()[1] == [0.0, pytest.approx(high)]
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
    assert graph.tip(QPoint(100, 50)).startswith("<p>Click or drag")
    graph.show_columns(FrameRows().columns(run(40)))
    assert graph.tip(graph.pixel(30)).startswith("<p><b>Frame 30</b>, ms: infer 20.0 · waiting 40.0 · latency 60.0</p>")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(records=hostile_records())
def test_whatever_the_clocks_say_it_is_painted(graph: FrameGraph, records: list[FrameRecord]) -> None:
    for style, logarithmic in ((CURVES, False), (CURVES, True), (STACK, False)):
        graph.set_style(style)
        graph.set_logarithmic(logarithmic)
        graph.show_columns(FrameRows().columns(records), picked=len(records) - 1)
        graph.grab()
        graph.forget_range()
