"""viewer.streaming.masking: secrets go back where they were, or the text is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.streaming.masking import MASK, secrets_between, unmasked

WHOLE, MASKED = "rtmp://ann:pw@host/live/key9?t=1x", f"rtmp://{MASK}@host/live/{MASK}?t={MASK}"


def test_what_stands_behind_each_mask_is_found() -> None:
    assert secrets_between(WHOLE, MASKED) == ("ann:pw", "key9", "1x")
    assert secrets_between("a", "b") is None
    assert secrets_between("abc", f"a{MASK}d") is None
    assert secrets_between("secret", MASK) == ("secret",)
    assert secrets_between("", "") == ()


@pytest.mark.parametrize(
    ("edited", "whole"),
    [
        (MASKED, WHOLE),
        (MASKED.replace("host", "other:1936"), WHOLE.replace("host", "other:1936")),
        (MASKED.replace("live", "live-{n}"), WHOLE.replace("live", "live-{n}")),
        ("udp://127.0.0.1:9000", "udp://127.0.0.1:9000"),
        (f"rtmp://{MASK}@host/live", None),  # whose is it?
        (MASKED + MASK, None),
    ],
)
def test_the_rest_can_be_edited(edited: str, whole: str | None) -> None:
    assert unmasked(edited, WHOLE, MASKED) == whole


@given(
    st.lists(st.text("ab/@•", max_size=4), min_size=1, max_size=5), st.lists(st.text("abk9/", max_size=5), max_size=5)
)
def test_no_text_is_too_strange(parts: list[str], secrets: list[str]) -> None:
    masked = MASK.join(parts)
    pieces = masked.split(MASK)
    secrets = (secrets + [""] * len(pieces))[: len(pieces) - 1]
    whole = "".join(piece + secret for piece, secret in zip(pieces, [*secrets, ""], strict=True))
    found = secrets_between(whole, masked)
    if found is not None:
        assert unmasked(masked, whole, masked) == whole
