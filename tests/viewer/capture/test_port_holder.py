"""viewer.capture.port_holder."""

from __future__ import annotations

import os
import socket

import psutil
import pytest

from viewer.capture.port_holder import holder_of


def test_whoever_holds_a_port_is_named_if_the_system_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        assert f"(process {os.getpid()})" in holder_of(port)
    assert holder_of(port) == ""

    def refuse(_kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    assert holder_of(port) == ""
