"""viewer.shelf.mix_bar: the sliders of one preset and of two."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from viewer.edit_history import EditHistory
from viewer.performance.presets import shipped_presets
from viewer.shelf.mix_bar import HINT, PresetMixBar
from viewer.shelf.mixer import PresetMixer
from viewer.timeline.model import TimelineModel
from viewer.viewer_model import ViewerModel

pytestmark = pytest.mark.display
PRESETS = {preset.name: preset for preset in shipped_presets()}
JOY, SURPRISE = PRESETS["joy"], PRESETS["surprise"]


@pytest.fixture
def mixer(model: ViewerModel) -> PresetMixer:
    return PresetMixer(model, ease_s=0.0)


@pytest.fixture
def bar(mixer: PresetMixer, qtbot: QtBot) -> PresetMixBar:
    bar = PresetMixBar(mixer)
    qtbot.addWidget(bar)
    bar.resize(280, 140)
    with qtbot.waitExposed(bar):
        bar.show()
    return bar


def test_the_bar_shows_what_can_be_mixed(bar: PresetMixBar, mixer: PresetMixer) -> None:
    assert bar.title.text() == HINT
    assert bar.share.isHidden()
    assert not bar.strength.isEnabled()
    mixer.use(JOY)
    assert bar.title.text().startswith("Joy")
    assert bar.share.isHidden()
    assert bar.strength.number == 100
    mixer.choose((JOY, SURPRISE))
    assert "Surprise" in bar.title.text()
    assert not bar.share.isHidden()
    mixer.choose(tuple(PRESETS.values()))
    assert bar.title.text().startswith(f"{len(PRESETS)} presets")


def test_dragging_blends_live_and_is_one_step(
    model: ViewerModel, bar: PresetMixBar, mixer: PresetMixer, qtbot: QtBot
) -> None:
    history = EditHistory(model, TimelineModel(model))
    mixer.choose((JOY, SURPRISE))
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(bar.share, left, pos=QPoint(13, 26))
    seen = set()
    for x in range(20, 200, 20):
        qtbot.mouseMove(bar.share, QPoint(x, 26))
        seen.add(model.expression)
    qtbot.mouseRelease(bar.share, left, pos=QPoint(200, 26))
    assert len(seen) > 5
    assert mixer.mix is not None
    assert 0.5 < mixer.mix.share < 0.9
    assert model.expression == mixer.mix.on(model.expression)
    assert history.stack.count() == 1
    qtbot.keyClick(bar.strength, Qt.Key.Key_Left)
    assert mixer.mix.strength == 0.99
    assert history.stack.count() == 2


def test_a_part_is_chosen(bar: PresetMixBar, mixer: PresetMixer, model: ViewerModel) -> None:
    {button.text(): button for button in bar.parts.buttons()}["Brows"].click()
    mixer.use(SURPRISE)
    assert model.expression["jawOpen"] == 0
    assert model.expression["browInnerUp"] > 0
