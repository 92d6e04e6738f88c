"""viewer.handles.overlay: as small as it can be, beside what is looked at, and painted again only if it changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from viewer.handles.overlay import HandleOverlay

pytestmark = pytest.mark.display


class Counting(HandleOverlay):
    painted = 0

    def paintEvent(self, event: object) -> None:
        self.painted += 1
        super().paintEvent(event)  # type: ignore[arg-type]


@pytest.fixture
def stage(qtbot: QtBot) -> QWidget:
    stage = QWidget()
    qtbot.addWidget(stage)
    stage.resize(600, 400)
    stage.show()
    qtbot.waitExposed(stage)
    return stage


def test_it_is_hidden_until_there_is_something_and_lets_the_mouse_through(stage: QWidget) -> None:
    overlay = HandleOverlay(stage)
    assert overlay.isHidden()
    assert overlay.text == ("", "")
    overlay.point_at(QPointF(400, 200), "Chin", "Jaw 0.50")
    assert overlay.text == ("Chin", "Jaw 0.50")
    assert overlay.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert stage.childAt(400, 200) is None


@pytest.mark.parametrize("where", [(5, 5), (595, 5), (5, 395), (595, 395), (250, 200), (350, 200)])
def test_ring_and_tag_are_on_the_stage_and_the_tag_is_off_the_ring(stage: QWidget, where: tuple[int, int]) -> None:
    overlay = HandleOverlay(stage)
    overlay.point_at(QPointF(*where), "Mouth corner, left", "Smile, left 0.85\nPress lips, left 0.16")
    tag = overlay._tag.translated(overlay.pos())
    assert stage.rect().contains(tag)
    assert not tag.adjusted(-6, -6, 6, 6).contains(*where)
    assert overlay.geometry().contains(*where)
    assert overlay.width() * overlay.height() < 200 * 100
    middle = 300
    assert (tag.center().x() > where[0]) == (where[0] > middle) or not 150 < where[0] < 450, "away from the middle"


def test_nothing_is_painted_while_nothing_changes(stage: QWidget, qtbot: QtBot) -> None:
    overlay = Counting(stage)
    overlay.point_at(QPointF(300, 200), "Chin", "Jaw 0.50")
    qtbot.waitUntil(lambda: overlay.painted > 0)
    qtbot.wait(30)
    before = overlay.painted
    for _ in range(5):
        overlay.point_at(QPointF(300, 200), "Chin", "Jaw 0.50")
    qtbot.wait(50)
    assert overlay.painted == before
    overlay.point_at(QPointF(300, 200), "Chin", "Jaw 0.51")  # no wider: nothing but the text has changed
    qtbot.waitUntil(lambda: overlay.painted == before + 1)
