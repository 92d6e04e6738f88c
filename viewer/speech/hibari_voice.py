"""hibari as a voice: English, neural, its model inside its wheel (Apache-2.0). Kokoro's "heart", distilled.

When each phoneme sounds comes out of the network itself: the durations that it rounds to are an inner value, which is
made an output here. A duration is in units of 600 samples at 24 kHz; their sum is the sound's length exactly. What is
heard comes two units earlier: at that shift, of -120 to 120 ms tried, closures of p, t and k are quietest and vowels
loudest.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from viewer.speech.analysis import Analysis, Clause
from viewer.speech.clause_voice import ClauseVoice
from viewer.speech.hibari_words import PACKAGE, english
from viewer.speech.ipa import sound_of
from viewer.speech.joining import SpokenClause
from viewer.speech.spoken import Phone, SpeechError

RATE, UNIT = 24_000, 600  # samples a second; samples a unit of duration
SHIFT = 2  # units that the sound is ahead of its durations
DURATIONS = "/Round_output_0"
_MARKS = "ˈˌː"
_SEED = 1  # of its noise: the same text sounds the same


class HibariVoice(ClauseVoice):
    """A `Voice`. One thread at a time. Chinese words are refused: another voice speaks them."""

    name, rate, languages = "hibari", RATE, ("en",)

    def __init__(self) -> None:
        if importlib.util.find_spec(PACKAGE) is None:
            raise SpeechError("the voice hibari is not installed: pip install 'mien[speech]'")
        from hibari import Hibari
        from hibari.voices import DEFAULT, voice_path

        model = Path(voice_path(DEFAULT)).read_bytes() + _output_too(DURATIONS)
        self._hibari = Hibari(model=model, g2p=english())

    def close(self) -> None:
        """Nothing is held beyond memory."""

    def _clause(self, analysis: Analysis, clause: Clause) -> Iterator[SpokenClause]:
        if any(word.language != "en" for word in analysis.words[slice(*clause.words)]):
            raise SpeechError("the voice hibari speaks English only: choose the voice espeak for Chinese")
        text = analysis.text[clause.start : clause.end]
        chunks = self._hibari.phonemize(text)
        groups = [word for chunk in chunks for word in self._words_of(analysis, clause, chunk, len(chunks))]
        at = 0
        for number, chunk in enumerate(chunks):
            count = len(chunk.split(" "))
            pause_s = clause.pause_s if number == len(chunks) - 1 else 0.1
            yield self._chunk(chunk, groups[at : at + count], clause, pause_s)
            at += count

    def _chunk(self, chunk: str, words: list[int], clause: Clause, pause_s: float) -> SpokenClause:
        from hibari import dsp

        kept = [symbol for symbol in chunk if symbol in self._hibari.vocab]
        ids = self._hibari.ids(chunk)
        feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([clause.prosody.rate], np.float32)}
        *outputs, durations = self._hibari.sess.run(None, feed)
        lh, th, ln, lr, phi, f0 = (output[0] for output in outputs)
        sound = dsp.synth(lh, th, ln, lr, phi, f0 * clause.prosody.pitch, np.random.default_rng(_SEED))
        samples = np.clip(sound * clause.prosody.energy, -1.0, 1.0).astype(np.float32)
        units = np.asarray(durations).ravel()
        return SpokenClause(samples, _phones(kept, units, words), pause_s)

    def _words_of(self, analysis: Analysis, clause: Clause, chunk: str, chunks: int) -> list[int]:
        """For each group of a chunk, between its spaces, the word it belongs to.

        A number is several groups. Where the counts of the words spoken by themselves do not add up, the groups are
        shared out in proportion.
        """
        first, last = clause.words
        total = len(chunk.split(" "))
        counts = [self._groups(analysis, index) for index in range(first, last)]
        if chunks == 1 and sum(counts) == total:
            return [first + place for place, count in enumerate(counts) for _ in range(count)]
        return [min(first + group * (last - first) // total, last - 1) for group in range(total)]

    def _groups(self, analysis: Analysis, index: int) -> int:
        word = analysis.words[index]
        return sum(len(part.split(" ")) for part in self._hibari.phonemize(analysis.text[word.start : word.end]))


def _phones(symbols: list[str], units: Any, words: list[int]) -> tuple[Phone, ...]:
    """Phones from symbols and their durations; the first and the last unit are the padding's."""
    ends = np.maximum((np.cumsum(units) - SHIFT) * UNIT / RATE, 0.0)
    starts = np.concatenate([[0.0], ends[:-1]])
    phones: list[Phone] = []
    group, marks, since = 0, "", None
    for place, symbol in enumerate(symbols, 1):
        if symbol == " ":
            group += 1
        if symbol in _MARKS and symbol != "ː":  # its time is the next sound's
            marks += symbol
            since = starts[place] if since is None else since
            continue
        sound = sound_of(marks + symbol)
        start = float(starts[place] if since is None else since)
        word = words[min(group, len(words) - 1)] if sound.ipa and words else -1
        if ends[place] > start:
            phones.append(Phone(sound.ipa, start, float(ends[place]), word, sound.stress, is_long=sound.is_long))
        marks, since = "", None
    return tuple(phones)


def _output_too(name: str) -> bytes:
    """Bytes that, appended to an ONNX file, make an inner value an output.

    Protocol buffers merge a message that comes twice: ModelProto's field 7 is the graph, GraphProto's 12 an output,
    ValueInfoProto's 1 its name and 2 its type, here a tensor of floats.
    """
    value = _field(1, name.encode()) + bytes.fromhex("12040a020801")
    return _field(7, _field(12, value))


def _field(number: int, data: bytes) -> bytes:
    length, count = b"", len(data)
    while count > 127:
        length += bytes([count & 127 | 128])
        count >>= 7
    return bytes([number << 3 | 2]) + length + bytes([count]) + data
