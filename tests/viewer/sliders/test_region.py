"""viewer.sliders.region: headings that fold, and tell what is under them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from viewer.sliders.marks import Marks
from viewer.sliders.region import Region, RegionSum
from viewer.sliders.shape_slider import ShapeSlider

pytestmark = pytest.mark.display
ROWS = (("jawLeft", "jawRight"), ("jawOpen",))


def make(name: str) -> ShapeSlider:
    return ShapeSlider(name, name)


@pytest.fixture
def region(qtbot: QtBot) -> Region:
    region = Region("Jaw", is_open=True, hint="Nothing here yet")
    qtbot.addWidget(region)
    region.resize(300, 300)
    region.show()
    qtbot.waitExposed(region)
    return region


def test_an_empty_region_says_what_would_fill_it(region: Region) -> None:
    assert region.hint.isVisible()
    region.place(ROWS, make)
    assert not region.hint.isVisible()
    assert region.sliders["jawOpen"].isVisible()


def test_placing_keeps_what_stays_and_returns_what_goes(region: Region) -> None:
    region.place(ROWS, make)
    kept = region.sliders["jawOpen"]
    gone = region.place((("jawOpen",),), make)
    assert region.sliders == {"jawOpen": kept}
    assert sorted(slider.key for slider in gone) == ["jawLeft", "jawRight"]


def test_a_lone_slider_takes_both_columns(region: Region, qtbot: QtBot) -> None:
    region.place(ROWS, make)
    qtbot.waitUntil(lambda: region.sliders["jawOpen"].width() > 250)
    assert region.sliders["jawLeft"].width() <= 150


def test_a_search_opens_it_and_its_end_folds_it_as_before(region: Region) -> None:
    region.place(ROWS, make)
    region.heading.setChecked(False)
    assert region.filter(frozenset({"jawOpen", "cheekPuff"})) == 1
    assert region.sliders["jawOpen"].isVisible()
    assert not region.sliders["jawLeft"].isVisible()
    assert region.filter(frozenset()) == 0
    assert not region.isVisible()
    region.filter(None)
    assert region.isVisible()
    assert not region.body.isVisible()


def test_the_heading_tells_what_is_below_even_when_folded(region: Region) -> None:
    region.place(ROWS, make)
    region.heading.setChecked(False)
    plain = region.heading.grab().toImage()
    region.sliders["jawOpen"].show_marks(Marks(is_locked=True, is_alone=True))
    region.show_sum({"jawLeft": 0.0, "jawRight": 0.3, "jawOpen": 0.2}, frozenset({"jawRight", "cheekPuff"}))
    assert region.heading.sum == RegionSum(moved=2, locked=1, alone=1, is_lit=True)
    assert region.heading.grab().toImage() != plain
    region.show_sum(dict.fromkeys(("jawLeft", "jawRight", "jawOpen"), 0.0), frozenset({"cheekPuff"}))
    assert region.heading.sum == RegionSum(locked=1, alone=1)
