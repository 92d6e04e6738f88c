"""viewer.speech.spoken: sound and the phonemes in it."""

from __future__ import annotations

import numpy as np

from viewer.speech.spoken import Phone, Spoken


def test_words_last_from_their_first_phone_to_their_last() -> None:
    phones = (Phone("h", 0.0, 0.1, 0), Phone("aɪ", 0.1, 0.3, 0), Phone("", 0.3, 0.5), Phone("ju", 0.5, 0.7, 1))
    spoken = Spoken(np.zeros(16000, np.float32), 16000, phones, "nobody")
    assert spoken.word_times() == {0: (0.0, 0.3), 1: (0.5, 0.7)}
    assert spoken.duration_s == 1.0
