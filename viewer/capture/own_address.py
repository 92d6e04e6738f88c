"""This machine's address, as a phone in the same network has to be told it."""

from __future__ import annotations

import ipaddress
import socket

import psutil


def own_address() -> str:
    """The first address in a private network; the loopback address if there is none."""
    try:
        groups = psutil.net_if_addrs().values()
    except OSError:
        groups = ()
    found = [str(one.address) for group in groups for one in group if one.family == socket.AF_INET]
    for address in found:
        ip = ipaddress.IPv4Address(address)
        if ip.is_private and not ip.is_loopback and not ip.is_link_local:
            return address
    return next((address for address in found if not address.startswith("127.")), "127.0.0.1")
