"""OSC datagrams as messages of whole numbers, floats and texts: as much of it as VMC needs.

Values are read by python-osc. Bundles are not: an element of a negative size keeps python-osc busy for ever.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pythonosc.parsing import osc_types

from viewer.capture.heard import PacketError

MOST_MESSAGES = 400  # a datagram; a face and a body have about 120
DEEPEST = 4  # bundles in bundles
_BUNDLE = b"#bundle\0"
_AT_ONCE = bytes(7) + b"\1"  # as the time of a bundle
_READERS = {"i": osc_types.get_int, "f": osc_types.get_float, "s": osc_types.get_string}


class Message(NamedTuple):
    """One message."""

    address: str
    arguments: tuple[Any, ...]


def messages(data: bytes) -> list[Message]:
    """The messages of a datagram, in their order.

    Raises:
        PacketError: it is no OSC, or too much of it.
    """
    found = []
    for part in _parts(data, 0):
        found.append(_message(part))
        if len(found) > MOST_MESSAGES:
            raise PacketError(f"no packet of VMC: more than {MOST_MESSAGES} messages")
    return found


def bundled(packed: Iterable[bytes], most: int = 1400) -> list[bytes]:
    """Messages as bundles that say "at once", of at most so many bytes each: what fits one packet of most networks."""
    bundles: list[bytes] = []
    for message in packed:
        element = struct.pack(">i", len(message)) + message
        if not bundles or len(bundles[-1]) + len(element) > most:
            bundles.append(_BUNDLE + _AT_ONCE)
        bundles[-1] += element
    return bundles


def _parts(data: bytes, depth: int) -> Iterator[bytes]:
    if not data.startswith(_BUNDLE):
        yield data
        return
    if depth > DEEPEST:
        raise PacketError(f"no packet of VMC: bundles in bundles deeper than {DEEPEST}")
    at = len(_BUNDLE) + 8  # its time
    while at < len(data):
        if at + 4 > len(data):
            raise PacketError("a bundle of OSC that is cut off")
        (size,) = struct.unpack_from(">i", data, at)
        if size <= 0 or at + 4 + size > len(data):
            raise PacketError(f"a bundle of OSC with an element of {size} bytes")
        yield from _parts(data[at + 4 : at + 4 + size], depth + 1)
        at += 4 + size


def _message(data: bytes) -> Message:
    if not data.startswith(b"/"):
        raise PacketError("no packet of VMC: it is not OSC")
    try:
        address, at = osc_types.get_string(data, 0)
        tags, at = osc_types.get_string(data, at) if at < len(data) else (",", at)
        arguments = []
        for tag in tags[1:]:
            reader = _READERS.get(tag)
            if reader is None:  # what follows cannot be found without knowing how long this is
                break
            value, at = reader(data, at)
            arguments.append(value)
    except (osc_types.ParseError, ValueError, IndexError) as error:
        raise PacketError(f"a broken message of OSC: {str(error)[:60]}") from None
    return Message(address, tuple(arguments))
