"""viewer.figures.waterfall: bars where stages were, words where there is room, waits by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import StageTime
from tests.frame_records import MS, START_NS, hostile_records, record
from viewer.figures.panel_cost import PanelCost
from viewer.figures.waterfall import LEFT, Waterfall

pytestmark = pytest.mark.display


@pytest.fixture
def waterfall(qtbot: QtBot) -> Waterfall:
    waterfall = Waterfall(PanelCost())
    qtbot.addWidget(waterfall)
    waterfall.resize(640, 130)
    return waterfall


def frame() -> FrameRecord:
    stages = (
        StageTime("pose", START_NS + 12 * MS, 1.0),
        StageTime("render", START_NS + 13 * MS, 19.0),
        StageTime("infer", START_NS + 40 * MS, 30.0),
        StageTime("show", START_NS + 75 * MS, 5.0),
    )
    made = record(7, stages=stages, requested_ns=START_NS, shown_ns=START_NS + 80 * MS)
    return replace(made, submitted_ns=START_NS + 12 * MS)


def test_bars_stand_where_and_as_long_as_stages_took(waterfall: Waterfall) -> None:
    waterfall.show_frame(frame())
    assert waterfall.tracks == ("engine thread", "inference", "window")
    assert waterfall.length_ms == 80.0
    bars = {placed.span.name: placed.bar for placed in waterfall.placed if placed.span.name != "wait"}
    scale = (640 - LEFT - 8) / 80.0
    assert bars["infer"].left() == pytest.approx(LEFT + 40 * scale)
    assert bars["infer"].width() == pytest.approx(30 * scale)
    assert bars["infer"].top() > bars["render"].top()
    waterfall.grab()


def test_words_say_how_long_and_what_was_waited_for(waterfall: Waterfall) -> None:
    waterfall.show_frame(frame())
    words = {placed.text for placed in waterfall.placed}
    assert words >= {"render 19.0 ms", "infer 30.0 ms", "in the generator's queue 8.0 ms"}
    assert "waited for the engine 12.0 ms" in words
    assert "waited for the engine 12.0 ms" in waterfall.accessibleDescription()


def test_words_do_not_run_into_each_other(waterfall: Waterfall) -> None:
    waterfall.show_frame(frame())
    areas = [placed.words for placed in waterfall.placed if placed.words is not None]
    assert not [(a, b) for index, a in enumerate(areas) for b in areas[:index] if a.intersects(b)]
    assert all(area.left() >= LEFT and area.right() <= 640 for area in areas)


def test_a_gpu_has_a_track_of_its_own(waterfall: Waterfall) -> None:
    waterfall.show_frame(frame().amended([StageTime("infer", START_NS + 40 * MS, 2.0, "gpu")]))
    assert "gpu" in waterfall.tracks


def test_the_tooltip_tells_the_bar_under_the_pointer(waterfall: Waterfall) -> None:
    waterfall.show_frame(frame())
    bar = next(placed.bar for placed in waterfall.placed if placed.span.name == "infer")
    assert waterfall.tip(bar.center()).startswith("infer 30.0 ms\nfrom 40.00 to 70.00 ms after the request")
    assert waterfall.tip(QPointF(5.0, 5.0)) == ""


def test_a_frame_without_times_says_so(waterfall: Waterfall) -> None:
    empty = waterfall.grab().toImage()
    waterfall.show_frame(replace(frame(), stages=(), requested_ns=0, submitted_ns=0))
    assert waterfall.placed == []
    assert waterfall.grab().toImage() != empty


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(records=hostile_records())
def test_whatever_the_clocks_say_it_is_painted(waterfall: Waterfall, records: list[FrameRecord]) -> None:
    for one in records[:5]:
        waterfall.show_frame(one)
        waterfall.grab()


def test_the_encoder_has_a_track_while_something_is_recorded(waterfall: Waterfall) -> None:
    waterfall.show_frame(frame())
    assert "encoder" not in waterfall.tracks
    waterfall.show_frame(frame().amended((StageTime("encode", START_NS + 90 * MS, 10.0),)))
    assert waterfall.tracks[-1] == "encoder"
    assert waterfall.length_ms == pytest.approx(100.0)
    assert "encode 10.0 ms" in waterfall.accessibleDescription()
    waterfall.grab()
