"""Each way to fail has its sentence."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.push import wire
from viewer.push.mux_link import LinkError
from viewer.push.reasons import reason_for
from viewer.push.target import Target

SERVER = Target("rtmp://h:1/live/a", "rtmp://me:hunter2@h:1/live/a", "flv", host="h", port=1)
FILE = Target("/x/a.mp4", "/x/a.mp4", "mp4", path=Path("/x/a.mp4"))


@pytest.mark.parametrize(
    ("code", "target", "said"),
    [
        (None, SERVER, "h:1 does not answer"),
        (None, FILE, "the process that writes it has ended"),
        (wire.UNKNOWN_HOST, SERVER, "no host is called h"),
        (wire.UNTRUSTED, SERVER, "the certificate of h is not one to trust"),
        (wire.HTTP - 401, SERVER, "h:1 takes nothing from this user and password (HTTP 401)"),
        (wire.HTTP - 404, SERVER, "h:1 takes nothing there (HTTP 404)"),
        (errno.ECONNREFUSED, SERVER, "nobody listens at h:1"),
        (errno.EPIPE, SERVER, "h:1 has closed the connection"),
        (541478725, SERVER, "h:1 has closed the connection"),
        (errno.ENOSPC, FILE, "the disk is full"),
        (errno.ENOENT, FILE, "the folder is gone"),
        (errno.EIO, FILE, "/x/a.mp4: input/output error"),
    ],
)
def test_a_code_is_a_sentence(code: int | None, target: Target, said: str) -> None:
    assert reason_for(LinkError(code, "Input/output error"), target) == said


@given(st.integers(-2000, 2**31 - 1) | st.none(), st.text(max_size=80))
def test_any_code_is_one_line(code: int | None, text: str) -> None:
    told = reason_for(LinkError(code, text), SERVER)
    assert told.strip()
    assert len(told.splitlines()) == 1
    assert "hunter2" not in told
