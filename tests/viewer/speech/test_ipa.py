"""viewer.speech.ipa: the voices' symbols in one spelling."""

from __future__ import annotations

import pytest

from viewer.speech.ipa import sound_of


@pytest.mark.parametrize(
    ("symbol", "ipa", "stress", "is_long"),
    [("ˈoʊ", "oʊ", 2, False), ("O", "oʊ", 0, False), ("ˌI", "aɪ", 1, False), ("ˈɑː", "ɑ", 2, True),
     ("ʧ", "tʃ", 0, False), ("th", "t", 0, False), ("tɕh", "tɕ", 0, False), ("h", "h", 0, False),
     ("", "", 0, False), (",", "", 0, False),
     (" ", "", 0, False), ("n̩", "n", 0, False)],
)  # fmt: skip
def test_symbols(symbol: str, ipa: str, stress: int, is_long: bool) -> None:
    assert sound_of(symbol) == (ipa, stress, is_long)
