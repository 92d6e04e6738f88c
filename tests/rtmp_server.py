"""A real RTMP server for tests: nginx with its RTMP module on free ports of the loopback, in a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.conftest import need

HOST = "127.0.0.1"
START_S = 20.0
_CONF = """\
{modules}
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log error;
{user}
events {{ worker_connections 128; }}
rtmp {{ server {{
    listen {host}:{rtmp}; chunk_size 4096; ping 30s;
    application live {{ live on; record off; wait_key on; drop_idle_publisher 10s; }}
}} }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{http};
        location /stat {{ rtmp_stat all; }}
        location /put {{ root {folder}; dav_methods PUT DELETE; create_full_put_path on; client_max_body_size 0; }}
    }}
}}
{secure}
"""
_SECURE = """\
stream {{ server {{
    listen {host}:{rtmps} ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    proxy_pass {host}:{rtmp};
}} }}
"""


def free_ports(number: int) -> list[int]:
    """So many ports that nobody listened on a moment ago."""
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


class RtmpServer:
    """Takes rtmp://…/live/NAME (rtmps too, with `secure`) and http://…/put/NAME.m3u8; to be closed.

    Skips the test where nginx, its RTMP module or, for `secure`, its stream module or openssl is missing.
    """

    def __init__(self, folder: Path, *, secure: bool = False) -> None:
        self._folder, self._nginx = folder, _found("nginx")
        names = ("rtmp", "stream") if secure else ("rtmp",)
        modules = "\n".join(f"load_module {_module(self._nginx, name)};" for name in names)
        self.rtmp, self.rtmps, self.http = free_ports(3)
        if secure:
            _make_certificate(folder)
        values = {"host": HOST, "folder": folder, "rtmp": self.rtmp, "rtmps": self.rtmps, "http": self.http}
        text = _CONF.format(
            modules=modules, user="user root;" if os.geteuid() == 0 else "",
            secure=_SECURE.format(**values) if secure else "", **values,
        )  # fmt: skip
        (folder / "nginx.conf").write_text(text)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the application; append a name."""
        return f"rtmp://{HOST}:{self.rtmp}/live"

    def start(self) -> Self:
        """Start, and wait until it listens."""
        log = self._folder / "error.log"
        self._child = subprocess.Popen(
            [self._nginx, "-p", str(self._folder), "-e", str(log), "-c", str(self._folder / "nginx.conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end_s = time.monotonic() + START_S
        while not self._listens():
            told = log.read_text()[-500:] if log.exists() else ""
            assert self._child.poll() is None, f"nginx has ended: {told}"
            assert time.monotonic() < end_s, f"nginx does not listen: {told}"
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """End it without a word, as a crash does."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def stop_reading(self) -> None:
        """Let it hang: its connections stay, and nothing is read from them."""
        assert self._child is not None
        self._child.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on after `stop_reading`."""
        assert self._child is not None
        self._child.send_signal(signal.SIGCONT)

    def publishing(self) -> list[str]:
        """The names that somebody publishes right now, as the server's own statistics say."""
        with urllib.request.urlopen(f"http://{HOST}:{self.http}/stat", timeout=5) as answer:
            text = answer.read().decode()
        streams = re.findall(r"<stream>.*?</stream>", text, re.DOTALL)
        names = (re.search(r"<name>(.*?)</name>", stream) for stream in streams if "<publishing/>" in stream)
        return sorted(name[1] for name in names if name)

    def _listens(self) -> bool:
        for port in (self.rtmp, self.http):
            with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                continue
            return False
        return True

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self.kill()


def _found(program: str) -> str:
    found = shutil.which(program) or next((p for p in (f"/usr/sbin/{program}",) if os.access(p, os.X_OK)), None)
    if found is None:
        need("RTMP", f"there is no {program} (Debian: apt install nginx libnginx-mod-rtmp libnginx-mod-stream openssl)")
    return str(found)


def _module(nginx: str, name: str) -> Path:
    """Where a module is: Debian's folder, or what nginx was built with."""
    told = subprocess.run([nginx, "-V"], capture_output=True, text=True, check=False, timeout=30).stderr
    built = re.search(r"--modules-path=(\S+)", told)
    folders = [Path("/usr/lib/nginx/modules"), *([Path(built[1])] if built else [])]
    for folder in folders:
        if (path := folder / f"ngx_{name}_module.so").exists():
            return path
    need("RTMP", f"nginx has no {name} module (Debian: apt install libnginx-mod-{name})")
    raise AssertionError


def _make_certificate(folder: Path) -> None:
    subprocess.run(
        [_found("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
