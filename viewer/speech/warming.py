"""What the first text would wait for, done before anybody asks: dictionaries, lexicons, voices.

voices = KeptVoices()
Thread(target=voices.warm_up).start() ... voices.of("auto", analysis).speak_clauses(analysis) ... voices.close()
"""

from __future__ import annotations

import importlib.util
import threading

from viewer.speech.analysing import analyse
from viewer.speech.analysis import Analysis
from viewer.speech.spoken import Voice
from viewer.speech.voices import AUTO, installed_voices, name_of_best, open_voice

# One sentence a language that touches every dictionary: words, readings, feelings, degrees.
_ENGLISH, _CHINESE = "I am very happy.", "我非常高兴。"


class KeptVoices:
    """Voices that stay open between texts. Thread-safe, but each of them speaks on one thread at a time."""

    def __init__(self) -> None:
        self._voices: dict[str, Voice] = {}
        self._lock = threading.Lock()

    def of(self, name: str = AUTO, analysis: Analysis | None = None) -> Voice:
        """The voice of that name, or the one that suits a text; opened at its first use and kept.

        Raises:
            SpeechError: see `voices.open_voice`.
        """
        chosen = name_of_best(analysis) if name == AUTO else name
        with self._lock:
            if chosen not in self._voices:
                self._voices[chosen] = open_voice(chosen)
            return self._voices[chosen]

    def warm_up(self) -> None:
        """Read what a first text would wait for, and let each installed voice say a word that nobody hears.

        Takes seconds; for a thread of its own, before anything is spoken.
        """
        warm_up_analysis()
        for name in installed_voices():
            self.of(name).speak(analyse(_ENGLISH))

    def close(self) -> None:
        """Close those that were opened. Idempotent."""
        with self._lock:
            for voice in self._voices.values():
                voice.close()
            self._voices.clear()


def warm_up_analysis() -> None:
    """Read the dictionaries and lexicons that are installed."""
    analyse(_ENGLISH)
    if importlib.util.find_spec("jieba") is not None:
        analyse(_CHINESE)
