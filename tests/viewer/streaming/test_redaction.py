"""viewer.streaming.redaction: what is shown of a target that was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.streaming.masking import MASK, unmasked
from viewer.streaming.redaction import redacted, target_problem


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("rtmp://127.0.0.1/live/face-{n}", "rtmp://127.0.0.1/live/face-{n}"),
        ("udp://127.0.0.1:500{n}", "udp://127.0.0.1:500{n}"),
        ("rtmp://ann:geheim@host/live/face-{n}", f"rtmp://{MASK}@host/live/face-{{n}}"),
        ("rtmp://host/app/live_204817443_kT9w", f"rtmp://host/app/{MASK}"),
        ("rtsp://host/face-{n}?token=abc", f"rtsp://host/face-{{n}}?token={MASK}"),
        ("rtmp://[bad/live", MASK),
        ("ann:geheim@host/live", MASK),
        ("out/face-{n}.mp4", "out/face-{n}.mp4"),
        ("camera:", "camera:"),
        ("", ""),
    ],
)
def test_secrets_are_masked_and_the_number_stays(typed: str, shown: str) -> None:
    assert redacted(typed) == shown


@given(st.text("rtmp:/[]@?&=#%{n}•* \n1a", max_size=40))
def test_nothing_that_is_typed_is_too_strange(text: str) -> None:
    typed = f"rtmp://{text}"
    unmasked(redacted(typed), typed, redacted(typed))


@given(st.from_regex(r"\A[a-z]{3,8}:[A-Z0-9]{6,12}\Z"))
def test_no_password_is_ever_shown(login: str) -> None:
    assert login.partition(":")[2] not in redacted(f"rtmp://{login}@host:1936/live/face-{{n}}")


def test_what_is_wrong_with_a_target_is_said_at_once(tmp_path: Path) -> None:
    assert not target_problem("")
    assert not target_problem("rtmp://127.0.0.1/live/face-{n}")
    assert not target_problem(f"{tmp_path}/face-{{n}}.mp4")
    assert "ftp://" in target_problem("ftp://host/x")
    assert "no folder" in target_problem(str(tmp_path / "none" / "face-{n}.mp4"))
