"""viewer.speech.scripts: languages by script, what cannot be read, feelings of emoji."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.speech.scripts import is_han, readable


def spans(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.language) for span in readable(text).languages]


def test_languages_in_one_sentence() -> None:
    assert spans("你好，world！今天 3 点 OK.") == [
        ("你好，", "zh"),
        ("world！", "en"),
        ("今天 3 点 ", "zh"),
        ("OK.", "en"),
    ]


def test_signs_and_digits_alone_are_english() -> None:
    assert spans("42!") == [("42!", "en")]
    assert spans("  ") == []


def test_at_the_beginning_they_go_with_what_follows() -> None:
    assert spans("3 个苹果") == [("3 个苹果", "zh")]


def test_letters_of_other_scripts_are_left_out_and_told() -> None:
    read = readable("Привет hello こ")
    assert read.text == "       hello  "
    assert read.notes == ("7 letters were left out, in scripts that no voice here reads: Приветこ",)


@pytest.mark.parametrize(("emoji", "feeling"), [("😀", "joy"), ("😢", "sadness"), ("😡", "anger"), ("😱", "fear"),
                                               ("😲", "surprise"), ("🤢", "disgust"), ("❤", "joy")])  # fmt: skip
def test_emoji_tell_a_feeling_and_are_not_spoken(emoji: str, feeling: str) -> None:
    read = readable(f"ok {emoji}")
    assert read.text.strip() == "ok"
    assert read.feelings == ((3, feeling),)
    assert read.notes == ()


def test_rare_characters_are_chinese_too() -> None:
    assert is_han("𠮷")
    assert not is_han("a")


@given(st.text(max_size=60))
def test_positions_stay_and_spans_cover_all_that_is_read(text: str) -> None:
    read = readable(text)
    assert len(read.text) == len(text)
    if read.languages:
        assert (read.languages[0].start, read.languages[-1].end) == (0, len(text))
        assert all(one.end == other.start for one, other in zip(read.languages, read.languages[1:], strict=False))
