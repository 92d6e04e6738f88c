"""viewer.speech.markup: what tags say, that plain text stays plain, mistakes in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viewer.speech.texts import one_line
from viewer.speech.markup import read_markup
from viewer.speech.spoken import SpeechError


@pytest.mark.parametrize("text", ["3 < 4 & 5 > 2", "I <3 you", "<b>bold</b>", "a <breakfast> b", ""])
def test_text_without_tags_of_ours_is_said_as_it_is(text: str) -> None:
    marked = read_markup(text)
    assert marked.text == text
    assert not (marked.breaks)
    assert not (marked.emphasis)
    assert not (marked.prosody)
    assert not (marked.emotions)
    assert not (marked.marks)


def test_tags_go_and_what_they_said_stays() -> None:
    marked = read_markup(
        '<speak>One <break time="500ms"/>two <emphasis level="strong">three</emphasis> '
        '<prosody rate="120%" pitch="+10%" volume="loud">four<mark name="here"/></prosody> '
        '<emotion name="joy" value="0.6">five &amp; six</emotion></speak>'
    )
    assert marked.text == "One two three four five & six"
    assert marked.breaks == ((4, 0.5),)
    (emphasis,), (prosody,), (emotion,) = marked.emphasis, marked.prosody, marked.emotions
    assert marked.text[emphasis.start : emphasis.end] == "three"
    assert emphasis.value == 1.0
    assert (prosody.prosody.rate, prosody.prosody.pitch, prosody.prosody.energy) == pytest.approx((1.2, 1.1, 1.3))
    assert (emotion.name, emotion.value, marked.text[emotion.start : emotion.end]) == ("joy", 0.6, "five & six")
    assert [(mark.name, mark.at) for mark in marked.marks] == [("here", 18)]


@pytest.mark.parametrize(
    ("time", "seconds"), [('time="1.5s"', 1.5), ('strength="strong"', 0.8), ("", 0.4), ('time="0ms"', 0.0)]
)
def test_breaks(time: str, seconds: float) -> None:
    assert read_markup(f"a<break {time}/>b").breaks == ((1, seconds),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<emphasis>open", r"line 1, column \d+"),
        ("one\n<prosody rate='fast'>two</emphasis>", "line 2"),
        ("a <break time='1h'/>", r"500ms"),
        ("a <break time='11s'/>", "10s"),
        ("a <break strength='mighty'/>", "choose none"),
        ("<prosody rate='9'>a</prosody>", "0.5 to 2"),
        ("<prosody pitch='very'>a</prosody>", "x-low"),
        ("<emotion name='hunger'>a</emotion>", "'?hunger'?.*joy"),
        ("<emotion value='1'>a</emotion>", "needs name"),
        ("<mark/>a", "needs name"),
        ("<speak><voice name='x'>a</voice></speak>", "<voice> is not known"),
        ("<speak><!DOCTYPE x [<!ENTITY a 'b'>]>&a;</speak>", "declaration"),
        ("<speak>a & b</speak>", "line 1, column 11"),
        ("<emphasis>" * 30, "deeper"),
    ],
)
def test_mistakes_are_one_line(text: str, told: str) -> None:
    with pytest.raises(SpeechError, match=told) as caught:
        read_markup(text)
    assert "\n" not in str(caught.value)


PARTS = ("<break/>", "<emphasis>", "</emphasis>", "<speak>", "</speak>", "<prosody rate='fast'>", "</prosody>", "&",
         "<", "a", "好", "\n", "\x00", "\ud800")  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_anything_is_read_or_refused(parts: list[str]) -> None:
    try:
        marked = read_markup("".join(parts))
    except SpeechError as error:
        one_line(error)
        return
    assert all(0 <= row.start < row.end <= len(marked.text) for row in (*marked.emphasis, *marked.prosody))
