"""Whether a web server takes what is put there: libavformat sends a playlist's pieces and looks at no answer."""

from __future__ import annotations

import base64
import http.client
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_S = 2.5
_EMPTY = b"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n"
_MOST_BYTES = 2**20
_DONE = range(200, 300)


def put_status(address: str) -> int:
    """Put the playlist that is there once more, or an empty one; HTTP's status of it.

    Raises:
        OSError: it does not answer, or its certificate is none to trust.
    """
    url = urlsplit(address)
    status, there = _asked(url, "GET", None)
    return _asked(url, "PUT", there if status in _DONE else _EMPTY)[0]


def _asked(url: SplitResult, method: str, body: bytes | None) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/vnd.apple.mpegurl"} if body is not None else {}
    if url.username is not None:
        pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    connection = _connection(url)
    try:
        connection.request(method, (url.path or "/") + (f"?{url.query}" if url.query else ""), body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_BYTES)
    except http.client.HTTPException:
        raise ConnectionResetError from None
    finally:
        connection.close()


def _connection(url: SplitResult) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        return http.client.HTTPSConnection(host, url.port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, url.port, timeout=TIMEOUT_S)
