"""The voices that can be had here, by name; and which suits a text."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping

from viewer.speech import espeak_voice, hibari_words
from viewer.speech.analysis import Analysis
from viewer.speech.espeak_voice import EspeakVoice
from viewer.speech.hibari_voice import HibariVoice
from viewer.speech.spoken import SpeechError, Voice

AUTO = "auto"
_VOICES: Mapping[str, tuple[str, Callable[[], Voice]]] = {
    "hibari": (hibari_words.PACKAGE, HibariVoice),
    "espeak": (espeak_voice.PACKAGE, EspeakVoice),
}


def voice_names() -> tuple[str, ...]:
    """Every voice that Mien knows, installed or not."""
    return tuple(_VOICES)


def installed_voices() -> tuple[str, ...]:
    """Those that can speak here."""
    return tuple(name for name, (package, _) in _VOICES.items() if importlib.util.find_spec(package) is not None)


def open_voice(name: str = AUTO, analysis: Analysis | None = None) -> Voice:
    """The voice of that name; `auto` takes the best one that speaks all languages of a text.

    Raises:
        SpeechError: there is none, or it is not installed.
    """
    if name == AUTO:
        name = name_of_best(analysis)
    if name not in _VOICES:
        raise SpeechError(f"there is no voice {name!r}: there are {', '.join(_VOICES)}")
    return _VOICES[name][1]()


def name_of_best(analysis: Analysis | None) -> str:
    """The best installed voice that speaks all languages of a text.

    Raises:
        SpeechError: there is none.
    """
    needed = {word.language for word in analysis.words} if analysis is not None else {"en"}
    for name in installed_voices():
        if needed <= set(_SPEAKS[name]):
            return name
    raise SpeechError("no voice is installed for this text: pip install 'mien[speech]'")


_SPEAKS = {"hibari": HibariVoice.languages, "espeak": EspeakVoice.languages}
