"""Why a target is not reached, in a sentence that names no secret."""

from __future__ import annotations

import errno

from viewer.push import wire
from viewer.push.mux_link import LinkError
from viewer.push.target import Target

_END_OF_FILE = 0x20464F45  # -AVERROR_EOF: "EOF " as a number, libavutil/error.h
_SENTENCES = {
    _END_OF_FILE: "{host} has closed the connection",
    errno.ECONNREFUSED: "nobody listens at {host}",
    errno.ECONNRESET: "{host} has closed the connection",
    errno.EPIPE: "{host} has closed the connection",
    errno.ENETUNREACH: "there is no way to {host}",
    errno.EHOSTUNREACH: "there is no way to {host}",
    errno.ETIMEDOUT: "{host} does not answer",
    errno.EACCES: "writing is not allowed",
    errno.EROFS: "writing is not allowed",
    errno.EPERM: "{host} refuses",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk's quota is used up",
    errno.EFBIG: "the file may not grow further",
    errno.ENOENT: "the folder is gone",
}


def reason_for(error: LinkError, target: Target) -> str:
    """One sentence, no full stop."""
    host = f"{target.host}:{target.port}" if target.host else target.where
    if error.code is None:
        return f"{host} does not answer" if target.host else "the process that writes it has ended"
    if error.code == wire.UNKNOWN_HOST:
        return f"no host is called {target.host}"
    if error.code == wire.UNTRUSTED:
        return f"the certificate of {target.host} is not one to trust"
    if error.code <= wire.HTTP:
        return _refusal(wire.HTTP - error.code, host)
    if sentence := _SENTENCES.get(error.code):
        return sentence.format(host=host)
    return f"{host}: {_plain(error.text)}"


def _refusal(status: int, host: str) -> str:
    """What a web server means by a status; RFC 9110, section 15."""
    if status in (401, 403):
        return f"{host} takes nothing from this user and password (HTTP {status})"
    return f"{host} takes nothing there (HTTP {status})"


def _plain(text: str) -> str:
    """FFmpeg's word for a code, which names nothing."""
    first = " ".join(text.split())[:200]
    return first[:1].lower() + first[1:] if first else "it cannot be sent"
