"""viewer.figures.percentile_table: rows in an order, what a GPU timed apart and marked, what was left out counted."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gpu_core.timing import Percentiles
from viewer.figures.columns import ROWS
from viewer.figures.panel_cost import PanelCost
from viewer.figures.percentile_table import OCCASIONAL, ROW, PercentileTable

pytestmark = pytest.mark.display


def test_rows_are_grouped_by_clock_and_marked(qtbot: QtBot) -> None:
    table = PercentileTable(ROWS, PanelCost())
    qtbot.addWidget(table)
    assert table.order == tuple(name for name in ROWS if name not in OCCASIONAL)
    plain = table.grab().toImage()
    table.show_rows({"infer": Percentiles(9, 2.0, 3.0, 4.0, 5.0)}, frozenset({"render", "infer"}), left_out=3)
    assert table.order == (
        "pose", "copy_out", "pack", "unpack", "copy_in", "show", "render", "infer", "wait", "latency",
    )  # fmt: skip
    assert table.heading == "ms · 3 left out"
    assert table.accessibleDescription() == "infer on the GPU 2.0 ms"
    assert "timed by the GPU itself" in table.toolTip()
    assert table.grab().toImage() != plain


def test_what_a_recording_takes_has_rows_while_there_is_one(qtbot: QtBot) -> None:
    table = PercentileTable(ROWS, PanelCost())
    qtbot.addWidget(table)
    usual = table.height()
    row = Percentiles(9, 2.0, 3.0, 4.0, 5.0)
    table.show_rows({"infer": row, "record": row, "encode": row})
    assert table.order[-5:] == ("record", "show", "encode", "wait", "latency")
    assert table.height() == usual + 2 * ROW
    table.show_rows({"infer": row})
    assert table.height() == usual
