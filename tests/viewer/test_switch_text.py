"""The switches' words fit the settings that they set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_core.settings import EngineSettings
from viewer.switch_text import CLASSIC_WAY, SWITCHES, change_text, fast_way


def test_every_value_of_every_switch_is_a_setting() -> None:
    for switch in SWITCHES:
        assert getattr(EngineSettings(), switch.field) in switch.values, switch.title
        for value in switch.values:
            replace(EngineSettings(), **{switch.field: value}).check()


def test_the_classic_way_throws_every_switch() -> None:
    assert set(CLASSIC_WAY) == {switch.field for switch in SWITCHES}


def test_the_way_back_is_how_it_was() -> None:
    before = EngineSettings(precision="int8", depth=3, inference="onnxruntime")
    back = replace(EngineSettings(**CLASSIC_WAY), **fast_way(before, EngineSettings()))
    assert back == before
    assert fast_way(None, EngineSettings())["path"] == "auto"
    assert fast_way(EngineSettings(path="classic"), EngineSettings())["path"] == "auto", "not classic once more"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"precision": "fp32"}, "fp32"),
        ({"readback": "pixel buffer"}, "Read-back: pixel buffers"),
        ({"depth": 3}, "In flight: 3"),
        (CLASSIC_WAY, "the classic way, all switches at once"),
        ({"path": "auto", "depth": 2}, "the switches as they were"),
    ],
)
def test_a_change_is_said_in_a_few_words(changes: dict[str, object], text: str) -> None:
    assert change_text(changes) == text
