"""viewer.capture.own_address."""

from __future__ import annotations

import ipaddress
import socket
from types import SimpleNamespace

import psutil
import pytest

from viewer.capture.own_address import own_address


def cards(*addresses: str) -> dict[str, list[SimpleNamespace]]:
    return {address: [SimpleNamespace(family=socket.AF_INET, address=address)] for address in addresses}


@pytest.mark.parametrize(
    ("addresses", "own"),
    [
        (("127.0.0.1", "8.8.8.8", "192.168.0.5"), "192.168.0.5"),
        (("127.0.0.1", "169.254.1.1", "10.1.2.3"), "10.1.2.3"),
        (("127.0.0.1", "8.8.8.8"), "8.8.8.8"),
        (("127.0.0.1",), "127.0.0.1"),
        ((), "127.0.0.1"),
    ],
)
def test_it_is_the_one_a_phone_can_reach(monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...], own: str) -> None:
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: cards(*addresses))
    assert own_address() == own


def test_a_system_that_does_not_tell_has_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError

    monkeypatch.setattr(psutil, "net_if_addrs", refuse)
    assert own_address() == "127.0.0.1"


def test_here_it_is_an_address() -> None:
    assert ipaddress.IPv4Address(own_address())
