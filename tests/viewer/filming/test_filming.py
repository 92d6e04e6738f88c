"""viewer.filming.filming: sound beside the pictures of a session."""

from __future__ import annotations

import wave
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.viewer.speech.fake_voice import FakeVoices
from viewer.cockpit import Cockpit
from viewer.performance.builtin import BUILTIN
from viewer.sessions.checking import shortcomings
from viewer.sessions.layout import AUDIO_NAME
from viewer.speech.speech_order import Speaker, SpeechOrder
from viewer.speech.speech_performance import SpeechPerformance

pytest.importorskip("jieba")
pytestmark = pytest.mark.display


@pytest.fixture
def speech() -> SpeechPerformance:
    return Speaker(FakeVoices()).perform(SpeechOrder("A paper cat is here. 你好！"))


def seconds(session: Path) -> float:
    with wave.open(str(session / AUDIO_NAME)) as wav:
        assert any(wav.readframes(wav.getnframes()))
        return wav.getnframes() / wav.getframerate()


def test_frame_by_frame_the_sound_is_as_long_as_the_pictures(
    cockpit: Cockpit, speech: SpeechPerformance, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(cockpit.filming.ended, timeout=20_000) as ended:
        cockpit.filming.film_performance(speech, tmp_path, seconds=0.6)
    assert ended.args is not None
    assert seconds(Path(ended.args[0].folder)) == pytest.approx(0.6)


def test_what_is_heard_live_is_recorded(
    cockpit: Cockpit, speech: SpeechPerformance, qtbot: QtBot, tmp_path: Path
) -> None:
    cockpit.playable.add(speech)
    cockpit.filming.start(tmp_path)
    cockpit.model.set_playback(replace(cockpit.model.playback, name=speech.key, playing=True, loop=False))
    qtbot.waitUntil(lambda: not cockpit.model.playback.playing, timeout=20_000)
    with qtbot.waitSignal(cockpit.filming.ended, timeout=20_000) as ended:
        cockpit.filming.stop()
    assert ended.args is not None
    session = Path(ended.args[0].folder)
    assert shortcomings(session) == []
    assert seconds(session) > 0.5 * speech.duration_s


def test_silence_has_no_file(cockpit: Cockpit, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(cockpit.filming.ended, timeout=20_000) as ended:
        cockpit.filming.film_performance(BUILTIN["talk"], tmp_path, seconds=0.2)
    assert ended.args is not None
    assert not (Path(ended.args[0].folder) / AUDIO_NAME).exists()
