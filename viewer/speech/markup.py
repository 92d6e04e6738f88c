"""Markup for those who want control: a small subset of SSML 1.1 (W3C), taken off the text before it is analysed.

    <break time="500ms"/>  <break strength="strong"/>
    <emphasis level="strong"> ... </emphasis>              strong, moderate, reduced, none
    <prosody rate="120%" pitch="+10%" volume="loud"> ...   words of SSML, percent, or plain factors
    <mark name="here"/>
    <emotion name="joy" value="0.6"> ... </emotion>        not SSML: one of the six, 0..1

`<speak>` around all is allowed and not needed. A text without any of these tags is no markup: "3 < 4" is said as it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from viewer.speech.analysis import EMOTIONS, NamedMark, Prosody
from viewer.speech.spoken import SpeechError

TAGS = ("speak", "break", "emphasis", "prosody", "mark", "emotion")
LONGEST_BREAK_S = 10.0
DEEPEST = 20
_TAG = re.compile(rf"</?(?:{'|'.join(TAGS)})(?:[\s/>])")
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2}
_LEVELS = {"strong": 1.0, "moderate": 0.7, "reduced": 0.0, "none": 0.0}
_RATES = {"x-slow": 0.6, "slow": 0.8, "medium": 1.0, "fast": 1.25, "x-fast": 1.6, "default": 1.0}
_PITCHES = {"x-low": 0.7, "low": 0.85, "medium": 1.0, "high": 1.2, "x-high": 1.4, "default": 1.0}
_VOLUMES = {"silent": 0.0, "x-soft": 0.4, "soft": 0.7, "medium": 1.0, "loud": 1.3, "x-loud": 1.6, "default": 1.0}


@dataclass(frozen=True)
class Stretch:
    """Characters that a tag is about, and what it says of them."""

    start: int
    end: int
    value: float = 1.0
    name: str = ""
    prosody: Prosody = field(default_factory=Prosody)


@dataclass(frozen=True)
class MarkedText:
    """Text without its tags, and what they said, in characters of it."""

    text: str
    breaks: tuple[tuple[int, float], ...] = ()  # position, seconds
    emphasis: tuple[Stretch, ...] = ()
    prosody: tuple[Stretch, ...] = ()
    emotions: tuple[Stretch, ...] = ()
    marks: tuple[NamedMark, ...] = ()


def read_markup(text: str) -> MarkedText:
    """Take the tags off a text.

    Raises:
        SpeechError: a tag is not closed, unknown, or says what cannot be; the line says where.
    """
    if not _TAG.search(text):
        return MarkedText(text)
    if "<!" in text or "<?" in text:
        raise SpeechError("the markup has a declaration (<! or <?): leave it out")
    whole = text if re.match(r"\s*<speak[\s>]", text) else f"<speak>{text}</speak>"
    reader = _Reader(shift=0 if whole is text else len("<speak>"))
    reader.read(whole)
    return reader.found()


class _Reader:
    """Expat's callbacks, which gather."""

    def __init__(self, shift: int) -> None:
        self._shift = shift
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[tuple[str, int, Mapping[str, str]]] = []
        self._breaks: list[tuple[int, float]] = []
        self._marks: list[NamedMark] = []
        self._stretches: dict[str, list[Stretch]] = {"emphasis": [], "prosody": [], "emotion": []}
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def read(self, text: str) -> None:
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            column = error.offset + 1 - (self._shift if error.lineno == 1 else 0)
            told = expat.errors.messages.get(error.code, "not well-formed")
            raise SpeechError(f"the markup is broken at line {error.lineno}, column {column}: {told}") from None
        except ValueError as error:  # a lone surrogate
            raise SpeechError(f"the text cannot be read: {error}") from None

    def found(self) -> MarkedText:
        of = {name: tuple(sorted(rows, key=lambda row: row.start)) for name, rows in self._stretches.items()}
        return MarkedText("".join(self._pieces), tuple(self._breaks), of["emphasis"], of["prosody"], of["emotion"],
                          tuple(self._marks))  # fmt: skip

    def _characters(self, data: str) -> None:
        self._pieces.append(data)
        self._length += len(data)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in TAGS:
            raise SpeechError(f"<{tag[:20]}> is not known: {', '.join(f'<{name}>' for name in TAGS)} are")
        if len(self._open) >= DEEPEST:
            raise SpeechError(f"the markup is nested deeper than {DEEPEST} tags")
        self._open.append((tag, self._length, attributes))
        if tag == "break":
            self._breaks.append((self._length, _break_s(attributes)))
        elif tag == "mark":
            self._marks.append(NamedMark(_needed(tag, attributes, "name"), self._length))

    def _end(self, tag: str) -> None:
        _, start, attributes = self._open.pop()
        made = _STRETCHES[tag](start, self._length, attributes) if tag in _STRETCHES else None
        if made is not None and made.end > made.start:
            self._stretches[tag].append(made)


