"""Phonemes as visemes: what a mouth looks like while it makes a sound.

IPA -> Oculus' fifteen visemes after met4citizen/HeadTTS, modules/language.mjs (MIT); a viseme's shapes are those of the
preset of that name (`resources/presets/visemes.json`). Diphthongs are two mouths, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from gpu_core.expression import ARKIT_SHAPES, Expression
from viewer.performance.presets import shipped_presets
from viewer.speech.spoken import Phone

SILENCE = "sil"
_SOUNDS: Mapping[str, str] = {
    "PP": "p b m", "FF": "f v β ɸ ʋ ɱ", "TH": "θ ð", "DD": "t d ɖ ʈ ɾ ɟ", "kk": "k ɡ g c q",
    "CH": "tʃ dʒ tɕ dʑ ʈʂ ɖʐ tʂ dʐ ʃ ʒ ʂ ʐ ɕ ʑ", "SS": "s z ts dz ç x χ", "nn": "n ŋ ɲ ɳ ɴ l ɭ ʎ ɫ",
    "RR": "r ɹ ɻ ɽ ʁ ɚ ɝ", "aa": "a ɑ ɐ ɒ æ ʌ", "E": "e ɛ ɜ ə œ", "ih": "i ɪ ɨ y j ᵻ ʝ", "oh": "o ɔ ø ɤ",
    "ou": "u ʊ w ɯ ɰ ɥ",
}  # fmt: skip
_OF_IPA: Mapping[str, str] = {ipa: viseme for viseme, sounds in _SOUNDS.items() for ipa in sounds.split()}
_LONGEST = max(map(len, _OF_IPA))
VOWELS = frozenset({"aa", "E", "ih", "oh", "ou"})
# The first mouth of a diphthong is held longer than the one it glides to.
_FIRST_SHARE = 0.6


@dataclass(frozen=True)
class Segment:
    """One mouth in time. `stress` as in `Phone`; `word` is an index into `Analysis.words`, -1 for none."""

    viseme: str
    start_s: float
    end_s: float
    ipa: str = ""
    stress: int = 0
    word: int = -1

    @property
    def middle_s(self) -> float:
        """Its centre."""
        return (self.start_s + self.end_s) / 2

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


def visemes_of(ipa: str) -> tuple[tuple[str, str], ...]:
    """(viseme, its part of the IPA) of a phone; what has no mouth of its own, as h and ʔ, is left out."""
    found, at = [], 0
    while at < len(ipa):
        length = next((n for n in range(_LONGEST, 0, -1) if ipa[at : at + n] in _OF_IPA and at + n <= len(ipa)), 0)
        if length:
            found.append((_OF_IPA[ipa[at : at + length]], ipa[at : at + length]))
        at += length or 1
    return tuple(found)


def segments(phones: Iterable[Phone]) -> tuple[Segment, ...]:
    """The mouths of a sound, silences included. A sound without a mouth of its own is made with its neighbours'."""
    made: list[Segment] = []
    for phone in phones:
        if not phone.ipa:
            made.append(Segment(SILENCE, phone.start_s, phone.end_s))
            continue
        parts = visemes_of(phone.ipa)
        length, at = phone.end_s - phone.start_s, phone.start_s
        for place, (viseme, ipa) in enumerate(parts):
            end = at + length * _share(place, len(parts))
            made.append(Segment(viseme, at, end, ipa, phone.stress, phone.word))
            at = end
    return tuple(made)


def _share(place: int, count: int) -> float:
    if count == 1:
        return 1.0
    return _FIRST_SHARE if place == 0 else (1.0 - _FIRST_SHARE) / (count - 1)


@cache
def mouth_of(viseme: str) -> Expression:
    """The shapes of a viseme at its fullest."""
    name = f"viseme-{viseme.lower()}"
    return next(preset.expression for preset in shipped_presets() if preset.name == name)


@cache
def mouth_shapes() -> tuple[str, ...]:
    """The shapes that visemes move, in `ARKIT_SHAPES` order."""
    mouths = [mouth_of(viseme) for viseme in (SILENCE, *_SOUNDS)]
    return tuple(name for name in ARKIT_SHAPES if any(mouth[name] for mouth in mouths))
