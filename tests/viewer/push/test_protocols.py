"""What a build of FFmpeg has is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import pytest
from av.error import InvalidDataError, ProtocolNotFoundError

from viewer.push.protocols import has_protocol
from viewer.push.target import parse_target


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    has_protocol.cache_clear()
    yield
    has_protocol.cache_clear()


def test_one_that_is_there_and_one_that_is_nowhere() -> None:
    assert has_protocol("rtmp")
    assert not has_protocol("nowhere")


@pytest.mark.parametrize(("error", "there"), [(ProtocolNotFoundError, False), (InvalidDataError, True)])
def test_another_build_may_have_srt(monkeypatch: pytest.MonkeyPatch, error: Any, there: bool) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error(1, "refused")

    monkeypatch.setattr(av, "open", refuse)
    assert has_protocol("srt") is there
    if there:
        assert parse_target("srt://h:9000?passphrase=x").kind == "mpegts"
