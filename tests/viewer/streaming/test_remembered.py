"""viewer.streaming.remembered: what was asked for last is there again, whatever became of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from viewer.push.values import VideoForm
from viewer.streaming.remembered import KEY, remember, remembered
from viewer.streaming.wish import StreamWish
from viewer.streaming.wish_form import WishForm
from viewer.streams.values import MpsLimits

TITLES = {"talk": "Talk", "range": "Range of motion"}
VIDEO = VideoForm(15.0, 800, 2.0, "x264")
WISH = StreamWish(
    4,
    ("talk", "range"),
    "rtmp://h/live/geheim-{n}",
    256,
    VIDEO,
    "batch",
    "degrade",
    True,
    MpsLimits(25.0, 2048, "below"),
)


def kept(folder: Path) -> QSettings:
    return QSettings(str(folder / "Mien.ini"), QSettings.Format.IniFormat)


def test_all_but_the_target_is_there_again(tmp_path: Path) -> None:
    memory = kept(tmp_path)
    remember(WISH, memory)
    memory.sync()
    again = remembered(kept(tmp_path))
    assert again == StreamWish(4, ("talk", "range"), "", 256, VIDEO, "batch", "degrade", True, WISH.mps)
    assert "geheim" not in (tmp_path / "Mien.ini").read_text()


def test_without_a_memory_it_is_as_at_first() -> None:
    remember(WISH, None)
    assert remembered(None) == StreamWish()


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 5000, "7", "[]", '{"faces": "4", "sources": [], "video": 3, "to": "x", "unknown": 1}',
             '{"faces": 1e999, "video": {"fps": NaN}, "mps": {"memory_mb": 99999999999}, "uses_mps": 1}'],
)  # fmt: skip
def test_what_cannot_be_is_as_at_first(tmp_path: Path, text: str) -> None:
    memory = kept(tmp_path)
    memory.setValue(KEY, text)
    assert remembered(memory) == StreamWish()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner), max_leaves=5
)
PARTS = st.dictionaries(
    st.sampled_from(["fps", "bit_rate_kbps", "key_s", "thread_percent", "memory_mb", "priority"]), JSON
)
NAMES = ["faces", "sources", "size", "video", "way", "when_full", "uses_mps", "mps"]


@pytest.mark.display
def test_whatever_was_kept_can_stand_in_the_form(qtbot: QtBot, tmp_path: Path) -> None:
    memory, form = kept(tmp_path), WishForm(TITLES)
    qtbot.addWidget(form)

    @given(told=st.dictionaries(st.sampled_from(NAMES), JSON | PARTS))
    def shown(told: dict[str, Any]) -> None:
        memory.setValue(KEY, json.dumps(told))
        form.show_wish(remembered(memory))
        assert 1 <= form.wish().faces <= 64

    shown()


@pytest.mark.display
def test_a_form_shows_what_was_asked_for(qtbot: QtBot) -> None:
    form = WishForm(TITLES)
    qtbot.addWidget(form)
    form.way.show_mps("")  # there is a GPU
    form.show_wish(WISH)
    shown = form.wish()
    assert (shown.faces, shown.sources, shown.size, shown.video) == (4, ("talk", "range"), 256, VIDEO)
    assert (shown.way, shown.when_full, shown.uses_mps, shown.mps) == ("batch", "degrade", True, WISH.mps)
    assert shown.to == ""
    form.show_wish(StreamWish(sources=("/gone/a.csv",), size=1))
    assert (form.wish().sources, form.wish().size) == (("talk", "range"), 256), "nothing that can be chosen is so"
