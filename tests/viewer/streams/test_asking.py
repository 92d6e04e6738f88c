"""viewer.streams.asking: what can be wrong is said in one line before anything starts."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from gpu_core.errors import MienError
from viewer.streams.asking import StreamError, check, forms_of, named_target, threads_for
from viewer.streams.values import StreamForm


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """A server of one connection that answers so; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, suppress(ConnectionResetError):
                connection.recv(1)
                connection.sendall(answer)
                while connection.recv(1 << 16):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_faces_are_numbered_and_sources_taken_in_turn() -> None:
    forms = forms_of(StreamForm(to="rtmp://host/live/{n}", size=256), 3, ["talk", "range"])
    assert [(form.number, form.source, form.size) for form in forms] == [
        (1, "talk", 256), (2, "range", 256), (3, "talk", 256),
    ]  # fmt: skip


@pytest.mark.parametrize("faces", [0, -1, 65, 10**6])
def test_too_few_and_too_many(faces: int) -> None:
    with pytest.raises(StreamError, match=f"{faces} faces: from 1 to 64"):
        forms_of(StreamForm(), faces, ["talk"])


def test_several_faces_need_several_targets() -> None:
    with pytest.raises(StreamError, match=r"write \{n\}") as told:
        forms_of(StreamForm(to="rtmp://user:secret@host/live/face"), 2, ["talk"])
    assert "secret" not in str(told.value)
    assert forms_of(StreamForm(to="rtmp://host/live/face"), 1, ["talk"])


def test_no_source() -> None:
    for sources in ([""], [], ["talk", ""]):
        with pytest.raises(StreamError, match="no source"):
            forms_of(StreamForm(), 1, sources)


def test_cores_are_shared() -> None:
    cores = len(os.sched_getaffinity(0))
    assert threads_for(1) == cores
    assert threads_for(1000) == 1


def test_a_source_that_is_no_take(tmp_path: Path) -> None:
    (tmp_path / "take.csv").write_text("no,take\n1,2\n")
    for source in (str(tmp_path / "take.csv"), "nothing.csv"):
        with pytest.raises(MienError):
            check([StreamForm(source=source)])
    assert check([StreamForm(), StreamForm(2)]) == []


def test_targets_are_looked_at(tmp_path: Path) -> None:
    for target in ("gopher://host/live", str(tmp_path / "nowhere" / "x.mp4"), "rtmp://host.invalid/live/x"):
        with pytest.raises(MienError) as told:
            check([StreamForm(to=target)])
        assert "\n" not in str(told.value)
    check([StreamForm(to=str(tmp_path / "x.mp4")), StreamForm(to="udp://127.0.0.1:9")])


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(StreamError, match=f"nothing answers at 127.0.0.1:{port}: Connection refused"):
        check([StreamForm(to=f"rtmp://user:secret@127.0.0.1:{port}/live/x")])


def test_something_else_uses_the_port() -> None:
    with (
        answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port,
        pytest.raises(StreamError, match="no RTMP server: something else uses that port"),
    ):
        check([StreamForm(to=f"rtmp://127.0.0.1:{port}/live/x")])


def test_an_rtmp_server_is_asked_once_for_all_streams() -> None:
    with answering(b"\x03" + bytes(10)) as port:
        check([StreamForm(number, to=f"rtmp://127.0.0.1:{port}/live/{{n}}") for number in (1, 2, 3)])


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")(1 << 30, 1 << 30, 1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(StreamError, match="the disk is full: 1 MB are left in"):
        check([StreamForm(to=str(tmp_path / "x.mp4"))])


def test_a_target_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "target"
    file.write_text("rtmp://u:secret@host/live/{n}\nnever read")
    assert named_target(f"@{file}") == "rtmp://u:secret@host/live/{n}"
    assert named_target("rtmp://host/x") == "rtmp://host/x"
    assert named_target("") == ""
    file.write_text("\nrtmp://host/x")
    with pytest.raises(StreamError, match="first line is empty"):
        named_target(f"@{file}")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(StreamError, match="it is no text"):
        named_target(f"@{file}")
    with pytest.raises(StreamError, match="No such file"):
        named_target("@/nowhere/target")
