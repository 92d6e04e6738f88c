"""viewer.speech.releases: lips part when the sound says so, not when the voice's table does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from viewer.speech.releases import FURTHEST_S, as_heard, heard_releases
from viewer.speech.spoken import Phone, Spoken

RATE = 16_000
BURST_S = 0.5


def sounding(end_s: float, ipa: str = "p", murmur: float = 0.0) -> Spoken:
    """A vowel, a closure from 0.4 to `BURST_S`, a vowel; the voice says that the closure ends at `end_s`."""
    times = np.arange(RATE) / RATE
    level = np.where((times > 0.4) & (times < BURST_S), murmur, 0.5)
    samples = (level * np.sin(2 * np.pi * 200 * times)).astype(np.float32)
    phones = (Phone("ɑ", 0.1, 0.4), Phone(ipa, 0.4, end_s), Phone("ɑ", end_s, 0.9), Phone("", 0.9, 1.0))
    return Spoken(samples, RATE, phones, "nobody")


@pytest.mark.parametrize("end_s", [0.46, 0.5, 0.54])
@pytest.mark.parametrize(("ipa", "murmur"), [("p", 0.0), ("b", 0.02), ("m", 0.15)])
def test_a_closure_ends_where_it_is_heard_to(end_s: float, ipa: str, murmur: float) -> None:
    heard = as_heard(sounding(end_s, ipa, murmur))
    assert heard.phones[1].end_s == pytest.approx(BURST_S, abs=0.006)
    assert all(one.end_s == other.start_s for one, other in pairwise(heard.phones))


def test_it_is_heard_at_the_same_moment_again() -> None:
    once = as_heard(sounding(0.46))
    assert as_heard(once).phones == once.phones


def test_what_is_too_far_away_was_something_else() -> None:
    spoken = sounding(BURST_S + FURTHEST_S + 0.03)
    assert as_heard(spoken).phones == spoken.phones


def test_a_phone_that_would_be_too_short_begins_earlier() -> None:
    spoken = sounding(0.54)
    late = Spoken(spoken.samples, RATE, (Phone("ɑ", 0.1, 0.49), Phone("p", 0.49, 0.54), *spoken.phones[2:]), "nobody")
    heard = as_heard(late)
    assert heard.phones[1].end_s == pytest.approx(BURST_S, abs=0.006)
    assert heard.phones[1].start_s < 0.49
    assert heard.phones[0].end_s == heard.phones[1].start_s


def test_only_lips_are_listened_for_and_silence_has_no_release() -> None:
    assert heard_releases(sounding(0.5, "t")) == {}
    silent = Spoken(np.zeros(RATE, np.float32), RATE, (Phone("p", 0.4, 0.5), Phone("", 0.5, 1.0)), "nobody")
    assert as_heard(silent).phones == silent.phones
