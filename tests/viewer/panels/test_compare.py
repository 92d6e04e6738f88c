"""viewer.panels.compare, heat_legend: choosing sides, and what the panel says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from gpu_core.settings import FrameRequest, View
from tests.viewer.compare.test_comparison import CHOICES, engine_info
from viewer.compare.comparison import Comparison, Layout, Metric, OtherWay, Side
from viewer.compare.heat_legend import HeatLegend
from viewer.compare.model import CompareModel
from viewer.compare.pair_measuring import Pair, measure
from viewer.panels.compare import ASLEEP, ComparePanel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display


@pytest.fixture
def compare(model: ViewerModel) -> CompareModel:
    return CompareModel(model)


@pytest.fixture
def panel(qtbot: QtBot, model: ViewerModel, compare: CompareModel) -> ComparePanel:
    panel = ComparePanel(model, compare)
    qtbot.addWidget(panel)
    panel.resize(280, 500)
    panel.show()
    model.set_engine(engine_info())
    model.set_choices(CHOICES)
    return panel


def choose(box: QComboBox, title: str) -> None:
    box.setCurrentIndex(box.findText(title))
    box.activated.emit(box.currentIndex())


def measured(compare: CompareModel) -> Any:
    a = np.full((32, 32, 4), 255, np.uint8)
    b = a.copy()
    b[:9, :9, 1] = 200
    compare.note_measured(figures := measure(Pair(FrameRequest(), a, b, compare.comparison)))
    return figures


def test_asleep_it_says_what_would_wake_it(panel: ComparePanel, compare: CompareModel, qtbot: QtBot) -> None:
    assert panel.note.isVisible()
    assert panel.note.text() == ASLEEP
    assert not panel.figures.isVisible()
    qtbot.mouseClick(panel.toggle, Qt.MouseButton.LeftButton)
    assert compare.comparison.is_on
    assert panel.toggle.isChecked()
    assert panel.note.text() == "Measuring the first pair …"


def test_what_cannot_be_compared_says_why(panel: ComparePanel) -> None:
    box = panel.boxes["b"]
    items = box.model()
    assert isinstance(items, QStandardItemModel)
    item = items.item(box.findText("Precision fp16"))
    assert not item.isEnabled()
    assert item.toolTip() == "Fp16 is for GPUs"
    assert items.item(box.findText("Precision fp32")).isEnabled()


def test_choosing_a_side_compares_it(panel: ComparePanel, compare: CompareModel) -> None:
    choose(panel.boxes["b"], "Precision fp32")
    assert compare.comparison.is_on
    assert compare.comparison.b == Side(way=OtherWay("Precision fp32", changes=(("precision", "fp32"),)))
    assert panel.note.text() == "Opening what runs beside …"


def test_the_same_on_both_sides_changes_places(panel: ComparePanel, compare: CompareModel) -> None:
    choose(panel.boxes["b"], "Generated")
    assert (compare.comparison.a, compare.comparison.b) == (Side(View.RENDER), Side(View.GENERATED))
    assert [box.currentText() for box in panel.boxes.values()] == ["Render", "Generated"]


def test_what_is_chosen_stays_when_it_is_no_longer_offered(
    panel: ComparePanel, compare: CompareModel, model: ViewerModel
) -> None:
    choose(panel.boxes["b"], "Precision fp32")
    model.set_engine(engine_info(precision="fp32"))
    assert panel.boxes["b"].currentText() == "Precision fp32"
    compare.note_before(OtherWay("Before: numpy", changes=(("precision", "auto"),)))
    compare.show_before()
    assert panel.boxes["a"].currentText() == "Before: numpy"


def test_the_difference_has_its_own_controls(panel: ComparePanel, compare: CompareModel, qtbot: QtBot) -> None:
    assert not panel.heat.isVisible()
    qtbot.mouseClick(panel.layouts[Layout.DIFFERENCE], Qt.MouseButton.LeftButton)
    assert panel.heat.isVisible()
    assert not panel.turn.isEnabled()
    panel.amplification.setValue(5)
    assert compare.comparison.amplification == 32
    assert (panel.factor.text(), panel.legend.brightest) == ("32×", "8 of 255")
    qtbot.mouseClick(panel.metrics[Metric.FLIP], Qt.MouseButton.LeftButton)
    assert compare.comparison.metric is Metric.FLIP
    assert panel.legend.brightest == "FLIP 0.0312"


def test_figures_are_shown_and_go_with_the_pair(panel: ComparePanel, compare: CompareModel) -> None:
    compare.toggle()
    figures = measured(compare)
    assert panel.figures.text("PSNR") == f"{figures.psnr_db:.1f} dB"
    assert panel.figures.text("largest") == "55 of 255"
    assert not panel.note.isVisible()
    compare.set(b=Side(View.TEXTURE))
    assert panel.figures.text("PSNR") == "–"


def test_a_side_alone_as_long_as_its_button_is_down(panel: ComparePanel, compare: CompareModel, qtbot: QtBot) -> None:
    compare.toggle()
    qtbot.mousePress(panel.peeks["b"], Qt.MouseButton.LeftButton)
    assert compare.peek == "b"
    qtbot.mouseRelease(panel.peeks["b"], Qt.MouseButton.LeftButton)
    assert compare.peek == ""


def test_nothing_is_cut_off(panel: ComparePanel, compare: CompareModel) -> None:
    compare.set(is_on=True, layout=Layout.DIFFERENCE)
    measured(compare)
    body = panel.widget()
    assert body.minimumSizeHint().width() <= 280
    for button in (*panel.layouts.values(), *panel.metrics.values(), *panel.peeks.values(), panel.swap, panel.turn):
        assert button.width() >= button.minimumSizeHint().width(), button.text()


def test_the_legend_runs_from_dark_to_light(qtbot: QtBot) -> None:
    legend = HeatLegend()
    qtbot.addWidget(legend)
    legend.resize(200, legend.height())
    legend.show_scale("8 of 255")
    image = legend.grab().toImage()
    light = [image.pixelColor(x, 2).lightness() for x in (1, 60, 120, 198)]
    assert light == sorted(light)
    assert light[0] < 10
    assert light[-1] > 180
    assert Comparison().amplification == 4
