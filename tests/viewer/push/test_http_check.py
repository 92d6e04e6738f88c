"""Web servers of all kinds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.rtmp_server import HOST, free_ports
from viewer.push.http_check import put_status


class Handler(BaseHTTPRequestHandler):
    """Takes what is put under /put, once with a password; the rest is refused."""

    def do_GET(self) -> None:
        there = self._server.there.get(self.path)
        self._answer(404 if there is None else 200, there or b"")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._server.seen.append(self.headers.get("Authorization", ""))
        if self.path.startswith("/put/"):
            self._server.there[self.path] = body
        self._answer(201 if self.path.startswith("/put/") else 403)

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @property
    def _server(self) -> Any:
        return self.server

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer((HOST, 0), Handler)
    server.there, server.seen = {}, []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(server: Any, path: str, who: str = "") -> str:
    return f"http://{who}{HOST}:{server.server_port}{path}"


def test_what_can_be_put_is_there_empty_and_what_was_there_stays(server: Any) -> None:
    assert put_status(url(server, "/put/a.m3u8?x=1")) == 201
    assert server.there["/put/a.m3u8?x=1"].startswith(b"#EXTM3U")
    server.there["/put/b.m3u8"] = b"what was there"
    assert put_status(url(server, "/put/b.m3u8")) == 201
    assert server.there["/put/b.m3u8"] == b"what was there"


def test_what_is_refused_is_its_status_and_a_password_is_sent(server: Any) -> None:
    assert put_status(url(server, "/elsewhere/a.m3u8", "me:a%40b@")) == 403
    assert server.seen == ["Basic bWU6YUBi"]


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(ConnectionRefusedError):
        put_status(f"http://{HOST}:{free_ports(1)[0]}/put/a.m3u8")
