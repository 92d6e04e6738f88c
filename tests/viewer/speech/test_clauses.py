"""viewer.speech.clauses: where a voice pauses, and for how long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.speech.analysis import Clause
from viewer.speech.clauses import LONGEST, clauses_of
from viewer.speech.markup import read_markup
from viewer.speech.scripts import readable
from viewer.speech.wording import words_of


def clauses(text: str) -> tuple[str, tuple[Clause, ...]]:
    marked = read_markup(text)
    plain = readable(marked.text)
    return plain.text, clauses_of(marked, plain.text, words_of(plain.text, plain.languages))


def parts(text: str) -> list[str]:
    plain, found = clauses(text)
    return [plain[clause.start : clause.end].strip() for clause in found]


def test_punctuation_of_both_languages_ends_clauses() -> None:
    assert parts("Hello, you! 你好，世界。再见？") == ["Hello,", "you!", "你好，", "世界。", "再见？"]


@pytest.mark.parametrize(
    "text", ["Dr. Smith paid $1,250.50 at 3.5 percent", "J. K. Rowling wrote", "a well-known e.g. here"]
)
def test_points_and_commas_within_are_no_ends(text: str) -> None:
    assert parts(text) == [text]


def test_sentences_are_numbered_and_pauses_grow_with_the_sign() -> None:
    _, found = clauses("One, two. Three!\n\nFour")
    assert [clause.sentence for clause in found] == [0, 0, 1, 2]
    assert found[0].pause_s < found[1].pause_s
    assert [clause.ending for clause in found][:3] == [",", ".", "!"]


def test_breaks_say_how_long() -> None:
    _, (first, second) = clauses("One <break time='2s'/>two")
    assert first.pause_s == 2.0
    assert second.pause_s == 0.0


def test_prosody_is_that_of_the_stretch() -> None:
    _, found = clauses("slow <prosody rate='fast'>quick <prosody rate='150%'>quicker</prosody></prosody> slow")
    assert [clause.prosody.rate for clause in found] == [1.0, 1.25, 1.875, 1.0]


def test_nobody_runs_out_of_breath() -> None:
    _, found = clauses("word " * 200)
    assert len(found) > 2
    assert all(clause.end - clause.start <= LONGEST + 5 for clause in found)


@given(st.text(alphabet="aB 3.,!?;:—-…'\n，。！？、你好", max_size=80))
def test_every_word_is_in_one_clause_in_order(text: str) -> None:
    marked, plain = read_markup(text), readable(text)
    words = words_of(plain.text, plain.languages)
    found = clauses_of(marked, plain.text, words)
    spoken = [index for clause in found for index in range(*clause.words)]
    assert spoken == list(range(len(words)))
    assert all(clause.words[0] < clause.words[1] and clause.pause_s >= 0 for clause in found)
    numbers = [clause.sentence for clause in found]
    assert numbers == sorted(numbers)