def _needed(tag: str, attributes: Mapping[str, str], name: str) -> str:
    if not attributes.get(name, "").strip():
        raise SpeechError(f'<{tag}> needs {name}="..."')
    return attributes[name].strip()[:80]


def _break_s(attributes: Mapping[str, str]) -> float:
    if "time" not in attributes:
        return _chosen("break", "strength", attributes.get("strength", "medium"), _STRENGTHS)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)(ms|s)\s*", attributes["time"])
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1) if found else math.inf
    if seconds > LONGEST_BREAK_S:
        raise SpeechError(f'<break time="{attributes["time"][:20]}">: 0ms to {LONGEST_BREAK_S:g}s, as in "500ms"')
    return seconds


def _emphasis(start: int, end: int, attributes: Mapping[str, str]) -> Stretch:
    return Stretch(start, end, _chosen("emphasis", "level", attributes.get("level", "moderate"), _LEVELS))


def _prosody(start: int, end: int, attributes: Mapping[str, str]) -> Stretch:
    rate = _factor("rate", attributes.get("rate", "default"), _RATES, (0.5, 2.0))
    pitch = _factor("pitch", attributes.get("pitch", "default"), _PITCHES, (0.5, 2.0))
    energy = _factor("volume", attributes.get("volume", "default"), _VOLUMES, (0.0, 2.0))
    return Stretch(start, end, prosody=Prosody(rate, pitch, energy))


def _emotion(start: int, end: int, attributes: Mapping[str, str]) -> Stretch:
    name = _needed("emotion", attributes, "name")
    if name not in EMOTIONS:
        raise SpeechError(f'<emotion name="{name[:20]}"> is not known: {", ".join(EMOTIONS)} are')
    return Stretch(start, end, _factor("value", attributes.get("value", "1"), {}, (0.0, 1.0)), name)


_STRETCHES = {"emphasis": _emphasis, "prosody": _prosody, "emotion": _emotion}


def _chosen(tag: str, name: str, value: str, values: Mapping[str, float]) -> float:
    if value not in values:
        raise SpeechError(f'<{tag} {name}="{value[:20]}">: choose {", ".join(values)}')
    return values[value]


def _factor(name: str, value: str, words: Mapping[str, float], limits: tuple[float, float]) -> float:
    """A word, a percentage of the usual ("120%"), a change ("+20%", "-10%"), or a plain factor, within limits."""
    if value in words:
        return words[value]
    found = re.fullmatch(r"\s*([+-]?)(\d{1,4}(?:\.\d{1,6})?)(%?)\s*", value)
    low, high = limits
    if found:
        number = float(found[2]) / (100 if found[3] else 1)
        factor = {"+": 1 + number, "-": 1 - number}.get(found[1], number)
        if low <= factor <= high:
            return factor
    told = f"{', '.join(words)} or " if words else ""
    raise SpeechError(f'{name}="{value[:20]}": {told}a factor from {low:g} to {high:g}')
