"""viewer.figures.percent_graph: what was not measured is a gap."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from viewer.figures.panel_cost import PanelCost
from viewer.figures.percent_graph import PercentGraph

pytestmark = pytest.mark.display

NAN = float("nan")


@pytest.fixture
def graph(qtbot: QtBot) -> PercentGraph:
    graph = PercentGraph(60, PanelCost())
    qtbot.addWidget(graph)
    graph.resize(300, 100)
    graph.show()
    qtbot.waitExposed(graph)
    return graph


def red(graph: PercentGraph) -> list[tuple[int, int]]:
    """Pixels of the curve, seconds before the newest sample and percent."""
    image = graph.grab().toImage()
    found = [(x, y) for x in range(300) for y in range(100) if image.pixel(x, y) == 0xFFFF0000]
    scene = [graph.getPlotItem().vb.mapSceneToView(graph.mapToScene(x, y)) for x, y in found]
    return [(round(at.x()), round(at.y())) for at in scene]


def test_lines_end_at_gaps(graph: PercentGraph) -> None:
    graph.show_series({"#ff0000": [10.0] * 10 + [NAN] * 5 + [90.0] * 10 + [float("inf")]})
    drawn = red(graph)
    assert {abs(percent - 10) < 4 or abs(percent - 90) < 4 for _, percent in drawn} == {True}
    assert not [second for second, _ in drawn if second in (-13, -12, 0)]
    assert min(drawn)[0] in (-25, -26)


@pytest.mark.parametrize("value", [0.0, 50.0, 100.0, 400.0, -3.0])
def test_one_sample_is_seen_and_within(graph: PercentGraph, value: float) -> None:
    graph.show_series({"#ff0000": [NAN, value, NAN, NAN]})
    assert {second for second, _ in red(graph)} == {-2}
    assert all(abs(percent - min(max(value, 0), 100)) < 4 for _, percent in red(graph))


def test_a_curve_that_is_not_wanted_any_more_goes(graph: PercentGraph) -> None:
    graph.show_series({"#ff0000": [10.0, 20.0], "#00ff00": [50.0, 50.0]})
    assert red(graph)
    graph.show_series({"#00ff00": [50.0, 50.0]})
    assert not red(graph)
    assert list(graph.curves) == ["#00ff00"]
    assert graph.series == {"#00ff00": (50.0, 50.0)}


def test_the_axes_stand_still_and_a_low_graph_has_fewer_figures(graph: PercentGraph) -> None:
    graph.show_series({"#ff0000": [NAN] * 60})
    assert graph.getPlotItem().vb.viewRange()[0] == [-59.0, 0.0]
    axis = graph.getPlotItem().getAxis("left")
    assert [text for _, text in axis._tickLevels[0]] == ["0", "50", "100 %"]
    graph.resize(300, 46)
    assert [text for _, text in axis._tickLevels[0]] == ["0", "100 %"]
