"""Phoneme symbols of the voices, brought to one spelling: IPA, one sound a phone, marks beside it."""

from __future__ import annotations

from typing import NamedTuple

# misaki's single letters for diphthongs and affricates: hexgrad/misaki, EN_PHONES.md (Apache-2.0).
_MISAKI = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə", "T": "ɾ",
    "ᵻ": "ɪ", "ʦ": "ts", "ʣ": "dz", "ʨ": "tɕ", "ʥ": "dʑ",
}  # fmt: skip
_PRIMARY, _SECONDARY, _LONG = "ˈ", "ˌ", "ː"
_IGNORED = set("ʰʲ̩̯̃͡ᵝ'|-")


class Sound(NamedTuple):
    """One phone's name and marks: stress 2 primary, 1 secondary."""

    ipa: str
    stress: int
    is_long: bool


def sound_of(symbol: str) -> Sound:
    """A voice's symbol, with its marks, as a phone. A symbol without a letter is silence."""
    stress = 2 if _PRIMARY in symbol else 1 if _SECONDARY in symbol else 0
    letters = "".join(c for c in symbol if c not in _IGNORED and c not in (_PRIMARY, _SECONDARY, _LONG))
    ipa = "".join(_MISAKI.get(c, c) for c in letters if c.isalpha())
    if len(ipa) > 1 and ipa[-1] == "h":  # eSpeak writes Mandarin's aspirated plosives "th", "tɕh"
        ipa = ipa[:-1]
    return Sound(ipa, stress, _LONG in symbol)
