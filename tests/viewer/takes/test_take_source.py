"""viewer.takes.take_source: what a process beside the window can open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.viewer.speech.fake_voice import FakeVoices
from viewer.performance.builtin import BUILTIN
from viewer.performance.timeline import Timeline
from viewer.sessions.take import open_take
from viewer.speech.speech_order import Speaker, SpeechOrder
from viewer.takes.take_source import source_of


def test_what_is_known_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with source_of("talk", BUILTIN["talk"]) as source:
        assert source == "talk"
    with source_of(str(tmp_path), None) as source:
        assert source == str(tmp_path)


def test_a_speech_is_a_take_for_the_while() -> None:
    pytest.importorskip("jieba")
    speech = Speaker(FakeVoices()).perform(SpeechOrder("A paper cat. 你好！"))
    with source_of("speech", speech) as source:
        take = open_take(source)
        assert take.title.startswith("Speech")
        assert take.seconds == pytest.approx(speech.duration_s, abs=0.04)
        for t in np.arange(0.0, speech.duration_s, 1 / 30):
            assert np.allclose(take.at(t).weights, speech.at(t).weights, atol=0.002)
    assert not Path(source).exists()


def test_the_timeline_is_its_own_file_for_the_while() -> None:
    with source_of("timeline", Timeline(title="a/b: 说")) as source:
        assert Path(source).name == "a_b_ 说.json"
    assert not Path(source).parent.exists()
