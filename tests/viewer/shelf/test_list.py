"""viewer.shelf.list: what is listed of the presets, and what is said of each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from gpu_core.expression import NEUTRAL
from viewer.performance.preset_file import Preset
from viewer.performance.presets import shipped_presets
from viewer.shelf.list import ALL, KIND_TITLES, MARK, OWN, PresetList, chosen, kind_of, kinds, tooltip

pytestmark = pytest.mark.display
GRIN = Preset("grin", "Grin <b>", "yours", NEUTRAL.with_weights({"mouthSmileLeft": 0.5}))
ALIEN = Preset("alien", "Alien", "from afar", NEUTRAL, "Found & kept")
PRESETS = (*shipped_presets(), GRIN, ALIEN)
OWNED = frozenset({"grin", "alien"})


def names(kind: str = ALL, text: str = "") -> list[str]:
    return [preset.name for preset in chosen(PRESETS, OWNED, kind=kind, text=text)]


def test_every_preset_has_one_kind() -> None:
    counts = [len(names(kind)) for kind in kinds()]
    assert min(counts) > 0
    assert sum(counts) == len(PRESETS) == len(names())
    assert names(OWN) == ["grin", "alien"]
    assert kind_of(shipped_presets()[0], OWNED) == KIND_TITLES["rest"]


def test_a_search_finds_titles_and_what_moves() -> None:
    assert names(text="GENTLE anger") == ["anger-gentle"]
    assert "grin" in names(text="mouthsmileleft")
    assert names(OWN, "alien") == ["alien"]
    assert names(text="no such thing") == []


def test_a_tooltip_tells_title_source_and_weights_and_takes_nothing_for_markup() -> None:
    assert tooltip(GRIN) == "<b>Grin &lt;b&gt;</b><br>Saved here<br>mouthSmileLeft 0.50"
    assert "Found &amp; kept<br>all weights 0" in tooltip(ALIEN)
    joy = next(preset for preset in shipped_presets() if preset.name == "joy")
    assert "Ekman" in tooltip(joy)
    assert "mouthSmileLeft 0.85" in tooltip(joy)
    assert len(tooltip(joy)) < 700


def test_only_ones_own_can_be_renamed(qtbot: QtBot) -> None:
    listed = PresetList(lambda _: None)
    listed.show(PRESETS, OWNED)
    grin, joy = listed.index_of("grin"), listed.index_of("joy")
    assert grin.flags() & Qt.ItemFlag.ItemIsEditable
    assert not joy.flags() & Qt.ItemFlag.ItemIsEditable
    assert not listed.index_of("nobody").isValid()
    with qtbot.waitSignal(listed.renamed) as asked:
        listed.setData(grin, " Wide grin ")
    assert asked.args == ["grin", " Wide grin "]
    with qtbot.assertNotEmitted(listed.renamed):
        listed.setData(grin, GRIN.title)
        listed.setData(grin, "  ")
    assert listed.data(grin) == GRIN.title


def test_pictures_and_marks_are_shown(qtbot: QtBot) -> None:
    picture = QPixmap(8, 8)
    listed = PresetList({GRIN.expression: picture}.get)
    listed.show([GRIN, ALIEN], OWNED)
    with qtbot.waitSignal(listed.dataChanged):
        listed.mark({"grin": "A"})
    grin, alien = listed.index(0), listed.index(1)
    assert (grin.data(MARK), alien.data(MARK)) == ("A", "")
    assert isinstance(grin.data(Qt.ItemDataRole.DecorationRole), QPixmap)
    assert alien.data(Qt.ItemDataRole.DecorationRole) is None
    assert listed.rowCount() == 2
    assert listed.rowCount(grin) == 0
