"""viewer.shape_titles: names, and what a search finds by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES
from viewer.shape_titles import matches, title, words


def found(text: str) -> set[str]:
    return {name for name in ARKIT_SHAPES if matches(name, text)}


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("smile", {"mouthSmileLeft", "cheekSquintRight", "eyeSquintLeft"}), ("grin", {"mouthSmileLeft"}),
        ("wink", {"eyeBlinkLeft", "eyeBlinkRight"}), ("kiss", {"mouthPucker"}), ("squint", {"eyeSquintLeft"}),
        ("frown", {"mouthFrownLeft", "browDownRight"}), ("angry", {"browDownLeft", "noseSneerLeft", "mouthPressLeft"}),
        ("surprised", {"browInnerUp", "eyeWideLeft", "jawOpen"}), ("sad", {"mouthFrownLeft", "browInnerUp"}),
        ("chin", {"jawOpen", "jawForward"}), ("pout", {"mouthPucker", "mouthShrugLower"}), ("yawn", {"jawOpen"}),
        ("disgust", {"noseSneerLeft", "mouthUpperUpLeft"}), ("eyebrow", {"browInnerUp", "browDownLeft"}),
        ("teeth", {"mouthUpperUpLeft", "mouthLowerDownLeft"}), ("sleepy", {"eyeBlinkLeft"}),
        ("kiss lips", {"mouthPucker"}), ("SMILE left", {"mouthSmileLeft"}), ("mouthsmiler", {"mouthSmileRight"}),
    ],
)  # fmt: skip
def test_everyday_words_find_shapes(text: str, among: set[str]) -> None:
    assert among <= found(text)
    assert len(found(text)) < 20, "few enough to look at"


def test_every_word_has_to_fit() -> None:
    assert found("smile left") < found("smile")
    assert not found("smile xyz")
    assert found("") == set(ARKIT_SHAPES)


def test_every_shape_has_several_words_and_is_found_by_each() -> None:
    for name in ARKIT_SHAPES:
        assert len(words(name)) >= 3
        assert len(set(words(name))) == len(words(name))
        assert all(name in found(word) for word in (*words(name), title(name), name))


@given(st.text(max_size=30))
def test_any_text_can_be_searched_for(text: str) -> None:
    assert found(text) <= set(ARKIT_SHAPES)
