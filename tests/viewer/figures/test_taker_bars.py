"""viewer.figures.taker_bars: as many as there is room for, the rest as one."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from viewer.figures.panel_cost import PanelCost
from viewer.figures.taker_bars import TITLE, TakerBars, tip
from viewer.figures.thread_text import Taker
from viewer.measures import MIEN_COLOUR

pytestmark = pytest.mark.display


def test_what_has_no_room_is_one_bar_and_what_takes_nothing_is_none(qtbot: QtBot) -> None:
    bars = TakerBars(3, 2, PanelCost())
    qtbot.addWidget(bars)
    many = [Taker(name, cores, 1) for name, cores in (("a", 1.0), ("b", 0.3), ("c", 0.2), ("d", 0.1), ("e", 0.0))]
    bars.show_takers(many)
    assert [(taker.title, round(taker.cores, 2)) for taker in bars.takers] == [("a", 1.0), ("b", 0.3), ("2 more", 0.3)]
    assert bars.takers[-1].tip == "c 0.20, d 0.10"
    bars.show_takers(many[:2])
    assert [taker.title for taker in bars.takers] == ["a", "b"]


def test_a_bar_is_a_share_of_all_cores(qtbot: QtBot) -> None:
    bars = TakerBars(2, 2, PanelCost())
    qtbot.addWidget(bars)
    bars.resize(300, 32)
    bars.show_takers([Taker("a", 1.0, 1)])
    image = bars.grab().toImage()
    colour = QColor(MIEN_COLOUR).rgb()
    seen = [x for x in range(image.width()) if image.pixel(x, 7) == colour]
    assert len(seen) == pytest.approx((300 - TITLE - 64) / 2, abs=2)


def test_the_tooltip_counts_threads() -> None:
    assert "2 threads of Mien" in tip(Taker("llvmpipe", 1.0, 2, "Mesa"))
    assert "of Mien" not in tip(Taker("other programs", 1.0, 0))
