"""Addresses of phones and of programs, as users type them."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, TypeAlias

from gpu_core.errors import MienError

if TYPE_CHECKING:
    from viewer.capture.protocols import Protocol

Address: TypeAlias = tuple[str, int]


class CaptureError(MienError):
    """Capture cannot begin; the text says what to do."""


def address_of(text: str, port: int) -> Address:
    """An IPv4 address with a port, or with this one.

    Raises:
        CaptureError: it is none.
    """
    host, has_port, given = text.strip().partition(":")
    try:
        ip = ipaddress.IPv4Address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise CaptureError(f"{text[:40]!r} is no address such as 192.168.0.20 or 192.168.0.20:{port}") from None
    if has_port and not (given.isascii() and given.isdigit() and 0 < int(given[:6]) < 65536):
        raise CaptureError(f"{given[:10]!r} is no port: 1 to 65535")
    return str(ip), int(given or port)


def phone_address(text: str, protocol: Protocol, *, is_open: bool) -> Address:
    """The address of a phone that is to be greeted.

    Raises:
        CaptureError: it is none, the protocol has no greeting, or its answer could not be heard.
    """
    if not protocol.greeting:
        raise CaptureError(f"{protocol.title} needs no phone's address: enter this machine's in the phone")
    host, port = address_of(text, protocol.port)
    if not is_open and not ipaddress.IPv4Address(host).is_loopback:
        raise CaptureError(f"a phone at {host} can answer only if capture is open to the network")
    return host, port
