"""viewer.speech.warming: what the first text would wait for is done beforehand, once."""

from __future__ import annotations

import threading

import pytest

from viewer.speech import warming
from viewer.speech.analysing import analyse
from viewer.speech.spoken import SpeechError
from viewer.speech.voices import installed_voices
from viewer.speech.warming import KeptVoices

if set(installed_voices()) < {"hibari", "espeak"}:
    pytest.skip("hibari and espeak are not both installed", allow_module_level=True)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the voices that were opened."""
    names: list[str] = []

    def note(name: str) -> object:
        names.append(name)
        return original(name)

    original = warming.open_voice
    monkeypatch.setattr(warming, "open_voice", note)
    return names


def test_after_warming_up_no_voice_is_opened_again(opened: list[str]) -> None:
    voices = KeptVoices()
    thread = threading.Thread(target=voices.warm_up)
    thread.start()
    thread.join()
    assert opened == list(installed_voices())
    hello = analyse("Hello!")
    assert voices.of("auto", hello).speak(hello).duration_s > 0.3
    assert voices.of("auto", analyse("你好")).name == "espeak"
    assert opened == list(installed_voices())
    voices.close()
    voices.close()


def test_a_voice_that_is_not_there_is_told() -> None:
    with pytest.raises(SpeechError, match="no voice 'nobody'"):
        KeptVoices().of("nobody")
